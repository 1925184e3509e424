package io.github.tieredjcache.micrometer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.github.tieredjcache.Pages;
import io.github.tieredjcache.TierLatency;
import io.github.tieredjcache.TierNumber;
import io.github.tieredjcache.TierStatistics;
import io.github.tieredjcache.TierStatus;
import io.github.tieredjcache.UndecodableReason;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Each number of the table has its meter, which shows that number, and its row on the page of the metrics. */
class TierMetersTest {
    private static final Pattern ROW = Pattern.compile("(?m)^\\| `tiered\\.cache.*$");
    private static final long MILLIS = 1_000;
    private static final long NANOS = 1_000_000_000;

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

    @BeforeEach
    void registerAll() {
        TierMeters.ALL.forEach(each -> each.register(registry, DifferentNumbers.ALL, Tags.empty()));
    }

    @Test
    void theMetersShowExactlyTheNumbersOfTheTable() {
        Map<String, Double> expected = new TreeMap<>();
        for (TierNumber each : TierNumber.values()) {
            double value = DifferentNumbers.of(each);
            switch (each.kind()) {
                case COUNTER, GAUGE, STATE -> expected.put(each.meterName(), value);
                case LATENCY -> {
                    expected.put(each.meterName() + " count", value);
                    expected.put(each.meterName() + " total", value + 1);
                    int more = 2;
                    for (String phi : List.of("0.5", "0.95", "0.99", "1")) {
                        expected.put(each.meterName() + ".percentile{phi=" + phi + "}", value + more++);
                    }
                }
            }
        }
        double all = expected.remove(TierNumber.UNDECODABLE_VALUES.meterName());
        for (UndecodableReason each : UndecodableReason.values()) {
            String reason = each.name().toLowerCase(Locale.ROOT);
            expected.put(
                    TierNumber.UNDECODABLE_VALUES.meterName() + "{reason=" + reason + "}",
                    all + DifferentNumbers.place(each));
        }
        assertEquals(expected, Readings.all(registry));
    }

    @Test
    void aMeterHasTheDescriptionOfItsNumber() {
        for (TierNumber each : TierNumber.values()) {
            assertFalse(each.description().isBlank(), each::name);
            for (Meter meter : registry.get(each.meterName()).meters()) {
                assertEquals(each.description(), meter.getId().getDescription());
            }
        }
    }

    @Test
    void thePageOfTheMetricsHasTheTable() {
        List<String> rows = Stream.concat(
                        Stream.of(TierNumber.values())
                                .map(each -> "| `" + each.meterName() + "` | "
                                        + each.kind().name().toLowerCase(Locale.ROOT) + " | " + each.unit() + " | "
                                        + each.description() + " |"),
                        Stream.of("| `tiered.cache.caches` | gauge | caches | Open caches of the manager |"))
                .toList();
        assertEquals(
                rows,
                ROW.matcher(Pages.read("metrics"))
                        .results()
                        .map(MatchResult::group)
                        .toList());
    }

    /** Statistics whose numbers are all different, in the unit of the registry. */
    private enum DifferentNumbers implements TierStatistics {
        ALL;

        private static final int GAP = 100;

        static double of(TierNumber number) {
            return (double) GAP * (List.of(TierNumber.values()).indexOf(number) + 1);
        }

        static int place(UndecodableReason reason) {
            return List.of(UndecodableReason.values()).indexOf(reason);
        }

        @Override
        public TierStatus status() {
            return TierStatus.OK;
        }

        @Override
        public long get(TierNumber number) {
            return Math.round(of(number)) * (number.unit().equals("ms") ? MILLIS : 1);
        }

        @Override
        public TierLatency latency(TierNumber number) {
            long first = Math.round(of(number));
            return new TierLatency(
                    first,
                    (first + 1) * NANOS,
                    (first + 2) * NANOS,
                    (first + 3) * NANOS,
                    (first + 4) * NANOS,
                    (first + 5) * NANOS);
        }

        @Override
        public long undecodableValues(UndecodableReason reason) {
            return get(TierNumber.UNDECODABLE_VALUES) + place(reason);
        }
    }
}
