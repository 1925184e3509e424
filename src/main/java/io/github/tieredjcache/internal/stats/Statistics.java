package io.github.tieredjcache.internal.stats;

import io.github.tieredjcache.internal.support.NanoClock;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.LongAdder;

/**
 * The counters of JCache's statistics of one cache, on this node.
 *
 * <p>While statistics are disabled a count costs one volatile read and no clock read. Safe for use by many threads;
 * reading several counters is not atomic.
 */
public final class Statistics {
    private static final int TIMED_ALL = 1_000;
    private static final int TIMED_ONE_IN = 32;

    private final LongAdder nearHits = new LongAdder();
    private final LongAdder hitsBeyondNear = new LongAdder();
    private final LongAdder misses = new LongAdder();
    private final LongAdder puts = new LongAdder();
    private final LongAdder removals = new LongAdder();
    private final LongAdder evictions = new LongAdder();
    private final LongAdder getNanos = new LongAdder();
    private final LongAdder putNanos = new LongAdder();
    private final LongAdder removeNanos = new LongAdder();
    private final NanoClock clock;
    private final Latencies latencies;
    private volatile boolean enabled;
    private volatile long nearHitsWhenCleared;
    private int timedLeft = TIMED_ALL;

    public Statistics(NanoClock clock, boolean enabled) {
        this.clock = clock;
        this.latencies = new Latencies(clock, enabled);
        this.enabled = enabled;
    }

    public boolean isEnabled() {
        return enabled;
    }

    public void setEnabled(boolean enabled) {
        this.enabled = enabled;
        latencies.setEnabled(enabled);
    }

    /** Returns the latencies of the tiers, which are recorded while statistics are enabled. */
    public Latencies latencies() {
        return latencies;
    }

    /** Returns the current time in nanoseconds as the start of an operation; 0 while statistics are disabled. */
    public long start() {
        return enabled ? clock.nanos() : 0;
    }

    /**
     * Returns the current time in nanoseconds as the start of a lookup that the near tier may answer; 0 if such an
     * answer is not timed.
     *
     * <p>Reading the clock costs as much as a near hit. So the first {@value #TIMED_ALL} near hits are timed, then one
     * in {@value #TIMED_ONE_IN} at random, which counts for as many.
     */
    public long startNear() {
        return enabled && (timedLeft > 0 || ThreadLocalRandom.current().nextInt(TIMED_ONE_IN) == 0) ? clock.nanos() : 0;
    }

    /** Counts a lookup that the near tier answered; {@code startNanos} is of {@link #startNear}. */
    public void hitNear(long startNanos) {
        if (enabled) {
            nearHits.increment();
            if (startNanos != 0) {
                timeNear(startNanos);
            }
        }
    }

    private void timeNear(long startNanos) {
        int weight = TIMED_ONE_IN;
        int left = timedLeft;
        if (left > 0) {
            // Racing threads may decrement once together; then a few more hits are timed.
            timedLeft = left - 1;
            weight = 1;
        }
        long nowNanos = clock.nanos();
        getNanos.add(weight * (nowNanos - startNanos));
        latencies.nearHit(startNanos, nowNanos);
    }

    /** Counts lookups that the near tier answered, and times none of them. */
    public void hitsNear(int hitCount) {
        if (enabled) {
            nearHits.add(hitCount);
        }
    }

    /** Counts lookups that the near tier did not answer, and which began at {@code startNanos}. */
    public void lookedUp(int hitCount, int missCount, long startNanos) {
        if (enabled) {
            hitsBeyondNear.add(hitCount);
            misses.add(missCount);
            getNanos.add(since(startNanos));
        }
    }

    /** Counts entries stored by an operation that began at {@code startNanos}. */
    public void stored(int count, long startNanos) {
        if (enabled && count > 0) {
            puts.add(count);
            putNanos.add(since(startNanos));
        }
    }

    /** Counts entries removed by an operation that began at {@code startNanos}. */
    public void removed(int count, long startNanos) {
        if (enabled && count > 0) {
            removals.add(count);
            removeNanos.add(since(startNanos));
        }
    }

    /** Counts one entry that the tier of record evicted for lack of room. */
    public void evicted() {
        if (enabled) {
            evictions.increment();
        }
    }

    public long hits() {
        // Read in this order, so that the difference is not negative when clear is called in between.
        long beforeClear = nearHitsWhenCleared;
        return nearHits() - beforeClear + hitsBeyondNear.sum();
    }

    /** Returns the hits of the near tier, those before {@link #clear} included. */
    public long nearHits() {
        return nearHits.sum();
    }

    public long misses() {
        return misses.sum();
    }

    public long puts() {
        return puts.sum();
    }

    public long removals() {
        return removals.sum();
    }

    public long evictions() {
        return evictions.sum();
    }

    /** Returns the mean time of a lookup in microseconds, 0 if there was none. */
    public float averageGetMicros() {
        return averageMicros(getNanos, hits() + misses());
    }

    /** Returns the mean time of a put in microseconds, 0 if there was none. */
    public float averagePutMicros() {
        return averageMicros(putNanos, puts());
    }

    /** Returns the mean time of a removal in microseconds, 0 if there was none. */
    public float averageRemoveMicros() {
        return averageMicros(removeNanos, removals());
    }

    /** Sets all counters of JCache to 0. */
    public void clear() {
        for (LongAdder each :
                new LongAdder[] {hitsBeyondNear, misses, puts, removals, evictions, getNanos, putNanos, removeNanos}) {
            each.reset();
        }
        nearHitsWhenCleared = nearHits();
        timedLeft = TIMED_ALL;
    }

    private long since(long startNanos) {
        // Statistics may have been switched on in the middle of the operation.
        return startNanos == 0 ? 0 : clock.nanos() - startNanos;
    }

    private static float averageMicros(LongAdder nanos, long count) {
        return count == 0 ? 0 : nanos.sum() / 1_000f / count;
    }
}
