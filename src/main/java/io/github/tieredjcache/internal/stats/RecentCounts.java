package io.github.tieredjcache.internal.stats;

import io.github.tieredjcache.TierNumber;
import io.github.tieredjcache.internal.support.NanoClock;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.ToLongFunction;

/**
 * The growth of a few counters in the last minute: samples of the counters in ten-second steps, so that counting itself
 * costs nothing.
 *
 * <p>If nothing has called {@link #sample} for longer than a minute, the growth is that since the last sample. Safe for
 * use by many threads.
 */
final class RecentCounts {
    static final long WINDOW_NANOS = TimeUnit.MINUTES.toNanos(1);
    static final long STEP_NANOS = TimeUnit.SECONDS.toNanos(10);

    private static final TierNumber[] SAMPLED = {
        TierNumber.NEAR_HITS,
        TierNumber.REMOTE_HITS,
        TierNumber.REMOTE_MISSES,
        TierNumber.LOADS,
        TierNumber.LOAD_FAILURES,
        TierNumber.VALUES_REFUSED
    };

    private final ToLongFunction<TierNumber> counters;
    private final NanoClock clock;
    private final Deque<Sample> samples = new ArrayDeque<>();

    /**
     * Begins the first window.
     *
     * @param counters returns the current value of a counter
     */
    RecentCounts(ToLongFunction<TierNumber> counters, NanoClock clock) {
        this.counters = counters;
        this.clock = clock;
        samples.add(take(clock.nanos()));
    }

    /** Takes a sample if the last one is at least ten seconds old. */
    synchronized void sample() {
        long nowNanos = clock.nanos();
        if (nowNanos - samples.getLast().takenNanos >= STEP_NANOS) {
            dropBefore(nowNanos);
            samples.add(take(nowNanos));
        }
    }

    /** Returns the growth of the counters, and the time in which they grew. */
    synchronized Growth growth() {
        sample();
        Sample now = take(clock.nanos());
        dropBefore(now.takenNanos);
        return new Growth(samples.getFirst(), now);
    }

    /** Keeps the youngest of the samples that are at least a minute old, and all younger ones. */
    private void dropBefore(long nowNanos) {
        while (samples.size() > 1) {
            Sample first = samples.removeFirst();
            if (nowNanos - samples.getFirst().takenNanos < WINDOW_NANOS) {
                samples.addFirst(first);
                return;
            }
        }
    }

    private Sample take(long nowNanos) {
        Map<TierNumber, Long> counts = new EnumMap<>(TierNumber.class);
        for (TierNumber each : SAMPLED) {
            counts.put(each, counters.applyAsLong(each));
        }
        return new Sample(nowNanos, counts);
    }

    private record Sample(long takenNanos, Map<TierNumber, Long> counts) {
        long count(TierNumber number) {
            return counts.getOrDefault(number, 0L);
        }
    }

    /** The difference of two samples. */
    record Growth(Sample before, Sample now) {
        long of(TierNumber number) {
            return Math.max(0, now.count(number) - before.count(number));
        }

        long seconds() {
            return TimeUnit.NANOSECONDS.toSeconds(now.takenNanos - before.takenNanos);
        }

        /** Returns the share of hits in all lookups in percent; -1 without lookups. */
        long hitPercentage() {
            long hits = of(TierNumber.NEAR_HITS) + of(TierNumber.REMOTE_HITS);
            long lookups = hits + of(TierNumber.REMOTE_MISSES);
            return lookups == 0 ? -1 : 100 * hits / lookups;
        }
    }
}
