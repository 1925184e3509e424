package io.github.tieredjcache.internal.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.tieredjcache.Crew;
import io.github.tieredjcache.internal.coherence.FillTicket;
import io.github.tieredjcache.internal.port.FakeRedis;
import io.github.tieredjcache.internal.port.LoadGrant;
import io.github.tieredjcache.internal.stats.GaugeSources;
import io.github.tieredjcache.internal.stats.Statistics;
import io.github.tieredjcache.internal.stats.TierCounters;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import javax.cache.integration.CacheLoader;
import javax.cache.integration.CacheLoaderException;
import org.junit.jupiter.api.Test;

/** A load lease that is granted after a wait for the load of another node. */
class AwaitedLoadLeaseTest {
    private final FakeRedis remote = new FakeRedis(System::nanoTime);
    private final CountDownLatch otherLoads = new CountDownLatch(1);
    private final CountDownLatch otherMayEnd = new CountDownLatch(1);
    private volatile Crew.Member<String> other;
    private final Engine<String, String> engine = SharedEngines.loadingOneAtATime(
            remote,
            new TierCounters(
                    GaugeSources.none("test"), new Statistics(System::nanoTime, true).latencies(), System::nanoTime),
            System::nanoTime,
            new CacheLoader<>() {
                @Override
                public String load(String key) {
                    return AwaitedLoadLeaseTest.this.load(key);
                }

                @Override
                public Map<String, String> loadAll(Iterable<? extends String> keys) {
                    throw new AssertionError("one key at a time");
                }
            });

    /**
     * 1. The loader of {@code outer} reads {@code inner}, which another node loads. While the thread waits it lends its
     * permit. 2. The other node gives its load lease up. 3. Redis grants the lease to the thread. 4. Another load has
     * the permit: the thread does not get it back.
     */
    @Test
    void itIsGivenUpIfTheThreadDoesNotGetItsPermitBack() throws Exception {
        assertThrows(CacheLoaderException.class, () -> engine.get("outer"));
        assertEquals("awaitLoadGrant inner", remote.calls.get(5));
        otherMayEnd.countDown();
        assertEquals("other", other.result());
        assertInstanceOf(LoadGrant.Granted.class, requestInner());
    }

    private String load(String key) {
        if (key.equals("outer")) {
            LoadGrant<String> ofOtherNode = requestInner();
            afterReply(() -> afterReply(() -> {
                ofOtherNode.giveUp();
                afterReply(() -> {
                    other = Crew.start(() -> engine.get("other"));
                    Crew.await(otherLoads);
                });
            }));
            return engine.get("inner");
        }
        otherLoads.countDown();
        Crew.await(otherMayEnd);
        return key;
    }

    private void afterReply(Runnable action) {
        remote.afterNextReply = action;
    }

    private LoadGrant<String> requestInner() {
        return Objects.requireNonNull(remote.loadGrants(Map.of("inner", new FillTicket(0)), Set.of(), false)
                .get("inner"));
    }
}
