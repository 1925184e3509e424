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
 * How long something took: number and sum for ever, the distribution of the last one to two minutes.
 *
 * <p>Two histograms take turns, one a minute: what is older than both is forgotten, as the reader of a dashboard wants it. There is none, and
 * so nothing held in memory, before the first time is recorded. Safe for use by many threads; a time that is recorded in the moment of a
 * turn may count for the minute before.
 */
final class LatencyHistogram {
    static final long WINDOW_NANOS = TimeUnit.MINUTES.toNanos(1);

    // One digit is exact to 1/16 and costs 5 KB a histogram; two would cost 32.
    private static final int DIGITS = 1;
    private static final long HIGHEST_NANOS = TimeUnit.HOURS.toNanos(1);

    private final NanoClock clock;
    private final LongAdder count = new LongAdder();
    private final LongAdder totalNanos = new LongAdder();
    private volatile @Nullable Window window;

    LatencyHistogram(NanoClock clock) {
        this.clock = clock;
    }

    /** Takes note of something that began and ended at these times of the clock. */
    void record(long beganNanos, long endedNanos) {
        long took = Math.max(0, endedNanos - beganNanos);
        count.increment();
        totalNanos.add(took);
        at(endedNanos).current.recordValue(Math.min(took, HIGHEST_NANOS));
    }

    /** Returns what was recorded. */
    TierLatency snapshot() {
        if (window == null) {
            return TierLatency.NONE;
        }
        Window now = at(clock.nanos());
        Histogram late = new Histogram(HIGHEST_NANOS, DIGITS);
        late.add(now.current);
        if (now.before != null) {
            late.add(now.before);
        }
        return new TierLatency(
                count.sum(),
                totalNanos.sum(),
                late.getValueAtPercentile(50),
                late.getValueAtPercentile(95),
                late.getValueAtPercentile(99),
                late.getMaxValue());
    }

    private Window at(long nowNanos) {
        Window seen = window;
        return seen != null && nowNanos - seen.beganNanos < WINDOW_NANOS ? seen : turned(nowNanos);
    }

    private synchronized Window turned(long nowNanos) {
        Window seen = window;
        long age = seen == null ? 0 : nowNanos - seen.beganNanos;
        if (seen != null && age < WINDOW_NANOS) {
            return seen;
        }
        AbstractHistogram before = seen != null && age < 2 * WINDOW_NANOS ? seen.current : null;
        Window next = new Window(new AtomicHistogram(HIGHEST_NANOS, DIGITS), before, nowNanos);
        window = next;
        return next;
    }

    /** A minute and the one before it. */
    private record Window(AtomicHistogram current, @Nullable AbstractHistogram before, long beganNanos) {}
}
