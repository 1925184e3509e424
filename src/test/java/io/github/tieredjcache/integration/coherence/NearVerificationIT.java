package io.github.tieredjcache.integration.coherence;

import static io.github.tieredjcache.Crew.until;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.Crew;
import io.github.tieredjcache.TierStatistics;
import io.github.tieredjcache.TieredSetting;
import io.github.tieredjcache.faults.Covers;
import io.github.tieredjcache.faults.FaultRow;
import io.github.tieredjcache.integration.LogLines;
import io.github.tieredjcache.integration.Node;
import io.github.tieredjcache.testkit.CommandCounts;
import io.github.tieredjcache.testkit.FaultProxy;
import io.github.tieredjcache.testkit.RedisServer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import javax.cache.Cache;
import javax.cache.expiry.CreatedExpiryPolicy;
import javax.cache.expiry.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A sample of the near hits is compared with Redis: lost invalidations are found, and nothing else. */
class NearVerificationIT {
    private static final int STEPS = 4_000;

    private final RedisServer redis = RedisServer.startLocal();
    private final FaultProxy proxy = FaultProxy.inFrontOf(redis);
    private final Node behindTheProxy = new Node(proxy.uri());
    private final Node direct = new Node(redis);

    @AfterEach
    void close() {
        behindTheProxy.close();
        direct.close();
        proxy.close();
        redis.close();
    }

    @Test
    @Covers(FaultRow.F88)
    void aLostInvalidationIsFoundAndLogged() {
        Cache<String, String> here = sampled(behindTheProxy, 1);
        Cache<String, String> there = sampled(direct, 0);
        try (LogLines log = new LogLines()) {
            Map<String, String> first = Map.of("changed", "a value", "removed", "a value", "same", "a value");
            there.putAll(first);
            assertEquals(first, here.getAll(first.keySet()));
            proxy.dropPushes("invalidate");
            there.put("changed", "another value");
            there.remove("removed");
            until(() -> proxy.pushesDropped() == 2);
            proxy.passPushes();
            until(() -> "another value".equals(here.get("changed")));
            until(() -> here.get("removed") == null);
            // Counted after the copy is dropped.
            until(() -> mismatches(here) == 2);
            assertEquals("a value", here.get("same"));
            List<String> lines = log.lines().stream()
                    .filter(line -> line.startsWith("SEVERE"))
                    .toList();
            assertEquals(1, lines.size(), lines::toString);
            assertTrue(lines.get(0).contains("sampled") && lines.get(0).contains("near.time-to-live"), lines.get(0));
            assertTrue(!lines.get(0).contains("a value"), lines.get(0));
            // From then on it is invalidated again.
            there.put("changed", "a third value");
            until(() -> "a third value".equals(here.get("changed")));
            assertEquals(2, mismatches(here));
        }
    }

    @Test
    void withoutASampleNothingIsCompared() {
        Cache<String, String> here = sampled(behindTheProxy, 0);
        here.put("key", "value");
        CommandCounts counts = CommandCounts.during(redis, () -> {
            for (int i = 0; i < STEPS; i++) {
                assertEquals("value", here.get("key"));
            }
        });
        assertEquals(0, counts.of("getrange"));
    }

    @Test
    void anInvalidatedCopyIsNeverAMismatchUnderLoad() throws Exception {
        // Entries end while they are read, too.
        Duration lifetime = new Duration(TimeUnit.MILLISECONDS, 30);
        List<Cache<String, String>> caches =
                List.of(sampled(behindTheProxy, 1, lifetime), sampled(direct, 1, lifetime));
        CommandCounts counts = CommandCounts.during(redis, () -> {
            List<Crew.Member<Void>> members = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                Cache<String, String> cache = caches.get(i % 2);
                Random random = new Random(i);
                members.add(Crew.run(() -> {
                    for (int step = 0; step < STEPS; step++) {
                        RandomOperation.on(cache, random);
                    }
                }));
            }
            results(members);
        });
        assertTrue(counts.of("getrange") > 100, () -> "compared " + counts.of("getrange") + " times");
        assertEquals(0, mismatches(caches.get(0)));
        assertEquals(0, mismatches(caches.get(1)));
    }

    private static void results(List<Crew.Member<Void>> members) {
        for (Crew.Member<Void> each : members) {
            try {
                assertNull(each.result());
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        }
    }

    private static Cache<String, String> sampled(Node node, int oneOf) {
        return sampled(node, oneOf, Duration.ETERNAL);
    }

    private static Cache<String, String> sampled(Node node, int oneOf, Duration lifetime) {
        return node.cache(
                "sampled",
                String.class,
                String.class,
                settings -> settings.with(TieredSetting.NEAR_VERIFY_SAMPLE, oneOf)
                        .expiry(CreatedExpiryPolicy.factoryOf(lifetime)));
    }

    private static long mismatches(Cache<?, ?> cache) {
        return cache.unwrap(TierStatistics.class).nearMismatches();
    }
}
