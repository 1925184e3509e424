package io.github.tieredjcache.internal.remote.record;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.github.tieredjcache.Crew;
import io.github.tieredjcache.testkit.CommandCounts;
import io.github.tieredjcache.testkit.RedisServer;
import org.junit.jupiter.api.Test;

class EpochTrackerIT {
    @Test
    void aPreparedCallAsksForItsEpochOnce() {
        try (RedisServer redis = RedisServer.startLocal();
                RemoteFixture node = new RemoteFixture(redis.uri(), RemoteFixture.LONG_TIMEOUT)) {
            RedisTierOfRecord<String, String> cache = node.record("cache");
            Crew.until(() -> node.executor().isTracking());
            CommandCounts counts = CommandCounts.during(redis, () -> {
                long before = scripts(redis);
                cache.prepare();
                Crew.until(() -> scripts(redis) > before);
                assertFalse(cache.contains("k"));
                cache.prepare();
                assertFalse(cache.contains("k"));
            });
            assertEquals(1, counts.of("evalsha"), counts::toString);
        }
    }

    @Test
    void withoutAConnectionNothingIsPrepared() {
        try (RedisServer redis = RedisServer.startLocal();
                RemoteFixture node = new RemoteFixture(redis.uri())) {
            RedisTierOfRecord<String, String> cache = node.record("cache");
            redis.kill();
            cache.prepare();
            Crew.until(() -> node.executor().health().isUnavailable());
            cache.prepare();
        }
    }

    private static long scripts(RedisServer redis) {
        return CommandCounts.of(redis).of("evalsha");
    }
}
