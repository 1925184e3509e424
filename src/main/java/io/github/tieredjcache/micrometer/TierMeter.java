package io.github.tieredjcache.micrometer;

import io.github.tieredjcache.TierLatency;
import io.github.tieredjcache.TierNumber;
import io.github.tieredjcache.TierStatistics;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.TimeGauge;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;

/**
 * One meter, which shows a number of the statistics.
 *
 * @param name the name by Micrometer's convention: lower case and dots, no unit
 * @param tags the tags that distinguish meters of the same name
 * @param registration registers the meter
 */
record TierMeter(String name, Tags tags, Registration registration) {
    private static final double MILLIS_PER_SECOND = 1_000;

    /** Registers a meter. The registry holds the statistics weakly. */
    interface Registration {
        void register(MeterRegistry registry, TierStatistics statistics, Tags all);
    }

    /** Returns a meter of a number that only grows; a time is in seconds, because Micrometer converts gauges only. */
    static TierMeter counter(TierNumber number, ToDoubleFunction<TierStatistics> count, String... ownTags) {
        boolean isTime = number.unit().equals("ms");
        ToDoubleFunction<TierStatistics> shown =
                isTime ? statistics -> count.applyAsDouble(statistics) / MILLIS_PER_SECOND : count;
        return new TierMeter(
                number.meterName(),
                Tags.of(ownTags),
                (registry, statistics, all) -> FunctionCounter.builder(number.meterName(), statistics, shown)
                        .tags(all)
                        .description(number.description())
                        .baseUnit(isTime ? "seconds" : null)
                        .register(registry));
    }

    /** Returns a meter of the current value of a number. */
    static TierMeter gauge(TierNumber number) {
        boolean isBytes = number.unit().equals("bytes");
        boolean mayBeUnknown = isBytes || number.unit().equals("%");
        return new TierMeter(
                number.meterName(),
                Tags.empty(),
                (registry, statistics, all) -> Gauge.builder(
                                number.meterName(),
                                statistics,
                                each -> mayBeUnknown ? orNaN(each.get(number)) : each.get(number))
                        .tags(all)
                        .description(number.description())
                        .baseUnit(isBytes ? "bytes" : null)
                        .register(registry));
    }

    /** Returns a meter of the current value of a time. */
    static TierMeter time(TierNumber number) {
        return new TierMeter(
                number.meterName(),
                Tags.empty(),
                (registry, statistics, all) -> TimeGauge.builder(
                                number.meterName(), statistics, TimeUnit.MILLISECONDS, each -> orNaN(each.get(number)))
                        .tags(all)
                        .description(number.description())
                        .register(registry));
    }

    /** Returns a meter of the number and the total time of the calls of a tier. */
    static TierMeter timer(TierNumber latency) {
        return new TierMeter(
                latency.meterName(),
                Tags.empty(),
                (registry, statistics, all) -> FunctionTimer.builder(
                                latency.meterName(),
                                statistics,
                                each -> each.latency(latency).count(),
                                each -> each.latency(latency).totalNanos(),
                                TimeUnit.NANOSECONDS)
                        .tags(all)
                        .description(latency.description())
                        .register(registry));
    }

    /** Returns a meter of a percentile of the calls of a tier; phi 1 is the maximum. */
    static TierMeter percentile(TierNumber latency, String phi, ToLongFunction<TierLatency> percentile) {
        String name = latency.meterName() + ".percentile";
        return new TierMeter(
                name,
                Tags.of("phi", phi),
                (registry, statistics, all) -> TimeGauge.builder(
                                name,
                                statistics,
                                TimeUnit.NANOSECONDS,
                                each -> percentile.applyAsLong(each.latency(latency)))
                        .tags(all)
                        .description(latency.description())
                        .register(registry));
    }

    void register(MeterRegistry registry, TierStatistics statistics, Tags cacheTags) {
        registration.register(registry, statistics, cacheTags.and(tags));
    }

    private static double orNaN(long number) {
        return number < 0 ? Double.NaN : number;
    }
}
