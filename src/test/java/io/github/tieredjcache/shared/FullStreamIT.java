package io.github.tieredjcache.shared;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.Crew;
import io.github.tieredjcache.OutagePolicy;
import io.github.tieredjcache.TierStatistics;
import io.github.tieredjcache.faults.Covers;
import io.github.tieredjcache.faults.FaultRow;
import io.github.tieredjcache.testkit.FaultProxy;
import io.github.tieredjcache.testkit.RedisServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import javax.cache.Cache;
import javax.cache.integration.CacheLoader;
import org.junit.jupiter.api.Test;

/**
 * What becomes of a read when as many commands as may wait for Redis do. It waits for room within its own deadline: a full stream
 * of a Redis that answers is empty again in a millisecond, and to turn callers away at once would send them to the source. On one
 * that does not answer, that costs nobody more than the wait for an answer would, and after a few of them nobody waits any more.
 */
class FullStreamIT {
    private static final int COMMANDS_MAX = 512;
    private static final int WRITES = 500;
    private static final int READERS = 40;

    @Test
    @Covers(FaultRow.F97)
    void aReadForWhichThereIsNoRoomIsAMissOfRedisAndNoMoreCommandsWaitThanMay() throws Exception {
        AtomicInteger loads = new AtomicInteger();
        try (RedisServer redis = RedisServer.startLocal();
                FaultProxy proxy = FaultProxy.inFrontOf(redis);
                Node node = new Node(proxy.uri())) {
            Cache<String, String> cache = node.cache(
                    "full",
                    String.class,
                    String.class,
                    settings -> settings.outagePolicy(OutagePolicy.LOCAL)
                            .commandTimeout(Duration.ofSeconds(3))
                            .readThrough(() -> loader(loads)));
            TierStatistics statistics = cache.unwrap(TierStatistics.class);
            // A machine that is busy enough may have taken its time to connect.
            Crew.until(() -> {
                cache.put("before", "before");
                LockSupport.parkNanos(10_000_000);
                return redis.number("DBSIZE") > 1 && !statistics.isRemoteAway() && statistics.journaledKeys() == 0;
            });
            CountDownLatch full = new CountDownLatch(1);
            CountDownLatch ready = new CountDownLatch(READERS);
            List<Crew.Member<String>> readers = new ArrayList<>();
            for (int i = 0; i < READERS; i++) {
                String key = "read" + i;
                readers.add(Crew.start(() -> {
                    ready.countDown();
                    Crew.await(full);
                    return cache.get(key);
                }));
            }
            Crew.await(ready);
            proxy.fromServer().hold();
            Map<String, String> many = new HashMap<>();
            for (int i = 0; i < WRITES; i++) {
                many.put("written" + i, "value");
            }
            var writer = Crew.run(() -> cache.putAll(many));
            Crew.until(() -> proxy.unansweredMost() >= WRITES);
            full.countDown();
            for (int i = 0; i < READERS; i++) {
                assertEquals("read" + i, readers.get(i).result());
            }
            writer.result();
            assertEquals(READERS, loads.get());
            long most = proxy.unansweredMost();
            System.out.printf(
                    "a full stream: %d commands under way at most, %d readers had their values%n", most, READERS);
            assertTrue(most <= COMMANDS_MAX, () -> most + " at a time");
            assertTrue(most >= COMMANDS_MAX - 2, () -> "it was not full: " + most);
            proxy.fromServer().forward();
        }
    }

    private static CacheLoader<String, String> loader(AtomicInteger loads) {
        return new CacheLoader<>() {
            @Override
            public String load(String key) {
                loads.incrementAndGet();
                return key;
            }

            @Override
            public Map<String, String> loadAll(Iterable<? extends String> keys) {
                throw new UnsupportedOperationException();
            }
        };
    }
}
