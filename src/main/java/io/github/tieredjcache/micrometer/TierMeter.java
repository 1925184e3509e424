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
 * @param name in Micrometer's form: lower case and dots, no unit
 * @param tags that tell it from others of its name
 * @param registration how it is registered
 */
record TierMeter(String name, Tags tags, Registration registration) {
    /** Registers a meter with all its tags; the statistics are held weakly. */
    interface Registration {
        void register(MeterRegistry registry, TierStatistics statistics, Tags all);
    }

    /** Of what only grows. */
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

    /** Of a number as it is now. */
    static TierMeter gauge(String name, String description, ToDoubleFunction<TierStatistics> value) {
        return gauge(name, description, null, value);
    }

    /** Of a number of bytes as it is now. */
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

    /** Of a time as it is now. */
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

    /** Of how often something was, and how long all together. */
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

    /** Of how long a tier took. */
    static TierMeter latency(String name, String tier, Function<TierStatistics, TierLatency> latency) {
        return timer(
                name,
                "How long the tier took, while the cache's statistics are enabled",
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
