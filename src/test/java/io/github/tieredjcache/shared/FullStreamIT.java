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
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
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
    private static final int KEPT = 2;
    private static final int WRITES = 500;
    private static final int FILLERS = 2 * (COMMANDS_MAX - WRITES);
    private static final int READERS = 40;
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    @Test
    @Covers(FaultRow.F97)
    void aReadForWhichThereIsNoRoomIsAMissOfRedisAndNoMoreCommandsWaitThanMay() throws Exception {
        AtomicInteger loads = new AtomicInteger();
        try (RedisServer redis = RedisServer.startLocal();
                FaultProxy proxy = FaultProxy.inFrontOf(redis);
                Node node = new Node(proxy.uri())) {
            // They share the connection. The first is patient, so that there is time to fill it.
            Cache<String, String> patient =
                    node.cache("patient", String.class, String.class, settings -> settings.commandTimeout(PATIENCE));
            Cache<String, String> cache = node.cache(
                    "full",
                    String.class,
                    String.class,
                    settings -> settings.outagePolicy(OutagePolicy.LOCAL)
                            .commandTimeout(Duration.ofMillis(500))
                            .readThrough(() -> loader(loads)));
            TierStatistics statistics = cache.unwrap(TierStatistics.class);
            // A machine that is busy enough may have taken its time to connect.
            until(() -> !statistics.isRemoteUnavailable());
            patient.put("before", "before");
            proxy.toServer().hold();
            List<Crew.Member<Void>> writers = new ArrayList<>();
            writers.add(Crew.run(() -> patient.putAll(entries(WRITES))));
            until(() -> proxy.unansweredMost() >= WRITES);
            for (int i = 0; i < FILLERS; i++) {
                String key = "filled" + i;
                writers.add(Crew.run(() -> patient.put(key, "value")));
            }
            until(() -> proxy.unansweredMost() >= COMMANDS_MAX - KEPT);
            List<Crew.Member<String>> readers = new ArrayList<>();
            for (int i = 0; i < READERS; i++) {
                String key = "read" + i;
                readers.add(Crew.start(() -> cache.get(key)));
            }
            for (int i = 0; i < READERS; i++) {
                assertEquals("read" + i, readers.get(i).result());
            }
            assertEquals(READERS, loads.get());
            proxy.toServer().forward();
            for (Crew.Member<Void> each : writers) {
                each.result();
            }
            long most = proxy.unansweredMost();
            System.out.printf(
                    "a full stream: %d commands under way at most, %d readers had their values%n", most, READERS);
            assertTrue(most <= COMMANDS_MAX, () -> most + " at a time");
        }
    }

    private static void until(BooleanSupplier condition) {
        Crew.until(() -> {
            LockSupport.parkNanos(5_000_000);
            return condition.getAsBoolean();
        });
    }

    private static Map<String, String> entries(int count) {
        Map<String, String> entries = new HashMap<>();
        for (int i = 0; i < count; i++) {
            entries.put("written" + i, "value");
        }
        return entries;
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
