package io.github.tieredjcache.internal.record;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.FakeClock;
import io.github.tieredjcache.internal.coherence.FillTicket;
import io.github.tieredjcache.internal.model.Entry;
import io.github.tieredjcache.internal.model.Lifetime;
import io.github.tieredjcache.internal.model.Mutation;
import io.github.tieredjcache.internal.model.Precondition;
import io.github.tieredjcache.internal.port.Lease;
import io.github.tieredjcache.internal.port.LoadGrant;
import io.github.tieredjcache.internal.port.TierOfRecord;
import io.github.tieredjcache.internal.port.TierOfRecordContract;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.cache.CacheException;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** What becomes of near copies by the operations of a tier of record. */
class NearCachedTierOfRecordTest {
    private final FakeClock clock = new FakeClock();
    private final RecordChain chain = new RecordChain(clock, true, false);
    private final TierOfRecord<String, String> tier = chain.nearCached;

    @Nested
    class Contract extends TierOfRecordContract {
        @Override
        protected TierOfRecord<String, String> newTier() {
            return new RecordChain(System::nanoTime, true, false).nearCached;
        }
    }

    @Test
    void aReadOfManyKeysReplacesTheCopiesOfOtherVersions() {
        changedUnnoticed("k");
        tier.readAll(Map.of("k", ticket()), Lifetime.UNCHANGED);
        assertEquals("other", copy("k"));
    }

    @Test
    void aLookupBeforeALoadReplacesACopyOfAnotherVersion() {
        changedUnnoticed("k");
        LoadGrant<String> grant =
                tier.loadGrants(Map.of("k", ticket()), Set.of(), false).get("k");
        assertEquals(
                "other", assertInstanceOf(LoadGrant.Found.class, grant).entry().value());
        assertEquals("other", copy("k"));
    }

    /** Stores an entry, and has another node change it; the copy is not invalidated yet. */
    private void changedUnnoticed(String key) {
        chain.redis.withoutInvalidations();
        tier.apply(put(key, "mine"));
        assertEquals("mine", copy(key));
        chain.redis.otherNodePuts(key, "other");
        assertEquals("mine", copy(key));
    }

    @Test
    void aChangeOfManyKeysReplacesTheirCopies() {
        chain.redis.withoutInvalidations();
        tier.apply(put("k", "before"));
        tier.applyAll(List.of(put("k", "after"), put("l", "after")));
        assertEquals("after", copy("k"));
        assertEquals("after", copy("l"));
    }

    @Test
    void aChangeThatFailsLeavesNoCopyAndTheNextOneDoes() {
        tier.apply(put("k", "before"));
        chain.redis.failsCalls(true);
        assertThrows(CacheException.class, () -> tier.applyAll(List.of(put("k", "failed"))));
        assertNull(copy("k"));
        chain.redis.failsCalls(false);
        tier.applyAll(List.of(put("k", "after")));
        assertEquals("after", copy("k"));
    }

    @Test
    void aThreadThatHasAKeyExclusivelyIsRefusedItsChange() {
        Lease<String, String> lease = tier.lease("k");
        assertThrows(CacheException.class, () -> tier.apply(put("k", "v")));
        assertThrows(CacheException.class, () -> tier.applyAll(List.of(put("l", "v"), put("k", "v"))));
        assertFalse(tier.contains("l"), "none of the changes is made");
        lease.release();
        assertTrue(tier.apply(put("k", "v")).applied());
    }

    @Test
    void aChangeUnderALeaseReplacesTheCopy() {
        chain.redis.withoutInvalidations();
        tier.apply(put("k", "before"));
        Lease<String, String> lease = tier.lease("k");
        lease.save(lease.prepare("saved"), Lifetime.ETERNAL);
        assertNull(copy("k"));
        lease.commit(lease.prepare("committed"), Lifetime.ETERNAL);
        assertEquals("committed", copy("k"));
        tier.lease("k").abandon();
        assertNull(copy("k"));
    }

    @Test
    void theCallersOwnInstanceIsReturnedWhileItsVersionIsThere() {
        String own = new String("own");
        tier.apply(put("k", own));
        assertSame(own, tier.apply(getAndPut("k", "next")).before().value());
        chain.redis.otherNodePuts("k", "other");
        assertEquals("other", tier.apply(getAndPut("k", "last")).before().value());
    }

    @Test
    void aRemovalOfAllEntriesEndsTheFetchesInProgress() {
        for (Runnable removal : List.<Runnable>of(tier::entriesToRemove, tier::clear, tier::purge)) {
            FillTicket fetch =
                    chain.singleFlights.join("k", chain.singleFlights.prepare()).ticket();
            tier.apply(put("l", "v"));
            removal.run();
            assertFalse(fetch.isValid());
        }
        assertNull(chain.redis.value("l"));
    }

    @Test
    void redisDecidesWhoRefreshes() {
        assertEquals(chain.redis.mayRefresh("k"), tier.mayRefresh("k"));
    }

    private FillTicket ticket() {
        return new FillTicket(clock.nanos());
    }

    private String copy(String key) {
        Entry<String> copy = chain.near.store().peek(key);
        return copy == null || !copy.isCurrent() ? null : copy.value();
    }

    private static Mutation<String, String> put(String key, String value) {
        return new Mutation<>(key, Precondition.ALWAYS, value, Lifetime.ETERNAL, Lifetime.ETERNAL, false, false);
    }

    private static Mutation<String, String> getAndPut(String key, String value) {
        return new Mutation<>(key, Precondition.ALWAYS, value, Lifetime.ETERNAL, Lifetime.ETERNAL, true, true);
    }
}
