package io.github.tieredjcache.micrometer;

import io.github.tieredjcache.TierLatency;
import io.github.tieredjcache.TierStatistics;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.TimeGauge;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * One meter, which shows a number of the statistics.
 *
 * @param name the name by Micrometer's convention: lower case and dots, no unit
 * @param tags the tags that distinguish meters of the same name
 * @param registration registers the meter
 */
record TierMeter(String name, Tags tags, Registration registration) {
    /** Registers a meter. The registry holds the statistics weakly. */
    interface Registration {
        void register(MeterRegistry registry, TierStatistics statistics, Tags all);
    }

    /** Returns a meter of a number that only grows. */
    static TierMeter counter(
            String name, String description, ToDoubleFunction<TierStatistics> count, String... ownTags) {
        return new TierMeter(
                name,
                Tags.of(ownTags),
                (registry, statistics, all) -> FunctionCounter.builder(name, statistics, count)
                        .tags(all)
                        .description(description)
                        .register(registry));
    }

    /** Returns a meter of the current value of a number. */
    static TierMeter gauge(String name, String description, ToDoubleFunction<TierStatistics> value) {
        return gauge(name, description, null, value);
    }

    /** Returns a meter of the current number of bytes. */
    static TierMeter bytes(String name, String description, ToDoubleFunction<TierStatistics> value) {
        return gauge(name, description, "bytes", value);
    }

    private static TierMeter gauge(
            String name, String description, @Nullable String unit, ToDoubleFunction<TierStatistics> value) {
        return new TierMeter(
                name,
                Tags.empty(),
                (registry, statistics, all) -> Gauge.builder(name, statistics, value)
                        .tags(all)
                        .description(description)
                        .baseUnit(unit)
                        .register(registry));
    }

    /** Returns a meter of the current value of a time. */
    static TierMeter time(
            String name, String description, TimeUnit unit, ToDoubleFunction<TierStatistics> value, String... ownTags) {
        return new TierMeter(
                name,
                Tags.of(ownTags),
                (registry, statistics, all) -> TimeGauge.builder(name, statistics, unit, value)
                        .tags(all)
                        .description(description)
                        .register(registry));
    }

    /** Returns a meter of a number of events and their total time. */
    static TierMeter timer(
            String name,
            String description,
            ToLongFunction<TierStatistics> count,
            TimeUnit unit,
            ToDoubleFunction<TierStatistics> total,
            String... ownTags) {
        return new TierMeter(
                name,
                Tags.of(ownTags),
                (registry, statistics, all) -> FunctionTimer.builder(name, statistics, count, total, unit)
                        .tags(all)
                        .description(description)
                        .register(registry));
    }

    /** Returns a meter of the latency of a tier. */
    static TierMeter latency(String name, String tier, Function<TierStatistics, TierLatency> latency) {
        return timer(
                name,
                "Duration of the calls of a tier; measured while statistics are enabled",
                statistics -> latency.apply(statistics).count(),
                TimeUnit.NANOSECONDS,
                statistics -> latency.apply(statistics).totalNanos(),
                "tier",
                tier);
    }

    void register(MeterRegistry registry, TierStatistics statistics, Tags cacheTags) {
        registration.register(registry, statistics, cacheTags.and(tags));
    }
}
