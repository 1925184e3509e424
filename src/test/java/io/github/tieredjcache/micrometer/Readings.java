package io.github.tieredjcache.micrometer;

import io.micrometer.core.instrument.Measurement;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Statistic;
import io.micrometer.core.instrument.Tag;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * The values of the meters of a registry, by name and tags, such as {@code tiered.cache.undecodable.values{reason=format}}.
 */
final class Readings {
    private static final Set<String> COMMON_TAGS = Set.of("cache", "cache.manager");

    private Readings() {}

    static Map<String, Double> all(MeterRegistry registry) {
        return of(registry, meter -> true);
    }

    /** Returns the counts that are not 0; without times, which differ from run to run. */
    static Map<String, Double> counts(MeterRegistry registry, String cacheName) {
        Map<String, Double> counts =
                of(registry, meter -> cacheName.equals(meter.getId().getTag("cache")));
        counts.keySet()
                .removeIf(name -> name.endsWith(" total") || name.contains("percentile") || name.contains(".age"));
        counts.values().removeIf(value -> value.isNaN() || value == 0);
        return counts;
    }

    private static Map<String, Double> of(MeterRegistry registry, Predicate<Meter> wanted) {
        Map<String, Double> readings = new TreeMap<>();
        for (Meter meter : registry.getMeters()) {
            if (wanted.test(meter)) {
                boolean timer = meter.getId().getType() == Meter.Type.TIMER;
                for (Measurement each : meter.measure()) {
                    String what = each.getStatistic() == Statistic.COUNT ? " count" : " total";
                    readings.put(name(meter) + (timer ? what : ""), each.getValue());
                }
            }
        }
        return readings;
    }

    private static String name(Meter meter) {
        String tags = meter.getId().getTags().stream()
                .filter(tag -> !COMMON_TAGS.contains(tag.getKey()))
                .map(Readings::text)
                .sorted()
                .collect(Collectors.joining(","));
        return meter.getId().getName() + (tags.isEmpty() ? "" : "{" + tags + "}");
    }

    private static String text(Tag tag) {
        return tag.getKey() + "=" + tag.getValue();
    }
}
