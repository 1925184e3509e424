package io.github.tieredjcache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.tieredjcache.internal.stats.GaugeSources;
import io.github.tieredjcache.internal.stats.Statistics;
import io.github.tieredjcache.internal.stats.TierCounters;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The statistics have exactly the numbers of the table, by their names. */
class TierNumberTest {
    private final TierStatistics numbered = (TierStatistics) Proxy.newProxyInstance(
            TierStatistics.class.getClassLoader(),
            new Class<?>[] {TierStatistics.class},
            (proxy, method, arguments) -> switch (method.getName()) {
                case "get" -> place((TierNumber) arguments[0]);
                case "latency" -> latency((TierNumber) arguments[0]);
                default -> InvocationHandler.invokeDefault(proxy, method, arguments);
            });

    @ParameterizedTest
    @EnumSource(TierNumber.class)
    void theMethodOfTheStatisticsReturnsTheNumberOfItsName(TierNumber number) throws Exception {
        Object returned = TierStatistics.class.getMethod(methodName(number)).invoke(numbered);
        assertEquals(
                switch (number.kind()) {
                    case COUNTER, GAUGE -> place(number);
                    case STATE -> true;
                    case LATENCY -> latency(number);
                },
                returned);
    }

    @Test
    void theStatisticsHaveNoOtherNumbers() {
        Set<String> methods = Arrays.stream(TierStatistics.class.getMethods())
                .filter(Method::isDefault)
                .map(Method::getName)
                .collect(Collectors.toCollection(TreeSet::new));
        assertEquals(
                Stream.of(TierNumber.values())
                        .map(TierNumberTest::methodName)
                        .collect(Collectors.toCollection(TreeSet::new)),
                methods);
    }

    @Test
    void aNumberHasOneNameInEachStyle() {
        assertEquals("NearHits", TierNumber.NEAR_HITS.attributeName());
        assertEquals("tiered.cache.near.hits", TierNumber.NEAR_HITS.meterName());
        assertEquals("NearWeightBytes", TierNumber.NEAR_WEIGHT_BYTES.attributeName());
        assertEquals("tiered.cache.near.weight", TierNumber.NEAR_WEIGHT_BYTES.meterName());
        assertEquals("CoherenceProofAgeMillis", TierNumber.COHERENCE_PROOF_AGE_MILLIS.attributeName());
        assertEquals("tiered.cache.coherence.proof.age", TierNumber.COHERENCE_PROOF_AGE_MILLIS.meterName());
    }

    @Test
    void theNameOfANumberHasItsUnitIfThatIsNotTheCountedNoun() {
        Map<String, String> suffixes = Map.of("ms", "_MILLIS", "bytes", "_BYTES");
        for (TierNumber each : TierNumber.values()) {
            suffixes.forEach((unit, suffix) ->
                    assertEquals(each.unit().equals(unit), each.name().endsWith(suffix), each.name()));
        }
    }

    @ParameterizedTest
    @EnumSource(TierNumber.class)
    void theCountersHaveEachNumberButNoLatencyAsANumber(TierNumber number) {
        TierStatistics counters = new TierCounters(
                GaugeSources.none("orders"), new Statistics(System::nanoTime, true).latencies(), System::nanoTime);
        if (number.kind() == TierNumber.Kind.LATENCY) {
            assertEquals(TierLatency.NONE, counters.latency(number));
            assertThrows(IllegalArgumentException.class, () -> counters.get(number));
        } else {
            assertEquals(number == TierNumber.RECENT_HIT_PERCENTAGE ? -1 : 0, counters.get(number));
            assertThrows(IllegalArgumentException.class, () -> counters.latency(number));
        }
    }

    private static String methodName(TierNumber number) {
        String name = number.attributeName();
        return number.kind() == TierNumber.Kind.STATE
                ? "is" + name
                : Character.toLowerCase(name.charAt(0)) + name.substring(1);
    }

    private static long place(TierNumber number) {
        return 1L + List.of(TierNumber.values()).indexOf(number);
    }

    private static TierLatency latency(TierNumber number) {
        return new TierLatency(place(number), 0, 0, 0, 0, 0);
    }
}
