package io.github.tieredjcache.integration.history;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.github.tieredjcache.Crew;
import io.github.tieredjcache.faults.Covers;
import io.github.tieredjcache.faults.FaultRow;
import io.github.tieredjcache.history.Failover;
import io.github.tieredjcache.history.Linearizability;
import io.github.tieredjcache.history.Operation;
import io.github.tieredjcache.history.Violation;
import io.github.tieredjcache.integration.Attempt;
import io.github.tieredjcache.integration.ClusterKeys;
import io.github.tieredjcache.integration.Node;
import io.github.tieredjcache.testkit.RedisCluster;
import io.github.tieredjcache.testkit.RedisServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import javax.cache.Cache;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * Random operations on few keys by two nodes on a Redis Cluster, of which a master is killed so that its replica takes its place: for
 * keys of that master the results are linearizable but for writes that were not replicated, and for keys of other masters without
 * exception.
 *
 * <p>From {@code -Dhistory.seed}; it gives the same draws again, not the same interleaving.
 */
class ClusterFailoverHistoryIT {
    private static final int NODES = 2;
    /** How many calls there are at least before the kill, and again when all nodes use the new master. */
    private static final int CALLS = 300;

    private final long seed = Long.getLong("history.seed", System.nanoTime());
    private final AtomicLong calls = new AtomicLong();
    private volatile boolean over;

    @Test
    @DisplayName(
            "F42: when a master of a cluster is killed, a mixed history is linearizable but for what was lost with that master")
    @Covers(FaultRow.F42)
    void theKillOfAMasterLosesTheLastWritesOfItsKeysOnly() throws Exception {
        List<HistoryNode> nodes = new ArrayList<>();
        try (RedisCluster redis = RedisCluster.startReplicated(3);
                Node outsider = new Node(redis.uri())) {
            for (int i = 0; i < NODES; i++) {
                nodes.add(new HistoryNode(i, redis.uri()));
            }
            HistoryRound round = new HistoryRound(0, HistoryRound.Kind.EXACT, seed, 0);
            Map<String, Integer> slots = slots(round, outsider, redis);
            Map<Integer, RedisServer> owners = redis.owners(slots.values());
            int slot = slots.values().iterator().next();
            RedisServer killed = owners.get(slot);
            List<Callable<List<Operation>>> working =
                    nodes.stream().map(each -> each.begin(round, this::isOver)).toList();
            awaitCalls();
            redis.letFailOver(killed);
            long killNanos = System.nanoTime();
            killed.kill();
            long deadNanos = System.nanoTime();
            redis.awaitFailover(slot);
            long promotedNanos = System.nanoTime();
            for (HistoryNode each : nodes) {
                Crew.until(() -> Attempt.succeeds(() -> round.keys().forEach(each.cache(round.kind())::containsKey)));
            }
            awaitCalls();
            over = true;
            List<Operation> operations = new ArrayList<>();
            for (Callable<List<Operation>> each : working) {
                operations.addAll(each.call());
            }
            List<Violation> violations =
                    operations.stream().collect(Collectors.groupingBy(Operation::key)).entrySet().stream()
                            .map(each -> violation(
                                    each.getValue(),
                                    owners.get(slots.get(each.getKey())) == killed,
                                    killNanos,
                                    deadNanos))
                            .filter(Objects::nonNull)
                            .toList();
            report(operations, slots, killNanos, deadNanos, promotedNanos, violations);
        } finally {
            over = true;
            nodes.forEach(HistoryNode::close);
        }
    }

    /** Counts the calls of the workers, too. */
    private boolean isOver() {
        calls.incrementAndGet();
        return over;
    }

    private void awaitCalls() {
        long before = calls.get();
        Crew.until(() -> calls.get() >= before + CALLS);
    }

    /** Returns the slot of each key of a round, which has no entry then. */
    private static Map<String, Integer> slots(HistoryRound round, Node outsider, RedisCluster redis) {
        Cache<String, String> cache = outsider.strings(round.kind().name());
        Map<String, Integer> slots = ClusterKeys.store(redis, cache, round.keys(), "somewhere");
        cache.removeAll(Set.copyOf(round.keys()));
        redis.replicas().forEach(redis::awaitReplicated);
        return slots;
    }

    private static @Nullable Violation violation(
            List<Operation> history, boolean isOfTheKilled, long killNanos, long deadNanos) {
        return isOfTheKilled
                ? Failover.find(history, killNanos, deadNanos)
                : Linearizability.find(history, Duration.ZERO);
    }

    private void report(
            List<Operation> operations,
            Map<String, Integer> slots,
            long killNanos,
            long deadNanos,
            long promotedNanos,
            List<Violation> violations) {
        List<Operation> after = operations.stream()
                .filter(Operation::isKnown)
                .filter(each -> each.callNanos() > deadNanos)
                .toList();
        System.out.printf(
                "failover history of a cluster: seed %d, %d operations on keys of %d slots, %d of them after the kill and %d of unknown"
                        + " outcome; the replica served %d ms after the kill, %d violations%n",
                seed,
                operations.size(),
                Set.copyOf(slots.values()).size(),
                after.size(),
                operations.stream().filter(each -> !each.isKnown()).count(),
                TimeUnit.NANOSECONDS.toMillis(promotedNanos - killNanos),
                violations.size());
        assertEquals("", violations.stream().map(each -> "\n" + each).collect(Collectors.joining()), "seed " + seed);
        assertFalse(
                after.stream().noneMatch(each -> each.callNanos() > promotedNanos),
                "nobody has come to the new master, and nothing was tested");
    }
}
