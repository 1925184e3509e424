package io.github.tieredjcache.micrometer;

import io.github.tieredjcache.TierLatency;
import io.github.tieredjcache.TierNumber;
import io.github.tieredjcache.UndecodableReason;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;

/** The meters of a cache: those of each number of {@link TierNumber}. */
final class TierMeters {
    private static final Map<String, ToLongFunction<TierLatency>> PERCENTILES = Map.of(
            "0.5", TierLatency::p50Nanos,
            "0.95", TierLatency::p95Nanos,
            "0.99", TierLatency::p99Nanos,
            "1", TierLatency::maxNanos);

    static final List<TierMeter> ALL =
            Stream.of(TierNumber.values()).flatMap(TierMeters::of).toList();

    private TierMeters() {}

    private static Stream<TierMeter> of(TierNumber number) {
        if (number == TierNumber.UNDECODABLE_VALUES) {
            return Stream.of(UndecodableReason.values())
                    .map(reason -> TierMeter.counter(
                            number,
                            statistics -> statistics.undecodableValues(reason),
                            "reason",
                            reason.name().toLowerCase(Locale.ROOT)));
        }
        return switch (number.kind()) {
            case COUNTER -> Stream.of(TierMeter.counter(number, statistics -> statistics.get(number)));
            case GAUGE, STATE ->
                Stream.of(number.unit().equals("ms") ? TierMeter.time(number) : TierMeter.gauge(number));
            case LATENCY ->
                Stream.concat(
                        Stream.of(TierMeter.timer(number)),
                        PERCENTILES.entrySet().stream()
                                .map(each -> TierMeter.percentile(number, each.getKey(), each.getValue())));
        };
    }
}
