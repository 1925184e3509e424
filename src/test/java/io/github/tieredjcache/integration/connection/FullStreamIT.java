package io.github.tieredjcache.integration.connection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.Crew;
import io.github.tieredjcache.OutagePolicy;
import io.github.tieredjcache.TierStatistics;
import io.github.tieredjcache.faults.Covers;
import io.github.tieredjcache.faults.FaultRow;
import io.github.tieredjcache.integration.Node;
import io.github.tieredjcache.testkit.FaultProxy;
import io.github.tieredjcache.testkit.RedisServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import javax.cache.Cache;
import javax.cache.expiry.AccessedExpiryPolicy;
import javax.cache.integration.CacheLoader;
import org.junit.jupiter.api.Test;

/**
 * What becomes of a read when as many commands as may wait for Redis do. It waits for room within its own deadline: a full stream
 * of a Redis that answers is empty again in a millisecond, and refusing callers at once would send them to the source. On one
 * that does not answer, that costs nobody more than the wait for an answer would, and after a few of them nobody waits any more.
 */
class FullStreamIT {
    private static final int COMMANDS_MAX = 512;
    private static final int KEPT = 2;
    private static final int READS = 500;
    private static final int FILLERS = 2 * (COMMANDS_MAX - READS);
    private static final int READERS = 40;
    private static final int ENTRIES = 1_000;
    private static final int ITERATIONS = 32;
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    @Test
    @Covers(FaultRow.F97)
    void aReadBeyondTheBoundOfPendingCommandsSkipsRedis() throws Exception {
        AtomicInteger loads = new AtomicInteger();
        try (RedisServer redis = RedisServer.startLocal();
                FaultProxy proxy = FaultProxy.inFrontOf(redis);
                Node node = new Node(proxy.uri())) {
            Cache<String, String> patient = patient(node);
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
            List<Crew.Member<Void>> callers = callersThatFill(proxy, patient);
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
            for (Crew.Member<Void> each : callers) {
                each.result();
            }
            long most = proxy.unansweredMost();
            System.out.printf(
                    "a full stream: %d commands under way at most, %d readers had their values%n", most, READERS);
            assertTrue(most <= COMMANDS_MAX, () -> most + " at a time");
        }
    }

    @Test
    @Covers(FaultRow.F97)
    void theFirstReadAndTheFirstWriteOfACacheWaitForRoom() throws Exception {
        try (RedisServer redis = RedisServer.startLocal();
                FaultProxy proxy = FaultProxy.inFrontOf(redis);
                Node node = new Node(proxy.uri())) {
            Cache<String, String> read = node.strings("read");
            Cache<String, String> written = node.cache(
                    "written", String.class, String.class, settings -> settings.outagePolicy(OutagePolicy.LOCAL));
            List<Crew.Member<Void>> callers = callersThatFill(proxy, patient(node));
            Crew.Member<String> reader = Crew.start(() -> read.get("k")).untilItWaits();
            callers.add(Crew.run(() -> written.put("k", "value")).untilItWaits());
            proxy.toServer().forward();
            assertNull(reader.result());
            for (Crew.Member<Void> each : callers) {
                each.result();
            }
            assertEquals(0, written.unwrap(TierStatistics.class).localOperations());
        }
    }

    /** Iterates with more commands at a time than there may be on the connection of iterations. */
    @Test
    @Covers(FaultRow.F97)
    void iterationsBeyondTheBoundOfPendingCommandsWaitForRoom() throws Exception {
        try (RedisServer redis = RedisServer.startLocal();
                Node writer = new Node(redis);
                Node node = new Node(redis)) {
            Map<String, String> entries = new HashMap<>();
            keys(ENTRIES).forEach(each -> entries.put(each, "value"));
            writer.strings("iterated").putAll(entries);
            Cache<String, String> cache = node.cache(
                    "iterated", String.class, String.class, settings -> settings.outagePolicy(OutagePolicy.LOCAL));
            for (int found : Crew.together(ITERATIONS, () -> iterated(cache).size())) {
                assertEquals(ENTRIES, found);
            }
            assertEquals(0, cache.unwrap(TierStatistics.class).localOperations());
        }
    }

    private static Set<String> iterated(Cache<String, String> cache) {
        Set<String> keys = new HashSet<>();
        cache.forEach(each -> keys.add(each.getKey()));
        return keys;
    }

    /**
     * Returns a cache that shares the connection, and is patient, so that there is time to fill it; each key that it
     * reads is a command, because a read moves the deadline.
     */
    private static Cache<String, String> patient(Node node) {
        return node.cache(
                "patient",
                String.class,
                String.class,
                settings -> settings.commandTimeout(PATIENCE)
                        .expiry(AccessedExpiryPolicy.factoryOf(javax.cache.expiry.Duration.ONE_DAY)));
    }

    /** Holds what is sent to Redis, and has callers send as many commands as there may be. */
    private static List<Crew.Member<Void>> callersThatFill(FaultProxy proxy, Cache<String, String> patient) {
        patient.put("before", "before");
        proxy.toServer().hold();
        List<Crew.Member<Void>> callers = new ArrayList<>();
        callers.add(Crew.run(() -> assertEquals(Map.of(), patient.getAll(keys(READS)))));
        until(() -> proxy.unansweredMost() >= READS);
        for (int i = 0; i < FILLERS; i++) {
            String key = "filled" + i;
            callers.add(Crew.run(() -> patient.put(key, "value")));
        }
        until(() -> proxy.unansweredMost() >= COMMANDS_MAX - KEPT);
        return callers;
    }

    private static void until(BooleanSupplier condition) {
        Crew.until(() -> {
            LockSupport.parkNanos(5_000_000);
            return condition.getAsBoolean();
        });
    }

    private static Set<String> keys(int count) {
        Set<String> keys = new HashSet<>();
        for (int i = 0; i < count; i++) {
            keys.add("absent" + i);
        }
        return keys;
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
