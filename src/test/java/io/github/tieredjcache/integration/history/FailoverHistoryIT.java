package io.github.tieredjcache.integration.history;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.github.tieredjcache.faults.Covers;
import io.github.tieredjcache.faults.FaultRow;
import io.github.tieredjcache.history.Failover;
import io.github.tieredjcache.history.Operation;
import io.github.tieredjcache.history.Violation;
import io.github.tieredjcache.testkit.RedisFailover;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * Random operations on few keys by three nodes, one of them in a process of its own, while the master is killed and the sentinels
 * promote its replica: the results are linearizable but for writes that were not replicated.
 *
 * <p>From {@code -Dhistory.seed}; it gives the same draws again, not the same interleaving.
 */
class FailoverHistoryIT {
    private static final int NODES_HERE = 2;
    private static final long BEFORE_NANOS = TimeUnit.MILLISECONDS.toNanos(800);
    /** A failover takes a second or two. */
    private static final long AFTER_NANOS = TimeUnit.SECONDS.toNanos(6);

    private final long seed = Long.getLong("history.seed", System.nanoTime());

    @Test
    @DisplayName(
            "F42: a mixed history over a failover is linearizable but for acknowledged writes that were lost at that instant")
    @Covers(FaultRow.F42)
    void aFailoverLosesTheLastWritesOnly() throws Exception {
        List<HistoryNode> nodes = new ArrayList<>();
        try (RedisFailover redis = RedisFailover.start();
                PartyProcess process = new PartyProcess(HistoryNode.class, NODES_HERE, redis.uri())) {
            process.awaitReady();
            for (int i = 0; i < NODES_HERE; i++) {
                nodes.add(new HistoryNode(i, redis.uri()));
            }
            HistoryRound round =
                    new HistoryRound(0, HistoryRound.Kind.EXACT, seed, System.nanoTime() + BEFORE_NANOS + AFTER_NANOS);
            List<Callable<List<Operation>>> working = Stream.concat(
                            Stream.of(HistoryNode.begin(process, round)),
                            nodes.stream().map(each -> each.begin(round)))
                    .toList();
            while (System.nanoTime() < round.endNanos() - AFTER_NANOS) {
                LockSupport.parkNanos(1_000_000);
            }
            long killNanos = System.nanoTime();
            redis.master().kill();
            long deadNanos = System.nanoTime();
            redis.awaitFailover();
            long promotedNanos = System.nanoTime();
            List<Operation> operations = new ArrayList<>();
            for (Callable<List<Operation>> each : working) {
                operations.addAll(each.call());
            }
            check(operations, killNanos, deadNanos, promotedNanos);
        } finally {
            nodes.forEach(HistoryNode::close);
        }
    }

    private void check(List<Operation> operations, long killNanos, long deadNanos, long promotedNanos) {
        List<Violation> violations =
                operations.stream().collect(Collectors.groupingBy(Operation::key)).values().stream()
                        .map(history -> Failover.find(history, killNanos, deadNanos))
                        .filter(Objects::nonNull)
                        .toList();
        List<Operation> after = operations.stream()
                .filter(Operation::isKnown)
                .filter(each -> each.callNanos() > deadNanos)
                .toList();
        long firstNanos = after.stream().mapToLong(Operation::returnNanos).min().orElse(Operation.NEVER);
        System.out.printf(
                "failover history: seed %d, %d operations, %d of them after the failover and %d of unknown outcome; the sentinels had"
                        + " promoted the replica %d ms after the kill, the first operation was answered after %d ms, %d violations%n",
                seed,
                operations.size(),
                after.size(),
                operations.stream().filter(each -> !each.isKnown()).count(),
                TimeUnit.NANOSECONDS.toMillis(promotedNanos - killNanos),
                TimeUnit.NANOSECONDS.toMillis(firstNanos - killNanos),
                violations.size());
        assertEquals("", violations.stream().map(each -> "\n" + each).collect(Collectors.joining()), "seed " + seed);
        assertFalse(after.isEmpty(), "nobody has come to the new master, and nothing was tested");
    }
}
