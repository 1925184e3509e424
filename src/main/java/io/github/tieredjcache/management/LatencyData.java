package io.github.tieredjcache.management;

import io.github.tieredjcache.TierLatency;
import javax.management.ConstructorParameters;

/** A {@link TierLatency} for JMX, in microseconds. Immutable. */
public final class LatencyData {
    private static final double NANOS_PER_MICRO = 1_000;

    private final long count;
    private final double meanMicros;
    private final double p50Micros;
    private final double p95Micros;
    private final double p99Micros;
    private final double maxMicros;

    /** Creates a latency from its attributes; called by JMX. */
    @ConstructorParameters({"count", "meanMicros", "p50Micros", "p95Micros", "p99Micros", "maxMicros"})
    public LatencyData(
            long count, double meanMicros, double p50Micros, double p95Micros, double p99Micros, double maxMicros) {
        this.count = count;
        this.meanMicros = meanMicros;
        this.p50Micros = p50Micros;
        this.p95Micros = p95Micros;
        this.p99Micros = p99Micros;
        this.maxMicros = maxMicros;
    }

    /** Returns a latency in microseconds. */
    public static LatencyData of(TierLatency latency) {
        return new LatencyData(
                latency.count(),
                latency.meanNanos() / NANOS_PER_MICRO,
                latency.p50Nanos() / NANOS_PER_MICRO,
                latency.p95Nanos() / NANOS_PER_MICRO,
                latency.p99Nanos() / NANOS_PER_MICRO,
                latency.maxNanos() / NANOS_PER_MICRO);
    }

    /** Returns the number of calls measured since the creation of the cache. */
    public long getCount() {
        return count;
    }

    /** Returns the mean of these calls. */
    public double getMeanMicros() {
        return meanMicros;
    }

    /** Returns the duration that half of the calls of the last one to two minutes did not exceed. */
    public double getP50Micros() {
        return p50Micros;
    }

    /** Returns the duration that 95 % of the calls of the last one to two minutes did not exceed. */
    public double getP95Micros() {
        return p95Micros;
    }

    /** Returns the duration that 99 % of the calls of the last one to two minutes did not exceed. */
    public double getP99Micros() {
        return p99Micros;
    }

    /** Returns the longest call of the last one to two minutes. */
    public double getMaxMicros() {
        return maxMicros;
    }
}
