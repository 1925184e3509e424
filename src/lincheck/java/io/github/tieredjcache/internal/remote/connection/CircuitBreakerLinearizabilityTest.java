package io.github.tieredjcache.internal.remote.connection;

import java.time.Duration;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.junit.jupiter.api.Test;

/** Calls, probes and connections of several threads open and close a circuit breaker as if one came after the other. */
public class CircuitBreakerLinearizabilityTest {
    private final CircuitBreaker breaker = new CircuitBreaker("redis", () -> 0, Duration.ofSeconds(1));

    @Operation
    public boolean lose() {
        return breaker.open("lost", 0);
    }

    @Operation
    public boolean failCalls() {
        boolean opened = false;
        for (int i = 0; i < CircuitBreaker.CALLS_MIN && !opened; i++) {
            opened = breaker.recordCall(0, false);
        }
        return opened;
    }

    @Operation
    public long probe() {
        return breaker.recordProbe(true, 0);
    }

    @Operation
    public long connect() {
        return breaker.connected();
    }

    @Operation
    public String reason() {
        return breaker.reason();
    }

    @Operation
    public boolean isUnavailable() {
        return breaker.isUnavailable();
    }

    @Test
    void theCircuitBreakerIsLinearizable() {
        new ModelCheckingOptions()
                .threads(2)
                .actorsPerThread(3)
                .iterations(Integer.getInteger("lincheck.iterations", 10))
                .invocationsPerIteration(100)
                .check(CircuitBreakerLinearizabilityTest.class);
    }
}
