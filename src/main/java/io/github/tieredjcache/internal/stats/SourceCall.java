package io.github.tieredjcache.internal.stats;

import org.jspecify.annotations.Nullable;

/** One call of the loader, counted and timed; it has failed unless it is said to have answered. Used by one thread. */
public final class SourceCall implements AutoCloseable {
    private final TierCounters counters;
    private final long beganNanos;
    private final JfrEvents.Span span;
    private boolean answered;

    SourceCall(TierCounters counters, long beganNanos, JfrEvents.Span span) {
        this.counters = counters;
        this.beganNanos = beganNanos;
        this.span = span;
    }

    /** Says that this is the answer, and returns it. */
    public <T extends @Nullable Object> T answered(T answer) {
        answered = true;
        return answer;
    }

    /** Ends the call. */
    @Override
    public void close() {
        counters.sourceCalled(beganNanos, answered);
        span.end(answered);
    }
}
