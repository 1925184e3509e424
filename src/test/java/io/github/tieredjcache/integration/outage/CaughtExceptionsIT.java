package io.github.tieredjcache.integration.outage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.Crew;
import io.github.tieredjcache.LeaseLostException;
import io.github.tieredjcache.OutcomeUnknownException;
import io.github.tieredjcache.RemoteOutOfMemoryException;
import io.github.tieredjcache.RemoteUnavailableException;
import io.github.tieredjcache.TierStatistics;
import io.github.tieredjcache.TieredSetting;
import io.github.tieredjcache.integration.Attempt;
import io.github.tieredjcache.integration.EntryKeys;
import io.github.tieredjcache.integration.Node;
import io.github.tieredjcache.integration.Rows;
import io.github.tieredjcache.testkit.FaultProxy;
import io.github.tieredjcache.testkit.RedisServer;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import javax.cache.Cache;
import javax.cache.CacheException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** An application catches the failures of Redis by type, with {@code outage.policy = fail}. */
class CaughtExceptionsIT {
    private static final String KEY = "key";
    private static final Duration LEASE = Duration.ofSeconds(1);

    private final RedisServer redis = RedisServer.startLocal();
    private final FaultProxy proxy = FaultProxy.inFrontOf(redis);
    private final Node node = new Node(proxy.uri());
    private final Node onlooker = new Node(redis);
    private final Rows rows = new Rows();

    @AfterEach
    void closes() {
        node.close();
        onlooker.close();
        proxy.close();
        redis.close();
    }

    private Cache<String, String> cache() {
        return node.cache(
                "caught",
                String.class,
                String.class,
                settings -> settings.with(TieredSetting.WRITE_LEASE, LEASE).commandTimeout(Duration.ofSeconds(2)));
    }

    /** Returns the caught exception as the most specific public type; null if nothing was thrown. */
    private static @Nullable CacheException caught(Runnable operation) {
        try {
            operation.run();
            return null;
        } catch (OutcomeUnknownException | LeaseLostException | RemoteOutOfMemoryException e) {
            return e;
        } catch (RemoteUnavailableException e) {
            assertNotNull(e.kind());
            return e;
        }
    }

    @Test
    void anUnavailableRedisIsCaught() {
        Cache<String, String> cache = cache();
        cache.put(KEY, "old");
        redis.kill();
        Crew.until(() -> cache.unwrap(TierStatistics.class).isRemoteUnavailable());
        RemoteUnavailableException caught =
                assertInstanceOf(RemoteUnavailableException.class, caught(() -> cache.get("other")));
        assertEquals(RemoteUnavailableException.Kind.UNAVAILABLE, caught.kind());
    }

    @Test
    void afterAnUnknownOutcomeTheEntryShowsTheResult() {
        Cache<String, String> cache = cache();
        cache.put(KEY, "old");
        CacheException caught;
        try {
            // Redis freezes while the call has its lease, so the commit gets no reply.
            caught = caught(() -> cache.invoke(KEY, (entry, arguments) -> {
                redis.pause();
                entry.setValue("new");
                return null;
            }));
        } finally {
            redis.resume();
        }
        assertInstanceOf(OutcomeUnknownException.class, caught);
        Crew.until(() -> Attempt.succeeds(() -> cache.get("other")));
        assertEquals(other().get(KEY), cache.get(KEY));
    }

    @Test
    void aLostLeaseIsCaughtAndTheChangeIsNotMade() {
        Cache<String, String> cache = cache();
        CacheException caught = caught(() -> cache.invoke(KEY, (entry, arguments) -> {
            entry.setValue("new");
            proxy.toServer().hold();
            Crew.until(() -> redis.number("EXISTS", EntryKeys.redisKey(redis, "caught", KEY)) == 0);
            proxy.toServer().forward();
            return null;
        }));
        assertInstanceOf(LeaseLostException.class, caught);
        assertNull(other().get(KEY));
    }

    @Test
    void anOutOfMemoryErrorIsCaughtAndTheEntryIsUnchanged() {
        Cache<String, String> cache = cache();
        cache.put(KEY, "old");
        redis.command("CONFIG", "SET", "maxmemory", "1");
        assertInstanceOf(RemoteOutOfMemoryException.class, caught(() -> cache.put(KEY, "new")));
        assertEquals("old", cache.get(KEY));
    }

    @Test
    void aCallWithManyKeysOfWhichRedisHasNoMemoryForSomeHasAnUnknownOutcome() {
        Cache<String, String> cache = cache();
        cache.put(KEY, "old");
        Map<String, String> many = new HashMap<>();
        for (int i = 0; i < 400; i++) {
            many.put("many " + i, "x".repeat(10_000));
        }
        redis.command("CONFIG", "SET", "maxmemory", Long.toString(redis.info("memory", "used_memory") + (2 << 20)));
        assertInstanceOf(OutcomeUnknownException.class, caught(() -> cache.putAll(many)));
        assertTrue(redis.number("DBSIZE") > 2);
        assertEquals("old", cache.get(KEY));
    }

    @Test
    void aWriteThroughThatRedisDidNotStoreHasAnUnknownOutcome() {
        Cache<String, String> cache = rows.cache(node);
        rows.beforeWrite = () -> redis.command("CONFIG", "SET", "maxmemory", "1");
        assertInstanceOf(OutcomeUnknownException.class, caught(() -> cache.put(KEY, "new")));
        assertEquals("new", rows.all.get(KEY));
        assertEquals("new", cache.get(KEY));
    }

    private Cache<String, String> other() {
        Cache<String, String> open = onlooker.manager().getCache("caught");
        return open == null ? onlooker.strings("caught") : open;
    }
}
