package io.github.tieredjcache;

import java.util.concurrent.TimeUnit;

/**
 * How long the answers of one tier took: number and total since the cache was created, the rest of the last one to two minutes.
 *
 * <p>Measured only while the cache's statistics are enabled. Of near hits the first 1,000 are measured and then one in 32, because
 * a look at the clock would cost as much as the hit. Percentiles and the maximum are exact to 7 %, and 0 if nothing was measured of late.
 *
 * @param count how many were measured
 * @param totalNanos how long these took together, in nanoseconds
 * @param p50Nanos half of the latest took no longer than this, in nanoseconds
 * @param p95Nanos 95 in 100 took no longer
 * @param p99Nanos 99 in 100 took no longer
 * @param maxNanos none took longer
 */
public record TierLatency(long count, long totalNanos, long p50Nanos, long p95Nanos, long p99Nanos, long maxNanos) {
    /** Of a tier that has answered nothing. */
    public static final TierLatency NONE = new TierLatency(0, 0, 0, 0, 0, 0);

    /** Returns the mean in nanoseconds since the cache was created, 0 if nothing was measured. */
    public double meanNanos() {
        return count == 0 ? 0 : (double) totalNanos / count;
    }

    /** Shows number, mean, percentiles and maximum in microseconds. */
    @Override
    public String toString() {
        return String.format(
                java.util.Locale.ROOT,
                "%d, mean %.1f us; of late p50 %.1f us, p95 %.1f us, p99 %.1f us, max %.1f us",
                count,
                meanNanos() / TimeUnit.MICROSECONDS.toNanos(1),
                p50Nanos / 1_000.0,
                p95Nanos / 1_000.0,
                p99Nanos / 1_000.0,
                maxNanos / 1_000.0);
    }
}
