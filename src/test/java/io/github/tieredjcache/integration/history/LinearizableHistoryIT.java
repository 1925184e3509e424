package io.github.tieredjcache.integration.history;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.faults.Covers;
import io.github.tieredjcache.faults.FaultRow;
import io.github.tieredjcache.history.Linearizability;
import io.github.tieredjcache.history.NearReads;
import io.github.tieredjcache.history.Operation;
import io.github.tieredjcache.history.Violation;
import io.github.tieredjcache.testkit.RedisServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Random operations on few keys by five nodes in three processes, while connections are cut at random and now and then one of the
 * processes is stopped for a while: the results for one key are those that a single caller could have had.
 *
 * <p>All changes with their answers, and the reads of a cache that keeps no near copies, are linearizable. Where nodes keep
 * copies, reads are no older than the bound, no older than what the node wrote or read before, and not from nowhere.
 *
 * <p>Runs for {@code -Dhistory.seconds} (8 by default: each kind of cache once) from {@code -Dhistory.seed}, in rounds that are
 * checked one by one, so that memory is bounded; and longer, if no connection was cut in the middle of a change by then. The seed gives the same draws again, not the same interleaving.
 */
class LinearizableHistoryIT {
    private static final int NODES_HERE = 3;
    private static final int PROCESSES = 2;
    private static final long ROUND_NANOS = TimeUnit.SECONDS.toNanos(2);
    private static final long STOPPED_NANOS = TimeUnit.MILLISECONDS.toNanos(1_200);
    private static final long AWAKE_NANOS = TimeUnit.MILLISECONDS.toNanos(400);
    private static final Duration BETWEEN_CUTS_MIN = Duration.ofMillis(300);
    private static final Duration BETWEEN_CUTS_MAX = Duration.ofMillis(1_500);
    private static final int VIOLATIONS_MAX = 3;
    /** A guard, for a history that does not come to cut a change. */
    private static final int MORE_ROUNDS_MAX = 60;

    private final long seed = Long.getLong("history.seed", System.nanoTime());
    private final long seconds = Long.getLong("history.seconds", 8);
    private final Random random = new Random(seed);
    private final List<Violation> violations = new ArrayList<>();
    private final Set<Integer> nodesSeen = new HashSet<>();
    private long operations;
    private long unknown;
    private long keys;
    private long cuts;
    private long checkNanos;
    private Duration worstStaleness = Duration.ZERO;

    @Test
    @Covers({FaultRow.F17, FaultRow.F70, FaultRow.F89})
    void changesAreLinearizableAndNearReadsAreWithinTheBound() throws Exception {
        List<HistoryNode> nodes = new ArrayList<>();
        List<PartyProcess> processes = new ArrayList<>();
        try (RedisServer redis = RedisServer.startLocal()) {
            for (int i = 0; i < NODES_HERE; i++) {
                nodes.add(new HistoryNode(i, redis.uri()));
            }
            for (int i = 0; i < PROCESSES; i++) {
                processes.add(new PartyProcess(HistoryNode.class, NODES_HERE + i, redis.uri()));
            }
            for (PartyProcess each : processes) {
                each.awaitReady();
            }
            ConnectionCuts network = new ConnectionCuts(redis, random);
            long rounds = Math.max(1, TimeUnit.SECONDS.toNanos(seconds) / ROUND_NANOS);
            HistoryRound.Kind[] kinds = HistoryRound.Kind.values();
            for (int number = 0; isToBe(number, rounds) && violations.isEmpty(); number++) {
                HistoryRound round = new HistoryRound(
                        number, kinds[number % kinds.length], random.nextLong(), System.nanoTime() + ROUND_NANOS);
                check(round, run(round, nodes, processes, network));
            }
        } finally {
            nodes.forEach(HistoryNode::close);
            for (PartyProcess process : processes) {
                process.close();
            }
        }
        System.out.printf(
                "linearizable history: seed %d, %d operations (%d of unknown outcome), %d keys, %d cuts,"
                        + " worst staleness %d ms of %d, checked in %d ms%n",
                seed,
                operations,
                unknown,
                keys,
                cuts,
                worstStaleness.toMillis(),
                HistoryRound.BOUND.toMillis(),
                TimeUnit.NANOSECONDS.toMillis(checkNanos));
        assertEquals("", described(violations), "seed " + seed);
        assertEquals(NODES_HERE + PROCESSES, nodesSeen.size(), "all nodes take part");
        assertTrue(cuts > 0 && unknown > 0, "connections are cut in the middle of changes");
    }

    private boolean isToBe(int number, long rounds) {
        boolean covered = nodesSeen.size() == NODES_HERE + PROCESSES && cuts > 0 && unknown > 0;
        return number < rounds || (!covered && number < rounds + MORE_ROUNDS_MAX);
    }

    private List<Operation> run(
            HistoryRound round, List<HistoryNode> nodes, List<PartyProcess> processes, ConnectionCuts network)
            throws Exception {
        List<Callable<List<Operation>>> results = Stream.concat(
                        processes.stream().map(each -> HistoryNode.begin(each, round)),
                        nodes.stream().map(each -> each.begin(round)))
                .toList();
        if (round.kind().keepsCopies()) {
            // A node that was stopped for longer than the bound, and does not know of it, has old copies.
            PartyProcess stopped = processes.get(random.nextInt(processes.size()));
            network.until(round.endNanos() - STOPPED_NANOS - AWAKE_NANOS, BETWEEN_CUTS_MIN, BETWEEN_CUTS_MAX);
            stopped.pause();
            network.until(round.endNanos() - AWAKE_NANOS, BETWEEN_CUTS_MIN, BETWEEN_CUTS_MAX);
            stopped.resume();
        }
        network.until(round.endNanos(), BETWEEN_CUTS_MIN, BETWEEN_CUTS_MAX);
        cuts = network.cuts();
        List<Operation> recorded = new ArrayList<>();
        for (Callable<List<Operation>> result : results) {
            recorded.addAll(result.call());
        }
        return recorded;
    }

    private void check(HistoryRound round, List<Operation> recorded) {
        long beganNanos = System.nanoTime();
        Map<String, List<Operation>> byKey = recorded.stream().collect(Collectors.groupingBy(Operation::key));
        byKey.values().forEach(history -> check(round.kind(), history));
        checkNanos += System.nanoTime() - beganNanos;
        operations += recorded.size();
        unknown += recorded.stream().filter(each -> !each.isKnown()).count();
        keys += byKey.size();
        recorded.forEach(each -> nodesSeen.add(each.node()));
    }

    private void check(HistoryRound.Kind kind, List<Operation> history) {
        List<Operation> exact = kind.keepsCopies()
                ? history.stream().filter(each -> !each.verb().reads()).toList()
                : history;
        Violation violation = Linearizability.find(exact, kind.lifetime());
        if (violation != null) {
            violations.add(violation);
        } else if (kind.keepsCopies()) {
            NearReads.Findings findings = NearReads.check(history, HistoryRound.BOUND, kind.lifetime());
            violations.addAll(findings.violations());
            if (findings.worstStaleness().compareTo(worstStaleness) > 0) {
                worstStaleness = findings.worstStaleness();
            }
        }
    }

    private static String described(List<Violation> violations) {
        // The first ones are enough.
        return violations.stream()
                .limit(VIOLATIONS_MAX)
                .map(each -> "\n" + each)
                .collect(Collectors.joining());
    }
}
