package io.github.tieredjcache.internal.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.FakeClock;
import io.github.tieredjcache.internal.coherence.CoherenceLease;
import io.github.tieredjcache.internal.coherence.CoherenceProof;
import io.github.tieredjcache.internal.coherence.FillTicket;
import io.github.tieredjcache.internal.model.Lifetime;
import io.github.tieredjcache.internal.near.KeyLocks;
import io.github.tieredjcache.internal.near.NearCapacity;
import io.github.tieredjcache.internal.near.NearStore;
import io.github.tieredjcache.internal.near.NearTier;
import io.github.tieredjcache.internal.near.SingleFlights;
import io.github.tieredjcache.internal.port.FakeRedis;
import io.github.tieredjcache.internal.port.HotKeys;
import io.github.tieredjcache.internal.record.NearCachedTierOfRecord;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import javax.cache.CacheException;
import org.junit.jupiter.api.Test;

/**
 * A ticket is tracked until it is invalid or its copy is dropped; tickets of a warm start that keep no copy are invalid
 * when it ends.
 */
class WarmStartTest {
    private final FakeClock clock = new FakeClock();
    private final FakeRedis remote = new FakeRedis(clock).withoutInvalidations();
    private final WarmStart<String> warm = warm(List.of("there", "gone"));

    @Test
    void theTicketOfAHotKeyWithoutAnEntryIsInvalidAfterTheStart() {
        remote.otherNodePuts("there", "1");
        assertTrue(warm.refill().startsWith("read 1 of 2 hot keys"));
        Map<String, FillTicket> tickets = remote.lastTickets;
        assertEquals(2, tickets.size());
        assertTrue(tickets.get("there").isValid());
        assertFalse(tickets.get("gone").isValid());
    }

    @Test
    void allTicketsAreInvalidAfterAFailedStart() {
        remote.failsCalls(true);
        assertThrows(CacheException.class, warm::refill);
        Map<String, FillTicket> tickets = remote.lastTickets;
        assertEquals(2, tickets.size());
        tickets.values().forEach(each -> assertFalse(each.isValid()));
    }

    private WarmStart<String> warm(List<String> hot) {
        CoherenceProof proof = new CoherenceProof();
        proof.recordReply(clock.nanos());
        NearStore<String, String> store =
                new NearStore<>(NearCapacity.entries(10), clock, new CoherenceLease(proof, Long.MAX_VALUE), () -> {});
        NearTier<String, String> near = new NearTier<>(store, new SingleFlights<>(clock, null), Lifetime.ETERNAL);
        KeyLocks<String, ?> locks = new KeyLocks<>(Duration.ofMinutes(10).toNanos());
        HotKeys<String> hotKeys = new HotKeys<>() {
            @Override
            public List<String> read(int keysMax) {
                return hot;
            }

            @Override
            public void write(List<String> keys) {}
        };
        return new WarmStart<>(store, new NearCachedTierOfRecord<>(near, remote, locks), hotKeys, hot.size(), clock);
    }
}
