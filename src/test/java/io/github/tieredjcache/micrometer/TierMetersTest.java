package io.github.tieredjcache.micrometer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.Pages;
import io.github.tieredjcache.TierLatency;
import io.github.tieredjcache.TierStatistics;
import io.github.tieredjcache.UndecodableReason;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Each number of the statistics has a meter, which shows that number. */
class TierMetersTest {
    private static final Pattern NAME_IN_TABLE = Pattern.compile("(?m)^\\| `(tiered\\.cache[a-z.]+)");

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    /**
     * The numbers that the statistics have returned, each once; found by reflection, so that a new method is included.
     */
    private final Map<String, Double> returned = new TreeMap<>();

    @Test
    void everyNumberOfTheStatisticsIsShownByOneMeter() {
        TierStatistics statistics = differentNumbers();
        TierMeters.ALL.forEach(each -> each.register(registry, statistics, Tags.empty()));

        Map<Double, String> shown = new TreeMap<>();
        Readings.all(registry).forEach((name, value) -> {
            String before = shown.put(value, name);
            assertTrue(before == null, () -> before + " and " + name + " both show " + value);
        });
        assertEquals(
                new TreeSet<>(returned.values()), shown.keySet(), () -> "returned " + returned + ", shown " + shown);

        Set<String> expected = Arrays.stream(TierStatistics.class.getMethods())
                .filter(method -> !isSumOfOthers(method))
                .map(Method::getName)
                .collect(Collectors.toCollection(TreeSet::new));
        Set<String> read = returned.keySet().stream()
                .map(name -> name.replaceFirst("[ (].*", ""))
                .collect(Collectors.toCollection(TreeSet::new));
        assertEquals(expected, read);
        long reasons =
                returned.keySet().stream().filter(name -> name.endsWith(")")).count();
        assertEquals(UndecodableReason.values().length, reasons);
    }

    @Test
    void everyMeterHasADescription() {
        TierStatistics statistics = differentNumbers();
        TierMeters.ALL.forEach(each -> each.register(registry, statistics, Tags.empty()));
        for (Meter meter : registry.getMeters()) {
            String description = meter.getId().getDescription();
            assertFalse(description == null || description.isBlank(), meter.getId()::getName);
        }
    }

    @Test
    void thePageOfTheMetricsNamesAllMeters() {
        Set<String> names = TierMeters.ALL.stream().map(TierMeter::name).collect(Collectors.toCollection(TreeSet::new));
        names.add("tiered.cache.caches");
        Set<String> table = NAME_IN_TABLE
                .matcher(Pages.read("metrics"))
                .results()
                .map(result -> result.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
        assertEquals(names, table);
    }

    /** Statistics whose numbers are all different, in the unit of the registry. */
    private TierStatistics differentNumbers() {
        return (TierStatistics) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {TierStatistics.class}, (proxy, method, arguments) -> {
                    String name = method.getName() + (arguments == null ? "" : "(" + arguments[0] + ")");
                    if (method.getReturnType() == boolean.class) {
                        returned.put(name, 1.0);
                        return true;
                    }
                    if (method.getReturnType() == TierLatency.class) {
                        return latency(name);
                    }
                    return tell(name, name.endsWith("Millis") ? 1_000 : 1);
                });
    }

    private TierLatency latency(String name) {
        int nanos = 1_000_000_000;
        return new TierLatency(
                tell(name + " count", 1),
                tell(name + " total", nanos),
                tell(name + " p50", nanos),
                tell(name + " p95", nanos),
                tell(name + " p99", nanos),
                tell(name + " max", nanos));
    }

    /** Returns a number that is a whole number in the unit of the registry. */
    private long tell(String name, int unit) {
        double shown = returned.computeIfAbsent(name, first -> returned.size() + 2.0);
        return Math.round(shown * unit);
    }

    private static boolean isSumOfOthers(Method method) {
        return method.getName().equals("undecodableValues") && method.getParameterCount() == 0;
    }
}
