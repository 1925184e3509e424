package io.github.tieredjcache.internal.near;

import io.github.tieredjcache.internal.coherence.FillTicket;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.junit.jupiter.api.Test;

/**
 * Single flights and fill tickets together are linearizable: whatever a read returns, of a copy, of a fetch of its own or of that of another
 * thread, was current during the read.
 */
public class SingleFlightsLinearizabilityTest {
    private static final String KEY = "key";

    private final AtomicInteger source = new AtomicInteger();
    private final SingleFlights<String, Integer> flights = new SingleFlights<>(() -> 0, null);
    private final AtomicReference<Copy> near = new AtomicReference<>();

    private record Copy(int value, FillTicket ticket) {}

    @Operation
    public int read() {
        while (true) {
            Copy copy = near.get();
            if (copy != null && copy.ticket.isValid()) {
                return copy.value;
            }
            SingleFlight<Integer> mine = flights.prepare();
            SingleFlight<Integer> flight = flights.join(KEY, mine);
            if (flight == mine) {
                int value = source.get();
                mine.ticket().keep();
                near.set(new Copy(value, mine.ticket()));
                flights.complete(KEY, mine, value);
                return value;
            }
            Integer shared = flights.await(flight);
            if (shared != null) {
                return shared;
            }
        }
    }

    @Operation
    public int change() {
        int value = source.incrementAndGet();
        flights.invalidateKey(KEY);
        Copy copy = near.get();
        if (copy != null) {
            copy.ticket.invalidate();
        }
        return value;
    }

    @Test
    void aReadReturnsWhatWasCurrentDuringTheRead() {
        new ModelCheckingOptions()
                .threads(2)
                .actorsPerThread(3)
                .iterations(Integer.getInteger("lincheck.iterations", 10))
                .invocationsPerIteration(100)
                .check(SingleFlightsLinearizabilityTest.class);
    }
}
