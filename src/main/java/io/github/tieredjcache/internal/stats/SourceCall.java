package io.github.tieredjcache.internal.stats;

import io.github.tieredjcache.internal.support.NanoClock;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * One call of the loader, counted and timed. It counts as failed unless {@link #succeeded} was called. Used by one
 * thread.
 */
public final class SourceCall implements AutoCloseable {
    private final Latencies latencies;
    private final NanoClock clock;
    private final LongAdder failures;
    private final JfrSpan span;
    private final long beganNanos;
    private boolean succeeded;

    SourceCall(Latencies latencies, NanoClock clock, LongAdder failures, JfrSpan span) {
        this.latencies = latencies;
        this.clock = clock;
        this.failures = failures;
        this.span = span;
        this.beganNanos = clock.nanos();
    }

    /** Marks the call as successful and returns its result. */
    public <T extends @Nullable Object> T succeeded(T result) {
        succeeded = true;
        return result;
    }

    /** Counts the call and ends its measurement. */
    @Override
    public void close() {
        latencies.sourceCalled(beganNanos, clock.nanos());
        if (!succeeded) {
            failures.increment();
        }
        span.end(succeeded);
    }
}
