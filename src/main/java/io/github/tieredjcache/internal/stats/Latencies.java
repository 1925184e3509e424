package io.github.tieredjcache.internal.stats;

import io.github.tieredjcache.TierLatency;
import io.github.tieredjcache.internal.support.NanoClock;

/** How long the tiers of one cache take to answer; recorded only while it is switched on. Safe for use by many threads. */
public final class Latencies {
    private final LatencyHistogram near;
    private final LatencyHistogram remote;
    private final LatencyHistogram source;
    private volatile boolean on;

    Latencies(NanoClock clock, boolean on) {
        this.near = new LatencyHistogram(clock);
        this.remote = new LatencyHistogram(clock);
        this.source = new LatencyHistogram(clock);
        this.on = on;
    }

    void setOn(boolean on) {
        this.on = on;
    }

    /** Takes note of a hit in memory. */
    void nearHit(long beganNanos, long endedNanos) {
        near.record(beganNanos, endedNanos);
    }

    /** Takes note of a call to Redis, of one command or of many in one flush, answered or not. */
    public void remoteCalled(long beganNanos, long endedNanos) {
        if (on) {
            remote.record(beganNanos, endedNanos);
        }
    }

    /** Takes note of a call of the loader, whatever came of it. */
    void sourceCalled(long beganNanos, long endedNanos) {
        if (on) {
            source.record(beganNanos, endedNanos);
        }
    }

    TierLatency near() {
        return near.snapshot();
    }

    TierLatency remote() {
        return remote.snapshot();
    }

    TierLatency source() {
        return source.snapshot();
    }
}
