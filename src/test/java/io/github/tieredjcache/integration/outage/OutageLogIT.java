package io.github.tieredjcache.integration.outage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.Crew;
import io.github.tieredjcache.OutagePolicy;
import io.github.tieredjcache.TierStatistics;
import io.github.tieredjcache.faults.Covers;
import io.github.tieredjcache.faults.FaultRow;
import io.github.tieredjcache.integration.LogLines;
import io.github.tieredjcache.integration.Node;
import io.github.tieredjcache.integration.Rows;
import io.github.tieredjcache.testkit.FaultProxy;
import io.github.tieredjcache.testkit.RedisServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import javax.cache.Cache;
import javax.cache.CacheException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * What an outage writes to the log, however much is asked meanwhile, and that it leaves nothing behind. {@code -Doutage.seconds} says how
 * long it lasts.
 */
class OutageLogIT {
    private static final int THREADS = 4;
    private static final int KEYS = 50;
    private static final int FEW_THREADS = 10;
    private static final int CUTS = 100;
    private static final Duration LONG = Duration.ofSeconds(Long.getLong("outage.seconds", 3));
    private static final Duration BETWEEN_CUTS = Duration.ofMillis(60);

    private final RedisServer redis = RedisServer.startLocal();
    private final FaultProxy proxy = FaultProxy.inFrontOf(redis);
    private final Node node = new Node(proxy.uri());
    private final Rows rows = new Rows();
    private final Cache<String, String> cache = node.cache(
            "rows",
            String.class,
            String.class,
            settings -> settings.outagePolicy(OutagePolicy.LOCAL)
                    .commandTimeout(Duration.ofMillis(500))
                    .readThrough(() -> rows)
                    .writeThrough(() -> rows));
    private final AtomicInteger failures = new AtomicInteger();
    private final AtomicLong operations = new AtomicLong();
    private volatile boolean over;

    @AfterEach
    void closes() {
        node.close();
        proxy.close();
        redis.close();
    }

    @Test
    @Covers(FaultRow.F6)
    void anOutageUnderLoadIsLoggedInFewLines() throws Exception {
        try (LogLines log = new LogLines()) {
            List<Crew.Member<Void>> load = load();
            redis.kill();
            pause(LONG);
            redis.restart();
            Crew.until(this::isSettled);
            end(load);
            print("an outage of " + LONG, log);
            assertEquals(0, failures.get());
            assertTrue(log.lines().size() <= 4, () -> String.join("\n", log.lines()));
        }
    }

    @Test
    @Covers(FaultRow.F19)
    void aHundredCutsAreLoggedInFewLinesAndLeaveNoThread() throws Exception {
        try (LogLines log = new LogLines()) {
            List<Crew.Member<Void>> load = load();
            long threads = 0;
            for (int cut = 0; cut < CUTS; cut++) {
                proxy.reset();
                pause(BETWEEN_CUTS);
                // By then all threads of the pools have been needed.
                threads = cut == CUTS / 3 ? threads() : threads;
            }
            end(load);
            Crew.until(this::isSettled);
            print(CUTS + " cuts, one in " + BETWEEN_CUTS.toMillis() + " ms", log);
            // Its first, and perhaps its second for work in the background.
            Crew.until(() -> proxy.connections() <= 2);
            // These, and that which asks.
            Crew.until(() ->
                    String.valueOf(redis.command("CLIENT", "LIST")).lines().count() <= 3);
            // Not one a cut; a pool for work in the background may have grown to its few.
            assertTrue(threads() < threads + FEW_THREADS);
            assertEquals(0, failures.get());
            assertTrue(log.lines().size() <= 20, () -> String.join("\n", log.lines()));
        }
    }

    private boolean isSettled() {
        TierStatistics tiers = cache.unwrap(TierStatistics.class);
        return !tiers.isRemoteUnavailable() && tiers.journaledKeys() == 0;
    }

    private List<Crew.Member<Void>> load() {
        List<Crew.Member<Void>> members = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            members.add(Crew.run(this::operate));
        }
        Crew.until(() -> operations.get() > 100);
        return members;
    }

    private void operate() {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        while (!over) {
            String key = "key " + random.nextInt(KEYS);
            try {
                if (random.nextInt(4) == 0) {
                    cache.put(key, "value " + random.nextInt());
                } else {
                    var unused = cache.get(key);
                }
            } catch (CacheException e) {
                failures.incrementAndGet();
            }
            operations.incrementAndGet();
            LockSupport.parkNanos(200_000);
        }
    }

    private void end(List<Crew.Member<Void>> load) throws Exception {
        over = true;
        for (Crew.Member<Void> each : load) {
            var unused = each.result();
        }
    }

    private void print(String what, LogLines log) {
        System.out.printf(
                "%s: %d operations, %d failed, %d log lines, the first: %s%n",
                what,
                operations.get(),
                failures.get(),
                log.lines().size(),
                log.lines().stream().limit(5).map(line -> "\n  " + line).reduce("", String::concat));
    }

    private static void pause(Duration time) {
        long end = System.nanoTime() + time.toNanos();
        for (long left = time.toNanos(); left > 0; left = end - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }

    private static long threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(each -> each.getName().startsWith("tiered-jcache"))
                .count();
    }
}
