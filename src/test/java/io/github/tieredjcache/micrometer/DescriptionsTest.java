package io.github.tieredjcache.micrometer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import io.github.tieredjcache.TierStatistics;
import io.github.tieredjcache.management.Description;
import io.github.tieredjcache.management.TieredCacheMXBean;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.lang.reflect.Proxy;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** JMX and Micrometer describe a number in the same words, except that a meter shows NaN where an attribute is -1. */
class DescriptionsTest {
    @ParameterizedTest
    @CsvSource({
        "tiered.cache.lookups.coalesced, getCoalescedLookups",
        "tiered.cache.stale.served, getStaleServed",
        "tiered.cache.loads, getLoads",
        "tiered.cache.load.failures, getLoadFailures",
        "tiered.cache.loads.running, getLoadsRunning",
        "tiered.cache.loads.waiting, getLoadsWaiting",
        "tiered.cache.loads.refused, getLoadsRefused",
        "tiered.cache.loads.awaited, getLoadsAwaited",
        "tiered.cache.refreshes, getRefreshes",
        "tiered.cache.fills.refused, getFillsVoided",
        "tiered.cache.near.entries, getNearEntries",
        "tiered.cache.near.weight, getNearWeightBytes",
        "tiered.cache.near.evictions, getNearEvictions",
        "tiered.cache.near.mismatches, getNearMismatches",
        "tiered.cache.invalidations, getInvalidations",
        "tiered.cache.own.echoes, getOwnEchoes",
        "tiered.cache.coherence.bound, getStalenessBoundMillis",
        "tiered.cache.coherence.proof.age, getLeaseAgeMillis",
        "tiered.cache.coherence.lapses, getLeaseLapses",
        "tiered.cache.conflicts, getConflicts",
        "tiered.cache.writes.awaited, getLeaseWaits",
        "tiered.cache.writes.voided, getWritesVoided",
        "tiered.cache.events.dropped, getEventsDropped",
        "tiered.cache.undecodable, getUndecodableValues",
        "tiered.cache.remote.errors, getRemoteErrors",
        "tiered.cache.local.operations, getLocalOperations",
        "tiered.cache.journal.keys, getJournaledKeys",
        "tiered.cache.journal.overflows, getJournalOverflows",
        "tiered.cache.journal.voided, getJournalVoided"
    })
    void aMeterHasTheDescriptionOfItsAttribute(String meter, String attribute) throws Exception {
        Description description = TieredCacheMXBean.class.getMethod(attribute).getAnnotation(Description.class);
        assertNotNull(description, attribute);
        assertEquals(description.value().replace("; -1 without", "; NaN without"), descriptionOf(meter));
    }

    private static String descriptionOf(String meter) {
        MeterRegistry registry = new SimpleMeterRegistry();
        TierStatistics statistics = noNumbers();
        TierMeters.ALL.forEach(each -> each.register(registry, statistics, Tags.empty()));
        return registry.get(meter).meters().stream()
                .map(Meter::getId)
                .map(Meter.Id::getDescription)
                .distinct()
                .reduce((one, other) -> one + " and " + other)
                .orElseThrow();
    }

    /** Returns statistics for the registration of meters, which reads no number. */
    private static TierStatistics noNumbers() {
        return (TierStatistics) Proxy.newProxyInstance(
                DescriptionsTest.class.getClassLoader(),
                new Class<?>[] {TierStatistics.class},
                (proxy, method, arguments) -> {
                    throw new UnsupportedOperationException(method.getName());
                });
    }
}
