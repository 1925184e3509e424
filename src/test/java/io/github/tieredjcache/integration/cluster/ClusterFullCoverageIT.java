package io.github.tieredjcache.integration.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.Crew;
import io.github.tieredjcache.OutagePolicy;
import io.github.tieredjcache.RemoteUnavailableException;
import io.github.tieredjcache.integration.Attempt;
import io.github.tieredjcache.integration.LogLines;
import io.github.tieredjcache.integration.Node;
import io.github.tieredjcache.integration.PartitionKeys;
import io.github.tieredjcache.testkit.RedisCluster;
import io.github.tieredjcache.testkit.RedisServer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import javax.cache.Cache;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * A Redis Cluster with {@code cluster-require-full-coverage yes}, which is the default of Redis: while a master without a replica has
 * failed, all others refuse all commands.
 */
class ClusterFullCoverageIT {
    private static final Duration IMPATIENCE = Duration.ofSeconds(2);
    private static final int QUERIES = 20;
    private static final long MILLIS_BETWEEN_QUERIES = 250;
    /** Of the partitions that notice the outage last. */
    private static final int QUERIES_MORE = 8;

    private static final int SECONDS_BETWEEN_LINES = 10;

    private static final int MASTERS = 3;
    private static final Pattern QUERIES_MADE = Pattern.compile("cmdstat_cluster(?:\\|nodes)?:calls=(\\d+)");

    private final RedisCluster redis =
            RedisCluster.start(MASTERS, 0, "--cluster-require-full-coverage", "yes", "--cluster-node-timeout", "1000");
    private final RedisServer frozen = redis.masters().get(0);
    private final RedisServer running = redis.other(frozen);
    private final String key = PartitionKeys.on(redis, running);
    private final String gone = PartitionKeys.on(redis, frozen);
    private final Node node = new Node(redis.uri());

    @AfterEach
    void closes() {
        node.close();
        redis.close();
    }

    @Test
    void aFailedMasterIsAnOutageOfAllPartitionsUntilItIsBack() {
        Cache<String, String> exact = node.cache(
                "exact",
                String.class,
                String.class,
                settings -> settings.nearTimeToLive(Duration.ZERO).commandTimeout(IMPATIENCE));
        Cache<String, String> local = node.cache(
                "local",
                String.class,
                String.class,
                settings -> settings.outagePolicy(OutagePolicy.LOCAL).commandTimeout(IMPATIENCE));
        // A busy machine may answer too late, but not each time.
        Crew.until(() -> Attempt.succeeds(() -> exact.put(key, "value")));
        long beganNanos = System.nanoTime();
        frozen.pause();
        try (LogLines log = new LogLines()) {
            Crew.until(() -> refusal(exact).contains("is served by no node: CLUSTERDOWN"));
            for (String each : List.of(key, gone)) {
                local.put(each, "here");
                assertEquals("here", local.get(each));
            }
            assertTopologyIsQueriedInTurn();
            assertOneLineForEachMaster(log.lines(), System.nanoTime() - beganNanos);
        } finally {
            frozen.resume();
        }
        Crew.until(() -> Attempt.succeeds(() -> assertEquals("value", exact.get(key))));
        Crew.until(() -> Attempt.succeeds(() -> exact.put(gone, "value")));
    }

    /** All partitions of a master together log one line, and one more after ten seconds. */
    private static void assertOneLineForEachMaster(List<String> lines, long tookNanos) {
        List<String> outages = lines.stream()
                .filter(each -> each.contains("has been unavailable"))
                .toList();
        long each = 1 + TimeUnit.NANOSECONDS.toSeconds(tookNanos) / SECONDS_BETWEEN_LINES;
        assertTrue(outages.size() <= MASTERS * each, () -> String.join("\n", outages));
    }

    /** Returns the message of the exception that a read throws; an empty one if it throws none. */
    private String refusal(Cache<String, String> cache) {
        try {
            cache.get(key);
            return "";
        } catch (RemoteUnavailableException e) {
            return String.valueOf(e.getMessage());
        }
    }

    /** All partitions of this process together query the masters of the cluster four times a second. */
    private void assertTopologyIsQueriedInTurn() {
        long beganNanos = System.nanoTime();
        long before = queriesMade();
        Crew.until(() -> queriesMade() - before >= QUERIES);
        long made = queriesMade() - before;
        long tookMillis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - beganNanos);
        assertTrue(
                made <= tookMillis / MILLIS_BETWEEN_QUERIES + QUERIES_MORE,
                () -> made + " queries in " + tookMillis + " ms");
    }

    private long queriesMade() {
        return QUERIES_MADE
                .matcher(String.valueOf(running.command("INFO", "commandstats")))
                .results()
                .mapToLong(each -> Long.parseLong(each.group(1)))
                .sum();
    }
}
