package io.github.tieredjcache.shared;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.Crew;
import io.github.tieredjcache.testkit.CommandCounts;
import io.github.tieredjcache.testkit.RedisServer;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import javax.cache.Cache;
import javax.cache.CacheException;
import javax.cache.integration.CacheLoader;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How near copies end: with the change, wherever it was made, and with the stream that would announce it. */
class CoherenceIT {

    private final RedisServer redis = RedisServer.startLocal();
    private final Node node = new Node(redis);
    private final Node other = new Node(redis);
    private final Cache<String, String> here = node.strings("cache");
    private final Cache<String, String> there = other.strings("cache");

    @AfterEach
    void closes() {
        node.close();
        other.close();
        redis.close();
    }

    @Test
    void aNearCopyStaysUntilAnotherNodeChangesTheKey() {
        here.put("key", "old");
        assertEquals("old", there.get("key"));
        assertEquals(0, commands(() -> assertEquals("old", there.get("key"))));
        here.put("key", "new");
        until(() -> "new".equals(there.get("key")));
        here.remove("key");
        until(() -> there.get("key") == null);
    }

    @Test
    void anOwnWriteKeepsItsCopyThoughTheServerAnnouncesItToItsAuthor() {
        for (int i = 0; i < 100; i++) {
            String value = "value " + i;
            here.put("key", value);
            // Its answer comes after the announcement.
            here.containsKey("another");
            assertEquals(0, commands(() -> assertEquals(value, here.get("key"))));
        }
    }

    @Test
    void aProcessorsChangeKeepsItsCopyToo() {
        here.invoke("key", (entry, arguments) -> {
            entry.setValue("processed");
            return null;
        });
        here.containsKey("another");
        assertEquals(0, commands(() -> assertEquals("processed", here.get("key"))));
    }

    @ParameterizedTest
    @ValueSource(strings = {"DEL", "UNLINK"})
    void whatIsRemovedByHandIsForgotten(String command) {
        here.put("key", "value");
        assertEquals("value", there.get("key"));
        redis.command(command, redisKey());
        until(() -> there.get("key") == null);
        until(() -> here.get("key") == null);
    }

    @ParameterizedTest
    @ValueSource(strings = {"FLUSHALL", "FLUSHDB"})
    void aFlushForgetsEverything(String command) {
        here.put("key", "value");
        assertEquals("value", there.get("key"));
        redis.command(command);
        until(() -> there.get("key") == null);
        until(() -> here.get("key") == null);
    }

    @Test
    void whatIsOverwrittenByHandIsAMiss() {
        here.put("key", "value");
        redis.command("SET", redisKey(), "not ours");
        until(() -> here.get("key") == null);
    }

    @Test
    void anEvictedEntryIsForgotten() {
        here.put("key", "value");
        redis.command("CONFIG", "SET", "maxmemory-policy", "allkeys-random");
        redis.command("CONFIG", "SET", "maxmemory", "1");
        // Every command makes the server look at its memory, a heartbeat too.
        until(() -> here.get("key") == null);
    }

    @Test
    void aLifetimeThatIsShortenedByHandIsRespected() {
        here.put("key", "value");
        redis.command("PEXPIRE", redisKey(), "1");
        until(() -> here.get("key") == null);
    }

    @Test
    void aNewConnectionKnowsNothingOfWhatTheOldOneHeard() {
        here.put("key", "old");
        assertEquals("old", there.get("key"));
        // 1. The connections end. 2. The key changes while nobody listens. 3. Both nodes connect again.
        redis.command("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes");
        redis.command("DEL", redisKey());
        until(() -> succeeds(() -> assertNull(there.get("key"))));
    }

    @Test
    void aRestartedRedisIsNotAnsweredForByCopiesOfTheOldOne() {
        here.put("key", "old");
        redis.kill();
        redis.restart();
        until(() -> succeeds(() -> here.get("key")));
        until(() -> here.get("key") == null);
    }

