package io.github.tieredjcache.faults;

import static io.github.tieredjcache.faults.FaultSite.KEY;
import static io.github.tieredjcache.faults.FaultSite.counted;
import static io.github.tieredjcache.faults.FaultSite.succeeds;
import static io.github.tieredjcache.faults.FaultSite.thrown;
import static io.github.tieredjcache.faults.FaultSite.tiers;
import static io.github.tieredjcache.faults.FaultSite.untilAway;
import static io.github.tieredjcache.faults.FaultSite.untilSettled;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.Crew;
import io.github.tieredjcache.OutagePolicy;
import io.github.tieredjcache.TieredSetting;
import io.github.tieredjcache.integration.LogLines;
import io.github.tieredjcache.integration.Node;
import io.github.tieredjcache.integration.Writing;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import javax.cache.Cache;
import javax.cache.CacheException;
import javax.cache.integration.CacheLoaderException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The rows of the matrix about the connection, and the process that is Redis. */
class ConnectionFaultsIT {
    private static final int READERS = 4;
    private static final int READS = 250;

    private final FaultSite site = new FaultSite();

    @AfterEach
    void closes() {
        site.close();
    }

    @Test
    @Covers(FaultRow.F2)
    void aNearCopyIsAHitWhileRedisIsUnavailable() {
        Cache<String, String> here = site.here(OutagePolicy.LOCAL);
        site.there().put(KEY, "value");
        assertEquals("value", here.get(KEY));
        site.cutOff(here);
        long hits = counted(here, "CacheHits");
        assertEquals("value", here.get(KEY));
        assertTrue(here.containsKey(KEY));
        assertEquals(hits + 1, counted(here, "CacheHits"));
        assertEquals(0, counted(here, "CacheMisses"));
    }

    @Test
    @Covers(FaultRow.F3)
    void aValueLoadedInAnOutageIsKeptNearAndNotInRedis() {
        Cache<String, String> here = site.here(OutagePolicy.LOCAL, site::through);
        site.rows.all.put(KEY, "row");
        site.cutOff(here);
        long misses = counted(here, "CacheMisses");
        assertEquals("row", here.get(KEY));
        assertEquals(misses + 1, counted(here, "CacheMisses"));
        assertEquals("row", here.get(KEY));
        assertEquals(1, site.rows.loads.get(), "it is near");
        site.rows.afterRead = () -> {
            throw new IllegalStateException("no source");
        };
        CacheLoaderException failed = assertThrows(CacheLoaderException.class, () -> here.get("other"));
        assertEquals("no source", failed.getCause().getMessage());
        site.rows.afterRead = () -> {};
        site.heal(here);
        assertFalse(site.isInRedis(KEY));
        assertEquals("row", here.get(KEY));
    }

    @Test
    @Covers(FaultRow.F4)
    void anAbsentKeyIsAMissWhileRedisIsUnavailable() {
        Cache<String, String> here = site.here(OutagePolicy.LOCAL);
        // Redis has it, but cannot be asked.
        site.there().put(KEY, "value");
        site.cutOff(here);
        assertNull(here.get(KEY));
        assertFalse(here.containsKey(KEY));
        assertEquals(1, counted(here, "CacheMisses"));
        assertEquals(0, counted(here, "CacheHits"));
    }

    @Test
    @Covers(FaultRow.F5)
    void withoutAUsableNearCopyAnOutageReadLoadsFromTheSource() {
        Cache<String, String> here = site.here(
                OutagePolicy.LOCAL,
                settings -> site.through(settings).with(TieredSetting.OUTAGE_NEAR_TIME_TO_LIVE, Duration.ZERO));
        here.put(KEY, "value");
        assertEquals("value", here.get(KEY));
        site.rows.all.put(KEY, "row");
        site.cutOff(here);
        assertEquals("row", here.get(KEY));
    }

    @Test
    @Covers(FaultRow.F6)
    void allLookupsSucceedWhenRedisIsKilledDuringThem() throws Exception {
        Cache<String, String> here = site.here(OutagePolicy.LOCAL, site::through);
        CountDownLatch underWay = new CountDownLatch(READERS);
        List<Crew.Member<Integer>> readers = new ArrayList<>();
        try (LogLines log = new LogLines()) {
            for (int i = 0; i < READERS; i++) {
                String reader = i + "-";
                readers.add(Crew.start(() -> {
                    int wrong = 0;
                    // Continues until Redis has been killed, so that it is killed in the middle.
                    for (int n = 0; n < READS || tiers(here).localOperations() == 0; n++) {
                        String key = reader + n;
                        site.rows.all.put(key, key);
                        wrong += key.equals(here.get(key)) ? 0 : 1;
                        if (n == READS / 5) {
                            underWay.countDown();
                        }
                    }
                    return wrong;
                }));
            }
            Crew.await(underWay);
            site.redis.kill();
            for (Crew.Member<Integer> each : readers) {
                assertEquals(0, each.result());
            }
            untilAway(here);
            Crew.until(() -> log.lines().stream().anyMatch(line -> line.contains("has been unavailable for")));
            List<String> told = log.lines().stream()
                    .filter(line -> line.contains("has been unavailable for"))
                    .toList();
            assertEquals(1, told.size(), told::toString);
            assertTrue(told.get(0).startsWith("WARNING"), told.get(0));
            // Some loaded values may not have been taken, which is said once in a while.
            assertTrue(log.lines().size() <= 3, () -> log.lines().toString());
        }
    }

