package io.github.tieredjcache.internal.near;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.FakeClock;
import io.github.tieredjcache.internal.coherence.FillTicket;
import io.github.tieredjcache.internal.model.Entry;
import io.github.tieredjcache.internal.model.Lifetime;
import io.github.tieredjcache.internal.model.Mutation;
import io.github.tieredjcache.internal.model.Precondition;
import io.github.tieredjcache.internal.model.Version;
import io.github.tieredjcache.internal.port.Lease;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What the tier in memory does beside the contract: entries of another tier, the order of leases, values without a size. */
class InMemoryAdoptionTest {
    private static final Version REMOTE = new Version(1, 1);

    private final FakeClock clock = new FakeClock();
    private final NearStore<Object, String> store = new NearStore<>(NearCapacity.entries(100), clock, null, () -> {});
    private final SingleFlights<Object, String> singleFlights = new SingleFlights<>(clock, null);
    private final InMemoryTierOfRecord<Object, String> record = new InMemoryTierOfRecord<>(
            store,
            singleFlights,
            new KeyLocks<>(1_000_000_000),
            (key, value) -> value.isEmpty() ? InMemoryTierOfRecord.DROPPED : 0,
            new Expiration<>(true, 0, (key, entry) -> {}));

    @Test
    void anEntryOfAnotherTierIsAdoptedUnlessThereIsOne() {
        put("own", "own");
        record.adopt("own", () -> Entry.of("other", REMOTE, Entry.NO_DEADLINE));
        record.adopt("adopted", () -> Entry.of("other", REMOTE, Entry.NO_DEADLINE));
        record.adopt("absent", () -> null);
        assertEquals(Map.of("own", "own", "adopted", "other"), values());
    }

    @Test
    void adoptedEntriesThatAreSelectedAreDropped() {
        put("own", "own");
        for (String key : List.of("one", "two")) {
            record.adopt(key, () -> Entry.of("other", REMOTE, Entry.NO_DEADLINE));
        }
        record.dropAdopted(key -> !key.equals("two"));
        assertEquals(Map.of("own", "own", "two", "other"), values());
    }

    @Test
    void allButTheKeptKeysAreDropped() {
        put("one", "v");
        put("two", "v");
        record.dropAllExcept("two"::equals);
        assertEquals(Set.of("two"), values().keySet());
    }

    @Test
    void aDroppedKeyIsGoneWithItsFetchInProgress() {
        put("k", "v");
        FillTicket fetch = singleFlights.join("k", singleFlights.prepare()).ticket();
        record.drop("k");
        assertTrue(values().isEmpty());
        assertFalse(fetch.isValid());
    }

    @Test
    void keysAreLeasedInOneOrderWhateverTheOrderOfTheCall() {
        // Of one hash.
        List<Object> keys = List.of("BB", "Aa", Integer.valueOf("Aa".hashCode()), "z", "a");
        List<Object> reversed = new ArrayList<>(keys);
        reversed.sort(Comparator.comparing(key -> -keys.indexOf(key)));
        List<Object> ordered = record.inLeasingOrder(keys);
        assertEquals(ordered, record.inLeasingOrder(reversed));
        assertEquals(Set.copyOf(keys), Set.copyOf(ordered));
        assertTrue(
                ordered.indexOf("a") < ordered.indexOf("z") && ordered.indexOf("z") < ordered.indexOf("BB"), "by hash");
        assertTrue(ordered.indexOf("Aa") < ordered.indexOf("BB"), "by natural order");
    }

    @Test
    void aValueThatHasNoSizeIsDroppedInsteadOfStored() {
        put("k", "v");
        put("k", "");
        assertTrue(values().isEmpty());
        Lease<Object, String> lease = record.lease("k");
        assertNull(lease.commit(lease.prepare(""), Lifetime.ETERNAL).after());
        assertTrue(values().isEmpty());
    }

    @Test
    void onlyThisNodeRefreshes() {
        assertTrue(record.mayRefresh("k"));
    }

    @Test
    void theEntriesToRemoveAreTheLiveOnesAndNoFetchBringsOneBack() {
        put("live", "v");
        store.map().put("expired", Entry.of("v", Version.LOCAL, clock.nanos()));
        FillTicket fetch = singleFlights.join("k", singleFlights.prepare()).ticket();
        List<Object> keys = new ArrayList<>();
        record.entriesToRemove().forEachRemaining(each -> keys.add(each.getKey()));
        assertEquals(List.of("live"), keys);
        assertEquals(Set.of("live"), store.map().keySet());
        assertFalse(fetch.isValid());
    }

    private void put(String key, String value) {
        record.apply(new Mutation<>(key, Precondition.ALWAYS, value, Lifetime.ETERNAL, Lifetime.ETERNAL, false, false));
    }

    private Map<Object, String> values() {
        Map<Object, String> values = new HashMap<>();
        record.entries()
                .forEachRemaining(
                        each -> values.put(each.getKey(), each.getValue().value()));
        return values;
    }
}
