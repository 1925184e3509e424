package io.github.tieredjcache.integration.coherence;

import static io.github.tieredjcache.Crew.until;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.Crew;
import io.github.tieredjcache.OutagePolicy;
import io.github.tieredjcache.TierStatistics;
import io.github.tieredjcache.TieredSetting;
import io.github.tieredjcache.integration.LogLines;
import io.github.tieredjcache.integration.Node;
import io.github.tieredjcache.integration.Rows;
import io.github.tieredjcache.testkit.FaultProxy;
import io.github.tieredjcache.testkit.RedisServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import javax.cache.Cache;
import javax.cache.CacheException;
import javax.cache.expiry.CreatedExpiryPolicy;
import org.junit.jupiter.api.Test;

/**
 * Caches that are compared with the source while entries are changed, read, cleared and expire, and while Redis is unavailable
 * now and then: a change through a cache is no mismatch, and a direct change of the source among them is one.
 *
 * <p>Runs for {@code -Dhistory.seconds} (4 by default) from {@code -Dhistory.seed}, and until each node has compared after an
 * outage.
 */
class VerificationHistoryIT {
    /** Read, and changed by nobody until the end. */
    private static final String UNWRITTEN = "unwritten";

    private static final int THREADS = 4;
    private static final int CHECKS_MIN = 10;
    private static final int OUTAGES_MIN = 2;
    private static final int PER_MINUTE_MAX = 600;
    /** Longer than a thread is likely to be paused, since a change after the end of its lease is not fenced. */
    private static final Duration LEASE = Duration.ofSeconds(3);

    private final long seed = Long.getLong("history.seed", System.nanoTime());
    private final Random random = new Random(seed);
    private final RedisServer redis = RedisServer.startLocal();
    private final FaultProxy proxy = FaultProxy.inFrontOf(redis);
    private final Rows rows = new Rows();
    private final AtomicBoolean enough = new AtomicBoolean();
    private final AtomicLong operations = new AtomicLong();
    private final AtomicLong failed = new AtomicLong();
    private int outages;

    @Test
    void changesByTwoNodesAreNoMismatchAndADirectChangeIsOne() throws Exception {
        try (Node one = new Node(proxy.uri());
                Node other = new Node(proxy.uri())) {
            history(List.of(verified(one, OutagePolicy.FAIL), verified(other, OutagePolicy.FAIL)));
        }
    }

    @Test
    void changesByANodeThatGoesOnWithoutRedisAreNoMismatchAndADirectChangeIsOne() throws Exception {
        try (Node node = new Node(proxy.uri())) {
            history(List.of(verified(node, OutagePolicy.LOCAL)));
        }
    }

    private void history(List<Cache<String, String>> caches) throws Exception {
        rows.all.put(UNWRITTEN, "a value");
        try (LogLines log = new LogLines()) {
            List<Crew.Member<Void>> members = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                Cache<String, String> cache = caches.get(i % caches.size());
                Random own = new Random(random.nextLong());
                members.add(Crew.run(() -> operate(cache, own)));
            }
            interrupt(caches, members);
            for (Cache<String, String> each : caches) {
                assertEquals(0, numbers(each).sourceMismatches1s(), "seed " + seed);
            }
            assertEquals(List.of(), alarms(log).toList(), "seed " + seed);

            enough.set(true);
            for (Crew.Member<Void> each : members) {
                Void unused = each.result();
            }
            changeDirectly(caches);
        } finally {
            enough.set(true);
            proxy.close();
            redis.close();
        }
        System.out.printf(
                "verification history: seed %d, %d nodes, %d operations (%d failed), %d outages, %s hits compared%n",
                seed,
                caches.size(),
                operations.get(),
                failed.get(),
                outages,
                caches.stream().map(each -> numbers(each).sourceChecks()).toList());
    }

    private void operate(Cache<String, String> cache, Random own) {
        while (!enough.get()) {
            try {
                operations.incrementAndGet();
                if (own.nextInt(10) == 0) {
                    cache.get(UNWRITTEN);
                } else {
                    RandomOperation.on(cache, own);
                }
            } catch (CacheException e) {
                failed.incrementAndGet();
            }
        }
    }

    /** Changes a row, and again if the entry has expired before the change was found. */
    private void changeDirectly(List<Cache<String, String>> caches) {
        for (Cache<String, String> each : caches) {
            until(() -> {
                rows.all.merge(UNWRITTEN, each.get(UNWRITTEN), (row, read) -> row.equals(read) ? row + "." : row);
                return numbers(each).sourceMismatches1s() > 0;
            });
        }
    }

    /** Has Redis unavailable for a while, again and again, until the history is long enough. */
    private void interrupt(List<Cache<String, String>> caches, List<Crew.Member<Void>> members) {
        long endNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(Long.getLong("history.seconds", 4));
        while (System.nanoTime() - endNanos < 0 || outages < OUTAGES_MIN) {
            pass(500 + random.nextInt(1_000));
            proxy.refuse();
            proxy.reset();
            pass(random.nextInt(1_000));
            proxy.accept();
            outages++;
        }
        List<Long> before =
                caches.stream().map(each -> numbers(each).sourceChecks()).toList();
        until(() -> members.stream().anyMatch(Crew.Member::isDone) || comparedSince(before, caches));
        assertTrue(members.stream().noneMatch(Crew.Member::isDone), "a thread has ended");
    }

    private static boolean comparedSince(List<Long> before, List<Cache<String, String>> caches) {
        for (int i = 0; i < before.size(); i++) {
            if (numbers(caches.get(i)).sourceChecks() < before.get(i) + CHECKS_MIN) {
                return false;
            }
        }
        return true;
    }

    private static void pass(long millis) {
        long untilNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        for (long left = untilNanos - System.nanoTime(); left > 0; left = untilNanos - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }

    private static Stream<String> alarms(LogLines log) {
        return log.lines().stream()
                .filter(each -> each.contains("another value than the source") || each.contains("cannot be compared"));
    }

    private Cache<String, String> verified(Node node, OutagePolicy policy) {
        return node.cache(
                "verified",
                String.class,
                String.class,
                settings -> settings.with(TieredSetting.LOAD_VERIFY_PER_MINUTE, PER_MINUTE_MAX)
                        .with(TieredSetting.WRITE_LEASE, LEASE)
                        .with(TieredSetting.LOAD_LEASE, LEASE)
                        .outagePolicy(policy)
                        .expiry(CreatedExpiryPolicy.factoryOf(new javax.cache.expiry.Duration(TimeUnit.SECONDS, 5)))
                        .readThrough(() -> rows)
                        .writeThrough(() -> rows)
                        .statistics(true));
    }

    private static TierStatistics numbers(Cache<?, ?> cache) {
        return cache.unwrap(TierStatistics.class);
    }
}