    @ParameterizedTest
    @EnumSource
    @Covers(FaultRow.F7)
    void aPutInFlightWhenRedisIsKilledIsMadeLocallyOrItsOutcomeIsUnknown(OutagePolicy policy) throws Exception {
        Cache<String, String> here = site.here(policy);
        here.put(KEY, "old");
        assertEquals("old", here.get(KEY));
        site.proxy.fromServer().drop();
        Crew.Member<CacheException> put = Crew.start(() -> thrown(() -> here.put(KEY, "new")));
        untilRedisHas("new");
        site.redis.kill();
        site.proxy.fromServer().forward();
        CacheException thrown = put.result();
        if (policy == OutagePolicy.FAIL) {
            assertNotNull(thrown);
            assertTrue(String.valueOf(thrown.getMessage()).contains("unknown"), thrown.getMessage());
            return;
        }
        assertNull(thrown);
        assertEquals("new", here.get(KEY));
        assertEquals(1, tiers(here).journaledKeys());
        site.redis.restart();
        untilSettled(here);
        assertNull(here.get(KEY));
        assertEquals(1, tiers(here).recoveryRemovals());
    }

    @ParameterizedTest
    @EnumSource
    @Covers(FaultRow.F8)
    void aConditionalPutInFlightWhenRedisIsKilledIsDecidedLocallyOrItsOutcomeIsUnknown(OutagePolicy policy)
            throws Exception {
        Cache<String, String> here = site.here(policy);
        List<Writing> conditions =
                List.of(Writing.values()).stream().filter(Writing::answers).toList();
        for (Writing each : conditions) {
            if (each != Writing.PUT_IF_ABSENT) {
                here.put(each.name(), Writing.OLD);
                assertEquals(Writing.OLD, here.get(each.name()));
            }
        }
        Map<Writing, Object> answers = new EnumMap<>(Writing.class);
        site.redis.pause();
        Map<Writing, Crew.Member<CacheException>> calls = new EnumMap<>(Writing.class);
        for (Writing each : conditions) {
            calls.put(
                    each,
                    Crew.start(() -> thrown(() -> {
                                Object answer = each.on(here, each.name());
                                synchronized (answers) {
                                    answers.put(each, String.valueOf(answer));
                                }
                            }))
                            .untilItWaits());
        }
        site.redis.kill();
        for (Writing each : conditions) {
            CacheException thrown = calls.get(each).result();
            if (policy == OutagePolicy.FAIL) {
                assertNotNull(thrown, each.name());
                continue;
            }
            assertNull(thrown, each.name());
            assertEquals(each.result(), here.get(each.name()), each.name());
            assertEquals(
                    switch (each) {
                        case GET_AND_PUT, GET_AND_REPLACE, GET_AND_REMOVE -> Writing.OLD;
                        case INVOKE_SET -> "set";
                        case INVOKE_REMOVE -> "removed";
                        default -> "true";
                    },
                    answers.get(each),
                    each.name());
        }
        if (policy == OutagePolicy.LOCAL) {
            assertEquals(conditions.size(), tiers(here).journaledKeys());
        }
    }

    @ParameterizedTest
    @EnumSource
    @Covers(FaultRow.F8)
    void aProcessorThatHasRunWhenRedisIsKilledDoesNotRunAgain(OutagePolicy policy) throws Exception {
        Cache<String, String> here = site.here(policy);
        here.put(KEY, "old");
        AtomicInteger runs = new AtomicInteger();
        CountDownLatch ran = new CountDownLatch(1);
        Crew.Member<CacheException> invoking = Crew.start(() -> thrown(() -> here.invoke(KEY, (entry, arguments) -> {
            runs.incrementAndGet();
            entry.setValue("processed");
            // What is committed after this is done, and not answered.
            site.proxy.fromServer().drop();
            ran.countDown();
            return null;
        })));
        Crew.await(ran);
        untilRedisHas("processed");
        site.redis.kill();
        CacheException thrown = invoking.result();
        assertEquals(1, runs.get());
        if (policy == OutagePolicy.LOCAL) {
            assertNull(thrown);
            assertEquals("processed", here.get(KEY));
            assertEquals(1, tiers(here).journaledKeys());
        } else {
            assertNotNull(thrown);
            assertTrue(String.valueOf(thrown.getMessage()).contains("unknown"), thrown.getMessage());
        }
    }

