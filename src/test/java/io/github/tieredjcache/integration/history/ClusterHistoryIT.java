package io.github.tieredjcache.integration.history;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.faults.Covers;
import io.github.tieredjcache.faults.FaultRow;
import io.github.tieredjcache.history.Linearizability;
import io.github.tieredjcache.history.NearReads;
import io.github.tieredjcache.history.Operation;
import io.github.tieredjcache.history.Verb;
import io.github.tieredjcache.history.Violation;
import io.github.tieredjcache.integration.ClusterKeys;
import io.github.tieredjcache.integration.Node;
import io.github.tieredjcache.testkit.RedisCluster;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import javax.cache.Cache;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * Random operations on few keys by two nodes on a Redis Cluster of three masters with a replica each, while slots move to and fro, a
 * master is frozen, masters give way to their replicas, and a fourth master joins: the results for one key are those that a single
 * caller could have had. Nothing that a server has acknowledged is lost by any of this.
 *
 * <p>All changes with their answers, and the reads of a cache that keeps no near copies, are linearizable. Where nodes keep copies, reads
 * are no older than the bound, no older than what the node wrote or read before, and not from nowhere. It is the same where masters give
 * way to replicas, near copies or not: for some milliseconds the old one does not know it, and answers reads.
 *
 * <p>Runs for {@code -Dhistory.seconds} (10 by default: each trouble once) from {@code -Dhistory.seed}, in rounds that are checked one by
 * one. The seed gives the same draws again, not the same interleaving.
 */
class ClusterHistoryIT {
    private static final int NODES = 2;
    private static final long ROUND_NANOS = TimeUnit.MILLISECONDS.toNanos(2_500);
    /** A busy machine that pauses a master for that long is a failover nobody asked for; masters vote once in twice that time. */
    private static final String NODE_TIMEOUT_MILLIS = "6000";

    private static final int VIOLATIONS_MAX = 3;
    private static final List<List<HistoryRound.Kind>> KINDS = List.of(
            List.of(HistoryRound.Kind.EXACT, HistoryRound.Kind.NEAR),
            List.of(HistoryRound.Kind.EXACT_AND_MORTAL, HistoryRound.Kind.NEAR_AND_MORTAL));

    private final long seed = Long.getLong("history.seed", System.nanoTime());
    private final long seconds = Long.getLong("history.seconds", 10);
    private final Random random = new Random(seed);
    private final List<Violation> violations = new ArrayList<>();
    private final Set<Integer> nodesSeen = new HashSet<>();
    private final Map<HistoryRound.Kind, Cache<String, String>> outside = new EnumMap<>(HistoryRound.Kind.class);
    private long operations;
    private long unknown;
    private long keys;
    private Duration worstStaleness = Duration.ZERO;

    @Test
    @DisplayName(
            "F40, F44: changes are linearizable and near reads within the bound, whatever happens to slots and masters")
    @Covers({FaultRow.F17, FaultRow.F35, FaultRow.F40, FaultRow.F44})
    void changesAreLinearizableAndNearReadsAreWithinTheBound() throws Exception {
        List<HistoryNode> nodes = new ArrayList<>();
        ClusterTrouble trouble;
        try (RedisCluster redis = RedisCluster.startReplicated(3, "--cluster-node-timeout", NODE_TIMEOUT_MILLIS);
                Node outsider = new Node(redis.uri())) {
            for (HistoryRound.Kind each : HistoryRound.Kind.values()) {
                outside.put(each, outsider.strings(each.name()));
            }
            for (int i = 0; i < NODES; i++) {
                nodes.add(new HistoryNode(i, redis.uri()));
            }
            trouble = new ClusterTrouble(redis, random);
            ClusterTrouble.Kind[] kinds = ClusterTrouble.Kind.values();
            long rounds = Math.max(kinds.length, TimeUnit.SECONDS.toNanos(seconds) / ROUND_NANOS);
            for (int number = 0; number < rounds && violations.isEmpty(); number++) {
                run(number, kinds[number % kinds.length], nodes, redis, trouble);
            }
        } finally {
            nodes.forEach(HistoryNode::close);
        }
        System.out.printf(
                "history of a cluster: seed %d, %d operations (%d of unknown outcome), %d keys, %s, worst staleness %d ms of %d%n",
                seed, operations, unknown, keys, trouble, worstStaleness.toMillis(), HistoryRound.BOUND.toMillis());
        assertEquals("", described(violations), "seed " + seed);
        assertEquals(NODES, nodesSeen.size(), "all nodes take part");
        assertTrue(trouble.isComplete(), () -> "not all has happened: " + trouble);
    }

