package io.github.tieredjcache.integration.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.Crew;
import io.github.tieredjcache.OutagePolicy;
import io.github.tieredjcache.TierStatistics;
import io.github.tieredjcache.faults.Covers;
import io.github.tieredjcache.faults.FaultRow;
import io.github.tieredjcache.integration.Attempt;
import io.github.tieredjcache.integration.LogLines;
import io.github.tieredjcache.integration.Node;
import io.github.tieredjcache.testkit.RedisFailover;
import io.github.tieredjcache.testkit.RedisServer;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import javax.cache.Cache;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** A Redis whose master changes: what calls return meanwhile, and the entries afterwards. */
class FailoverIT {
    private static final String PASSWORD = "s3cret-w0rd";
    private static final Duration BOUND = Duration.ofSeconds(1);

    private final RedisFailover redis = RedisFailover.start("--requirepass", PASSWORD);
    private final Node node = new Node(redis.uri());
    private final LogLines log = new LogLines();

    @AfterEach
    void closes() {
        log.close();
        node.close();
        redis.close();
        log.lines().forEach(line -> assertFalse(line.contains(PASSWORD), line));
    }

    @Test
    @DisplayName("F35: a planned failover costs no caller an exception; what was written is there")
    @Covers(FaultRow.F35)
    void aPlannedFailoverCostsNoCallerAnException() throws Exception {
        Cache<String, String> cache = failing(node, "planned");
        Crew.until(() -> Attempt.succeeds(() -> cache.put("before", "value")));
        RedisServer old = redis.master();
        redis.awaitReplicated();
        AtomicBoolean over = new AtomicBoolean();
        Crew.Member<Long> putting = Crew.start(() -> {
            long longestNanos = 0;
            for (int i = 0; !over.get(); i++) {
                long beganNanos = System.nanoTime();
                cache.put("key " + i % 10, "value " + i);
                longestNanos = Math.max(longestNanos, System.nanoTime() - beganNanos);
            }
            return longestNanos;
        });
        redis.failOver();
        redis.awaitFailover();
        Crew.until(() -> isServedBy(cache, redis.master()));
        // It takes the sentinels 10 s to make the old one a replica; until then it would take writes that are lost.
        Crew.until(() -> clients(old) == 0);
        over.set(true);
        long longestMillis = millis(putting.result());
        assertEquals("value", cache.get("before"));
        System.out.printf("a planned failover: the longest put took %d ms; %s%n", longestMillis, log.lines());
    }

    @Test
    @DisplayName(
            "F42: the sentinels' replica takes over from a killed master; near copies are dropped, and replicated entries are there")
    @Covers(FaultRow.F42)
    void aReplicaTakesOver() {
        Cache<String, String> cache = failing(node, "taken-over");
        Cache<String, String> local = node.cache(
                "goes-on",
                String.class,
                String.class,
                settings -> settings.outagePolicy(OutagePolicy.LOCAL).commandTimeout(Duration.ofSeconds(2)));
        Crew.until(() -> Attempt.succeeds(() -> cache.put("key", "value")));
        local.put("key", "value");
        redis.awaitReplicated();
        long killedNanos = System.nanoTime();
        redis.master().kill();
        assertEquals("value", local.get("key"), "no caller notices");
        long longestNanos = 0;
        while (!isServedBy(cache, redis.replica())) {
            long beganNanos = System.nanoTime();
            local.put("meanwhile", "value");
            longestNanos = Math.max(longestNanos, System.nanoTime() - beganNanos);
            LockSupport.parkNanos(1_000_000);
        }
        long backNanos = System.nanoTime() - killedNanos;
        RedisServer now = redis.awaitFailover();
        // Only the new server could invalidate it, so it is not near.
        assertEquals("value", cache.get("key"));
        assertTrue(now.list("KEYS", "*taken-over*").size() > 1);
        Crew.until(() -> local.unwrap(TierStatistics.class).journaledKeys() == 0);
        assertNull(local.get("meanwhile"), "the cache may forget, it must not lie");
        Crew.until(() -> log.lines().stream().anyMatch(line -> line.contains("another server than before")));
        assertTrue(
                log.lines().stream()
                        .anyMatch(line -> line.contains("mymaster (sentinels 127.0.0.1:")
                                && line.contains("at 127.0.0.1:" + now.port())),
                () -> String.join("\n", log.lines()));
        System.out.printf(
                "a failover: back %d ms after the kill, of which one and a half seconds and an election are the sentinels'; the longest"
                        + " local put meanwhile took %d ms%s%n",
                millis(backNanos),
                millis(longestNanos),
                log.lines().stream().map(line -> "\n  " + line).reduce("", String::concat));
    }