    @Test
    void aSilentServerIsAnsweredForUntilTheBoundAndNoLonger() {
        Duration bound = Duration.ofSeconds(1);
        // So patient with one answer that the connection stays, and only the lease ends the near tier's answers.
        Cache<String, String> bounded = node.cache(
                "bounded",
                String.class,
                String.class,
                settings -> settings.stalenessBound(bound).commandTimeout(Duration.ofSeconds(4)));
        bounded.put("key", "value");
        assertEquals("value", bounded.get("key"));
        redis.pause();
        long pausedNanos = System.nanoTime();
        try {
            long hits = 0;
            long lastNanos = pausedNanos;
            for (boolean answered = true; answered; hits++) {
                long began = System.nanoTime();
                answered = succeeds(() -> bounded.get("key"));
                lastNanos = answered ? began : lastNanos;
            }
            assertTrue(hits > 1, "the near tier answered at first");
            // Nothing that was sent after the pause was answered, so nothing proves more than this.
            assertTrue(lastNanos - pausedNanos <= bound.toNanos(), "a read began after the bound and was answered");
        } finally {
            redis.resume();
        }
        until(() -> succeeds(() -> assertEquals("value", bounded.get("key"))));
    }

    @Test
    void withoutAnnouncementsEveryReadAsksRedisAndForTheEpochBeforeAndAfter() {
        redis.command("ACL", "SETUSER", "default", "-client|tracking");
        try (Node untracked = new Node(redis)) {
            Cache<String, String> asking = untracked.strings("untracked");
            asking.put("key", "value");
            for (int i = 0; i < 3; i++) {
                CommandCounts counts = counts(() -> assertEquals("value", asking.get("key")));
                assertEquals(Map.of("get", 3L, "evalsha", 2L), counts.asMap());
            }
        }
    }

    @Test
    void aCacheThatKeepsNoCopiesAlwaysAsks() {
        Cache<String, String> asking =
                node.cache("asking", String.class, String.class, settings -> settings.nearTimeToLive(Duration.ZERO));
        asking.put("key", "value");
        for (int i = 0; i < 3; i++) {
            assertEquals(1, commands(() -> assertEquals("value", asking.get("key"))));
        }
    }

    @Test
    void aLookupThatBeginsAfterAChangeDoesNotWaitForALoadThatBeganBefore() throws Exception {
        CountDownLatch loading = new CountDownLatch(1);
        CountDownLatch end = new CountDownLatch(1);
        Cache<String, String> reading = node.cache(
                "loading",
                String.class,
                String.class,
                settings -> settings.readThrough(() -> new CacheLoader<>() {
                    @Override
                    public String load(String key) {
                        loading.countDown();
                        await(end);
                        return "old";
                    }

                    @Override
                    public Map<String, String> loadAll(Iterable<? extends String> keys) {
                        throw new UnsupportedOperationException();
                    }
                }));
        // 1. A load begins. 2. Another node puts, and this node hears of it. 3. A lookup begins. 4. The load ends.
        Crew.Member<String> early = Crew.start(() -> reading.get("key"));
        await(loading);
        other.strings("loading").put("key", "new");
        reading.containsKey("another");
        assertEquals("new", Crew.start(() -> reading.get("key")).result());
        end.countDown();
        assertEquals("old", early.result());
        assertEquals("new", reading.get("key"));
    }

    private static void await(CountDownLatch latch) {
        try {
            assertTrue(latch.await(10, TimeUnit.SECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private long commands(Runnable operation) {
        return counts(operation).total();
    }

    private CommandCounts counts(Runnable operation) {
        return CommandCounts.during(redis, operation).without("time", "touch");
    }

    private static boolean succeeds(Runnable operation) {
        try {
            operation.run();
            return true;
        } catch (CacheException | AssertionError e) {
            return false;
        }
    }

    private static void until(BooleanSupplier condition) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() - deadline < 0, "it did not happen within 20 s");
            Thread.onSpinWait();
        }
    }

    private String redisKey() {
        return "tiered-jcache:cache:" + redis.command("GET", "tiered-jcache:cache:epoch") + ":key";
    }
}
