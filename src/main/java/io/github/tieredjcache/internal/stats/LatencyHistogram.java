package io.github.tieredjcache.internal.stats;

import io.github.tieredjcache.TierLatency;
import io.github.tieredjcache.internal.support.NanoClock;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.AbstractHistogram;
import org.HdrHistogram.AtomicHistogram;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * Durations: number and sum since creation, and the distribution of the last one to two minutes.
 *
 * <p>Two histograms rotate every minute, so that a dashboard shows recent durations only. No histogram is allocated
 * before the first duration is recorded. Safe for use by many threads; a duration recorded during a rotation may count
 * for the previous minute.
 */
final class LatencyHistogram {
    static final long WINDOW_NANOS = TimeUnit.MINUTES.toNanos(1);

    // One digit is exact to 1/16 and costs 5 KB per histogram; two digits would cost 32 KB.
    private static final int DIGITS = 1;
    private static final long HIGHEST_NANOS = TimeUnit.HOURS.toNanos(1);

    private final NanoClock clock;
    private final LongAdder count = new LongAdder();
    private final LongAdder totalNanos = new LongAdder();
    private volatile @Nullable Window window;

    LatencyHistogram(NanoClock clock) {
        this.clock = clock;
    }

    /** Records a duration by its begin and end, in nanoseconds of the clock. */
    void record(long beganNanos, long endedNanos) {
        long durationNanos = Math.max(0, endedNanos - beganNanos);
        count.increment();
        totalNanos.add(durationNanos);
        windowAt(endedNanos).current.recordValue(Math.min(durationNanos, HIGHEST_NANOS));
    }

    /** Returns number, sum and distribution of the recorded durations. */
    TierLatency snapshot() {
        if (window == null) {
            return TierLatency.NONE;
        }
        Window now = windowAt(clock.nanos());
        Histogram recent = new Histogram(HIGHEST_NANOS, DIGITS);
        recent.add(now.current);
        if (now.before != null) {
            recent.add(now.before);
        }
        return new TierLatency(
                count.sum(),
                totalNanos.sum(),
                recent.getValueAtPercentile(50),
                recent.getValueAtPercentile(95),
                recent.getValueAtPercentile(99),
                recent.getMaxValue());
    }

    private Window windowAt(long nowNanos) {
        Window latest = window;
        return latest != null && nowNanos - latest.beganNanos < WINDOW_NANOS ? latest : rotate(nowNanos);
    }

    private synchronized Window rotate(long nowNanos) {
        Window latest = window;
        long age = latest == null ? 0 : nowNanos - latest.beganNanos;
        if (latest != null && age < WINDOW_NANOS) {
            return latest;
        }
        AbstractHistogram before = latest != null && age < 2 * WINDOW_NANOS ? latest.current : null;
        Window next = new Window(new AtomicHistogram(HIGHEST_NANOS, DIGITS), before, nowNanos);
        window = next;
        return next;
    }

    /** The histograms of the current and the previous minute; {@code before} is null if nothing was recorded then. */
    private record Window(AtomicHistogram current, @Nullable AbstractHistogram before, long beganNanos) {}
}