    /** Runs rounds of two kinds of cache beside each other. */
    private void run(
            int number, ClusterTrouble.Kind kind, List<HistoryNode> nodes, RedisCluster redis, ClusterTrouble trouble)
            throws Exception {
        List<HistoryRound> rounds = new ArrayList<>();
        for (HistoryRound.Kind each :
                KINDS.get((number + number / ClusterTrouble.Kind.values().length) % KINDS.size())) {
            rounds.add(new HistoryRound(number, each, random.nextLong(), 0));
        }
        Set<Integer> slots = slots(rounds, redis);
        long endNanos = System.nanoTime() + ROUND_NANOS;
        List<HistoryRound> begun = rounds.stream()
                .map(each -> new HistoryRound(each.number(), each.kind(), each.seed(), endNanos))
                .toList();
        List<List<Callable<List<Operation>>>> results = begun.stream()
                .map(round -> nodes.stream().map(node -> node.begin(round)).toList())
                .toList();
        trouble.make(kind, slots, endNanos);
        for (int i = 0; i < begun.size(); i++) {
            List<Operation> recorded = new ArrayList<>();
            for (Callable<List<Operation>> result : results.get(i)) {
                recorded.addAll(result.call());
            }
            check(begun.get(i).kind(), kind, recorded);
        }
    }

    /** Returns the slots of all keys of some rounds, which have no entries then. */
    private Set<Integer> slots(List<HistoryRound> rounds, RedisCluster redis) {
        Set<Integer> slots = new HashSet<>();
        for (HistoryRound each : rounds) {
            Cache<String, String> cache = outside.get(each.kind());
            slots.addAll(
                    ClusterKeys.store(redis, cache, each.keys(), "somewhere").values());
            cache.removeAll(Set.copyOf(each.keys()));
        }
        return slots;
    }

    private void check(HistoryRound.Kind kind, ClusterTrouble.Kind trouble, List<Operation> recorded) {
        Map<String, List<Operation>> byKey = recorded.stream().collect(Collectors.groupingBy(Operation::key));
        byKey.values().forEach(history -> checkKey(kind, trouble, history));
        operations += recorded.size();
        unknown += recorded.stream().filter(each -> !each.isKnown()).count();
        keys += byKey.size();
        recorded.forEach(each -> nodesSeen.add(each.node()));
    }

    private void checkKey(HistoryRound.Kind kind, ClusterTrouble.Kind trouble, List<Operation> history) {
        boolean readsAreExact = !kind.keepsCopies() && trouble != ClusterTrouble.Kind.FAILOVERS;
        List<Operation> exact = readsAreExact
                ? history
                : history.stream()
                        .filter(each -> !each.verb().reads() && !isAReadByItsAnswer(trouble, each))
                        .toList();
        Violation violation = Linearizability.find(exact, kind.lifetime());
        if (violation != null) {
            violations.add(violation);
        } else if (!readsAreExact) {
            NearReads.Findings findings = NearReads.check(history, HistoryRound.BOUND, kind.lifetime());
            violations.addAll(findings.violations());
            if (findings.worstStaleness().compareTo(worstStaleness) > 0) {
                worstStaleness = findings.worstStaleness();
            }
        }
    }

    /** A comparison that fails may have been decided by a read, which a master that gives way answers a moment too long. */
    private static boolean isAReadByItsAnswer(ClusterTrouble.Kind trouble, Operation operation) {
        boolean compares = operation.verb() == Verb.REPLACE_EXPECTED || operation.verb() == Verb.REMOVE_EXPECTED;
        return trouble == ClusterTrouble.Kind.FAILOVERS && compares && operation.changedNothing();
    }

    private static String described(List<Violation> violations) {
        // The first ones are enough.
        return violations.stream()
                .limit(VIOLATIONS_MAX)
                .map(each -> "\n" + each)
                .collect(Collectors.joining());
    }
}
