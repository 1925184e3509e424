package io.github.tieredjcache.integration.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.Crew;
import io.github.tieredjcache.TieredSetting;
import io.github.tieredjcache.integration.EntryKeys;
import io.github.tieredjcache.integration.Node;
import io.github.tieredjcache.testkit.FaultProxy;
import io.github.tieredjcache.testkit.RedisServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import javax.cache.Cache;
import javax.cache.integration.CacheLoader;
import org.junit.jupiter.api.Test;

/**
 * Threads of a node wait for another node's load of a key, which changes time and again, as it does when the right to load it is renewed:
 * what Redis is asked.
 */
class WaitingCrowdIT {
    private static final Duration LONG = Duration.ofMinutes(10);
    private static final int CHANGES = 20;
    private static final String CACHE = "crowd";

    private final CountDownLatch loading = new CountDownLatch(1);
    private final CountDownLatch mayEnd = new CountDownLatch(1);

    /**
     * 1. A lookup finds nothing, and before it has asked who loads the key another node does. 2. A second lookup does not join it, since the
     * key has changed. 3. The key changes, both look again, and one more lookup comes; and so on.
     */
    @Test
    void laterCallersJoinTheLastWaitingFetchWhileTheKeyChanges() throws Exception {
        try (RedisServer redis = RedisServer.startLocal();
                FaultProxy proxy = FaultProxy.inFrontOf(redis);
                Node node = new Node(proxy.uri());
                Node other = new Node(redis)) {
            Cache<String, String> here = cache(node);
            Cache<String, String> there = cache(other);
            here.containsKey("another");
            there.containsKey("another");
            List<Crew.Member<String>> waiting = new ArrayList<>();
            proxy.fromServer().hold();
            long gets = calls(redis, "getrange");
            waiting.add(Crew.start(() -> here.get("key")));
            Crew.until(() -> calls(redis, "getrange") > gets);
            waiting.add(Crew.start(() -> there.get("key")));
            Crew.await(loading);
            String placeholder = EntryKeys.redisKey(redis, CACHE, "key");
            proxy.toServer().hold();
            proxy.fromServer().forward();
            waiting.add(Crew.start(() -> here.get("key")).untilItWaits());
            long before = calls(redis, "evalsha");
            proxy.toServer().forward();
            Crew.until(() -> calls(redis, "evalsha") > before + 1);
            for (int change = 0; change < CHANGES; change++) {
                long asked = calls(redis, "evalsha");
                assertEquals(1, redis.number("PEXPIRE", placeholder, "60000"));
                Crew.until(() -> calls(redis, "evalsha") > asked);
                waiting.add(Crew.start(() -> here.get("key")).untilItWaits());
            }
            long questions = calls(redis, "evalsha") - before;
            mayEnd.countDown();
            for (Crew.Member<String> each : waiting) {
                assertEquals("loaded", each.result());
            }
            System.out.printf(
                    "%d threads wait for another node's load of a key, which changes %d times: %d questions%n",
                    waiting.size() - 1, CHANGES, questions);
            // Each for himself they would ask about 200 times.
            assertTrue(questions <= 5 * CHANGES, () -> questions + " questions");
        }
    }

    private static long calls(RedisServer redis, String command) {
        String prefix = "cmdstat_" + command + ":calls=";
        return redis.command("INFO", "commandstats")
                .lines()
                .filter(line -> line.startsWith(prefix))
                .mapToLong(line -> Long.parseLong(line.substring(prefix.length(), line.indexOf(','))))
                .sum();
    }

    private Cache<String, String> cache(Node node) {
        return node.cache(
                CACHE,
                String.class,
                String.class,
                settings -> settings.with(TieredSetting.LOAD_LEASE, LONG)
                        .with(TieredSetting.LOAD_WAIT, LONG)
                        .readThrough(() -> new CacheLoader<>() {
                            @Override
                            public String load(String key) {
                                loading.countDown();
                                Crew.await(mayEnd);
                                return "loaded";
                            }

                            @Override
                            public Map<String, String> loadAll(Iterable<? extends String> keys) {
                                throw new UnsupportedOperationException();
                            }
                        }));
    }
}