    @ParameterizedTest
    @EnumSource
    @Covers(FaultRow.F9)
    void aConditionalPutWhoseReplyIsLostReturnsTheTruth(OutagePolicy policy) throws Exception {
        Cache<String, String> here = site.here(policy);
        Cache<String, String> there = site.there();
        // The cache has an epoch.
        there.put("first", "value");
        assertNull(here.get(KEY));
        for (int i = 0; i < 5; i++) {
            String key = "key " + i;
            site.proxy.fromServer().drop();
            List<Boolean> answers = new ArrayList<>();
            Crew.Member<CacheException> put =
                    Crew.start(() -> thrown(() -> answers.add(here.putIfAbsent(key, "mine"))));
            // 1. Redis has it, and its answer is lost. 2. The connection ends, and another is made.
            Crew.until(() -> site.isInRedis(key));
            site.proxy.reset();
            site.proxy.fromServer().forward();
            assertNull(put.result());
            assertEquals(List.of(true), answers);
            assertEquals("mine", there.get(key));
            assertFalse(here.putIfAbsent(key, "again"));
            assertEquals("mine", here.get(key));
        }
    }

    @Test
    @Covers(FaultRow.F10)
    void aRedisThatRefusedConnectionsIsUsedAgainAndTheLogHasTwoLines() {
        Cache<String, String> here = site.here(OutagePolicy.FAIL);
        Cache<String, String> there = site.there();
        try (LogLines log = new LogLines()) {
            site.cutOff(here);
            site.heal(here);
            there.put(KEY, "value");
            assertEquals("value", here.get(KEY));
            assertEquals(1, tiers(here).remoteOutages());
            assertEquals(2, log.lines().size(), () -> log.lines().toString());
            assertTrue(log.lines().get(0).startsWith("WARNING"), log.lines().get(0));
            assertTrue(
                    log.lines().get(1).matches("INFO .* is back after .* ms"),
                    log.lines().get(1));
        }
    }

    @Test
    @Covers(FaultRow.F14)
    void aConnectionToAFrozenRedisDoesNotEndTheOutage() {
        site.redis.pause();
        try (Node late = new Node(site.redis)) {
            Cache<String, String> cache = late.cache(
                    FaultSite.NAME,
                    String.class,
                    String.class,
                    settings -> settings.outagePolicy(OutagePolicy.LOCAL)
                            .with(TieredSetting.REDIS_CONNECT_TIMEOUT, Duration.ofMillis(200))
                            .commandTimeout(Duration.ofMillis(500)));
            assertTrue(tiers(cache).isRemoteUnavailable());
            cache.put(KEY, "mine");
            assertEquals("mine", cache.get(KEY));
            assertTrue(tiers(cache).isRemoteUnavailable());
            site.redis.resume();
            untilSettled(cache);
            // A call that takes longer than the command timeout, on a busy machine, is made locally.
            Crew.until(() -> {
                cache.put(KEY, "shared");
                return "shared".equals(site.there().get(KEY));
            });
        }
    }

    @Test
    @Covers(FaultRow.F17)
    void theFirstReadOfANewConnectionIsTracked() {
        Cache<String, String> here = site.here(OutagePolicy.FAIL);
        Cache<String, String> there = site.there();
        for (int i = 0; i < 20; i++) {
            String old = "old " + i;
            String next = "new " + i;
            there.put(KEY, old);
            site.redis.command("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes");
            // 1. The first read of a new connection: until then, a copy whose invalidation the old one would have
            // received may be
            // shown.
            // 2. Another node writes. 3. A reply that comes after the invalidation.
            Crew.until(() -> shows(here, old));
            Crew.until(() -> succeeds(() -> there.put(KEY, next)));
            assertFalse(here.containsKey("another"));
            assertEquals(next, here.get(KEY));
        }
    }

    @Test
    @Covers(FaultRow.F18)
    void aRefusalOfTrackingIsLoggedOnceWithTheCure() {
        site.redis.command("ACL", "SETUSER", "default", "-client");
        try (LogLines log = new LogLines()) {
            Cache<String, String> here = site.here(OutagePolicy.FAIL);
            site.there().put(KEY, "value");
            assertEquals("value", here.get(KEY));
            site.proxy.reset();
            Crew.until(() -> succeeds(() -> here.get(KEY)));
            List<String> told = log.lines().stream()
                    .filter(line -> line.contains(":" + site.proxy.port()) && line.contains("CLIENT TRACKING"))
                    .toList();
            assertEquals(1, told.size(), told::toString);
            assertTrue(told.get(0).startsWith("WARNING"), told.get(0));
            assertTrue(told.get(0).contains("allow the command"), told.get(0));
        }
    }

    private static boolean shows(Cache<String, String> cache, String value) {
        try {
            return value.equals(cache.get(KEY));
        } catch (CacheException e) {
            return false;
        }
    }

    /** Waits until what was written here has been done: a command that had not been sent yet would be known not to have been. */
    private void untilRedisHas(String value) {
        Cache<String, String> there = site.there();
        Crew.until(() -> value.equals(there.get(KEY)));
    }
}
