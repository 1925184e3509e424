package io.github.tieredjcache;

import java.util.concurrent.TimeUnit;

/**
 * The latency of one tier: number and total since the creation of the cache, percentiles and maximum of the last one to
 * two minutes. Immutable.
 *
 * <p>Measured only while the cache's statistics are enabled. Of near hits the first 1,000 are measured, then one in 32,
 * because reading the clock would cost as much as the hit. Percentiles and maximum are exact to 7 %, and 0 if nothing
 * was measured in the last one to two minutes.
 *
 * @param count the number of measured calls
 * @param totalNanos the total duration of these calls, in nanoseconds
 * @param p50Nanos the duration that half of the latest calls did not exceed, in nanoseconds
 * @param p95Nanos the duration that 95 % of them did not exceed, in nanoseconds
 * @param p99Nanos the duration that 99 % of them did not exceed, in nanoseconds
 * @param maxNanos the longest duration among them, in nanoseconds
 */
public record TierLatency(long count, long totalNanos, long p50Nanos, long p95Nanos, long p99Nanos, long maxNanos) {
    /** The latency of a tier without a measured call. */
    public static final TierLatency NONE = new TierLatency(0, 0, 0, 0, 0, 0);

    /** Returns the mean in nanoseconds since the creation of the cache, 0 if nothing was measured. */
    public double meanNanos() {
        return count == 0 ? 0 : (double) totalNanos / count;
    }

    /** Returns number, mean, percentiles and maximum as text, in microseconds. */
    @Override
    public String toString() {
        return String.format(
                java.util.Locale.ROOT,
                "%d, mean %.1f us; last minutes: p50 %.1f us, p95 %.1f us, p99 %.1f us, max %.1f us",
                count,
                meanNanos() / TimeUnit.MICROSECONDS.toNanos(1),
                p50Nanos / 1_000.0,
                p95Nanos / 1_000.0,
                p99Nanos / 1_000.0,
                maxNanos / 1_000.0);
    }
}
