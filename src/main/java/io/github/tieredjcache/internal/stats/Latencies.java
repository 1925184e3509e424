package io.github.tieredjcache.internal.stats;

import io.github.tieredjcache.TierLatency;
import io.github.tieredjcache.TierNumber;
import io.github.tieredjcache.internal.support.NanoClock;

/** The latencies of the tiers of one cache; recorded only while enabled. Safe for use by many threads. */
public final class Latencies {
    private final LatencyHistogram near;
    private final LatencyHistogram remote;
    private final LatencyHistogram source;
    private volatile boolean enabled;

    Latencies(NanoClock clock, boolean enabled) {
        this.near = new LatencyHistogram(clock);
        this.remote = new LatencyHistogram(clock);
        this.source = new LatencyHistogram(clock);
        this.enabled = enabled;
    }

    void setEnabled(boolean enabled) {
        this.enabled = enabled;
    }

    boolean isEnabled() {
        return enabled;
    }

    /** Records a near hit. */
    void nearHit(long beganNanos, long endedNanos) {
        near.record(beganNanos, endedNanos);
    }

    /** Records a call to Redis, of one command or of many in one flush, successful or not. */
    public void remoteCalled(long beganNanos, long endedNanos) {
        if (enabled) {
            remote.record(beganNanos, endedNanos);
        }
    }

    /** Records a call of the loader, successful or not. */
    void sourceCalled(long beganNanos, long endedNanos) {
        if (enabled) {
            source.record(beganNanos, endedNanos);
        }
    }

    /** @throws IllegalArgumentException if the number is not a latency */
    TierLatency get(TierNumber number) {
        return switch (number) {
            case NEAR_LATENCY -> near.snapshot();
            case REMOTE_LATENCY -> remote.snapshot();
            case SOURCE_LATENCY -> source.snapshot();
            default -> throw new IllegalArgumentException(number + " is not a latency");
        };
    }
}