    @Test
    @DisplayName(
            "F44: a master that was frozen while another took its place is abandoned, and the caches agree on the new one")
    @Covers(FaultRow.F44)
    void aFrozenMasterIsReplacedByItsReplica() {
        try (Node second = new Node(redis.uri())) {
            List<Cache<String, String>> caches = List.of(bounded(node), bounded(second));
            RedisServer old = redis.master();
            Crew.until(() -> caches.stream().allMatch(each -> Attempt.succeeds(() -> each.put("key", "old"))));
            assertEquals("old", caches.get(1).get("key"));
            redis.awaitReplicated();
            old.pause();
            RedisServer now = redis.awaitFailover();
            Crew.until(() -> caches.stream().allMatch(each -> isServedBy(each, now)));
            Crew.until(() -> Attempt.succeeds(() -> caches.get(0).put("key", "new")));
            old.resume();
            long resumedNanos = System.nanoTime();
            Crew.until(() -> clients(old) == 0);
            // It takes the sentinels 10 s to make it a replica; until then it says that it is the master.
            while (millis(System.nanoTime() - resumedNanos) < 2 * BOUND.toMillis()) {
                assertEquals("new", caches.get(1).get("key"));
                assertEquals("new", caches.get(0).get("key"));
                assertEquals(0, clients(old), "nobody is connected to the old one");
                LockSupport.parkNanos(1_000_000);
            }
            Crew.until(() -> Attempt.succeeds(() -> caches.get(1).put("key", "newest")));
            Crew.until(() -> "newest".equals(caches.get(0).get("key")));
        }
    }

    @Test
    @DisplayName("F44: so is one that was frozen for less than the timeout of the nodes")
    void aMasterThatWasFrozenBrieflyIsReplaced() {
        // Longer than the sentinels wait, and so long that no node gives up a silent connection meanwhile.
        Cache<String, String> cache = node.cache(
                "brief", String.class, String.class, settings -> settings.commandTimeout(Duration.ofSeconds(30)));
        RedisServer old = redis.master();
        Crew.until(() -> Attempt.succeeds(() -> cache.put("key", "old")));
        redis.awaitReplicated();
        old.pause();
        redis.awaitFailover();
        old.resume();
        Crew.until(() -> isServedBy(cache, redis.master()));
        // Not because they cut its connections, which they do ten seconds later.
        assertTrue(info(old, "replication").contains("role:master"), "the sentinels have demoted it before");
        cache.put("key", "new");
        assertEquals("new", cache.get("key"));
    }

    @Test
    @DisplayName("Sentinels that are frozen or dead are not waited for")
    void sentinelsThatDoNotAnswerAreNotWaitedFor() {
        try (RedisFailover three = RedisFailover.startWithSentinels(3)) {
            three.sentinels().get(0).pause();
            three.sentinels().get(1).kill();
            try (Node there = new Node(three.uri())) {
                Cache<String, String> cache = failing(there, "one-answers");
                Crew.until(() -> Attempt.succeeds(() -> cache.put("key", "value")));
                assertEquals("value", cache.get("key"));
            }
        }
    }

    /** Fails when Redis does, so that nothing that it answers comes from elsewhere. */
    private static Cache<String, String> failing(Node node, String name) {
        return node.strings(name);
    }

    private static Cache<String, String> bounded(Node node) {
        return node.cache(
                "bounded",
                String.class,
                String.class,
                settings -> settings.stalenessBound(BOUND).commandTimeout(Duration.ofSeconds(2)));
    }

    /** Returns whether what the cache stores arrives at a server that is a master. */
    private static boolean isServedBy(Cache<String, String> cache, RedisServer server) {
        long before = writes(server);
        return Attempt.succeeds(() -> cache.put("probe", "value"))
                && info(server, "replication").contains("role:master")
                && writes(server) > before;
    }

    private static long writes(RedisServer server) {
        return info(server, "commandstats")
                .lines()
                .filter(line -> line.startsWith("cmdstat_evalsha:"))
                .mapToLong(line -> Long.parseLong(line.replaceFirst("cmdstat_evalsha:calls=(\\d+),.*", "$1")))
                .sum();
    }

    /** Returns how many connections receive invalidations, as those of nodes do. */
    private static long clients(RedisServer server) {
        return answer(server, "CLIENT", "LIST")
                .lines()
                .filter(line -> line.matches(".* flags=\\w*t.*"))
                .count();
    }

    private static String info(RedisServer server, String section) {
        return answer(server, "INFO", section);
    }

    private static String answer(RedisServer server, String... words) {
        while (true) {
            try {
                return String.valueOf(server.command(words));
            } catch (UncheckedIOException e) {
                // Sentinels cut all connections of a server that gets another role.
                LockSupport.parkNanos(1_000_000);
            }
        }
    }

    private static long millis(long nanos) {
        return TimeUnit.NANOSECONDS.toMillis(nanos);
    }
}
