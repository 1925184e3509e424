package io.github.tieredjcache.internal.stats;

import org.jspecify.annotations.Nullable;

/**
 * One call of the loader, counted and timed. It counts as failed unless {@link #succeeded} was called. Used by one
 * thread.
 */
public final class SourceCall implements AutoCloseable {
    private final TierCounters counters;
    private final long beganNanos;
    private final JfrEvents.Span span;
    private boolean succeeded;

    SourceCall(TierCounters counters, long beganNanos, JfrEvents.Span span) {
        this.counters = counters;
        this.beganNanos = beganNanos;
        this.span = span;
    }

    /** Marks the call as successful and returns its result. */
    public <T extends @Nullable Object> T succeeded(T result) {
        succeeded = true;
        return result;
    }

    /** Counts the call and ends its measurement. */
    @Override
    public void close() {
        counters.sourceCalled(beganNanos, succeeded);
        span.end(succeeded);
    }
}
