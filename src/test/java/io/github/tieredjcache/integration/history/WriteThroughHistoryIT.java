package io.github.tieredjcache.integration.history;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.faults.Covers;
import io.github.tieredjcache.faults.FaultRow;
import io.github.tieredjcache.history.Linearizability;
import io.github.tieredjcache.history.Operation;
import io.github.tieredjcache.history.Verb;
import io.github.tieredjcache.history.Violation;
import io.github.tieredjcache.integration.Node;
import io.github.tieredjcache.integration.Table;
import io.github.tieredjcache.integration.history.WrittenRound.Trouble;
import io.github.tieredjcache.testkit.RedisServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Random operations by five nodes in three processes on few keys of a cache that writes through to a table, with a writer that fails
 * and is slow at times, while connections are cut or two of the processes are paused for longer than a write lease. When all is
 * quiet each tier of each node holds what the table holds, or nothing. The writer is called once for each operation that changes
 * something, and never for one that does not. The results, and at last the table, are those that a single caller could have had, as far as
 * {@link Disturbance} leaves anything of it.
 *
 * <p>Not both at once: a node that is paused for longer than its lease and then disconnected leaves the entry of another.
 *
 * <p>Runs for {@code -Dhistory.seconds} (5 by default) from {@code -Dhistory.seed}, in rounds that are checked one by one, each kind
 * of trouble once at least, and until all nodes have taken part and the writer has failed and succeeded; the seed gives the same draws again, not the same interleaving.
 */
class WriteThroughHistoryIT {
    private static final int NODES_HERE = 3;
    private static final int PROCESSES = 2;
    private static final Duration ROUND = Duration.ofMillis(1_500);
    private static final Duration BETWEEN_CUTS_MIN = Duration.ofMillis(50);
    private static final Duration BETWEEN_CUTS_MAX = Duration.ofMillis(450);
    private static final int LAST_CUTS = 8;
    private static final Duration BETWEEN_LAST_CUTS = Duration.ofMillis(15);
    /** A lease is the server's and a little longer there than its number says. */
    private static final Duration QUIET = WritingNode.LEASE.plusMillis(100);

    private static final int LAST_OPERATIONS = 15;
    private static final int COMPLAINTS_MAX = 5;
    /** A guard, for a history whose writer never fails. */
    private static final int ROUNDS_MAX = 60;

    private final long seed = Long.getLong("history.seed", System.nanoTime());
    private final long seconds = Long.getLong("history.seconds", 5);
    private final Random random = new Random(seed);
    private final List<String> complaints = new ArrayList<>();
    private final WrittenReport all = new WrittenReport();
    private final Map<Trouble, Integer> rounds = new EnumMap<>(Trouble.class);
    private final Map<Disturbance, Integer> disturbances = new EnumMap<>(Disturbance.class);
    private int cuts;
    private int stops;
    private long unknown;
    private long checkNanos;

    @Test
    @Covers({FaultRow.F70, FaultRow.F85})
    void theCacheHoldsTheRowOfTheTableOrNothing() throws Exception {
        try (RedisServer redis = RedisServer.startLocal();
                Table table = new Table();
                Node onlooker = new Node(redis)) {
            List<WritingNode> nodes = new ArrayList<>();
            List<WritingNode.InProcess> processes = new ArrayList<>();
            try {
                for (int i = 0; i < PROCESSES; i++) {
                    processes.add(new WritingNode.InProcess(NODES_HERE + i, redis.uri(), table.url()));
                }
                for (int i = 0; i < NODES_HERE; i++) {
                    nodes.add(new WritingNode(i, redis.uri(), table.url()));
                }
                for (WritingNode.InProcess each : processes) {
                    each.process().awaitReady();
                }
                rounds(
                        nodes,
                        processes,
                        redis,
                        new RedisReader(onlooker, WrittenRound.cache(true), WrittenRound.cache(false)),
                        table);
            } finally {
                nodes.forEach(WritingNode::close);
                for (WritingNode.InProcess each : processes) {
                    each.close();
                }
            }
        }
        System.out.printf(
                "write-through history: seed %d, rounds %s as %s, %d operations (%d of unknown outcome), %d calls of the writer,"
                        + " %d operations refused by it, %d failed, %d leases lost, %d entries voided, %d cuts, %d stops, checked in %d"
                        + " ms%n",
                seed,
                rounds,
                disturbances,
                all.operations().size(),
                unknown,
                all.calls(),
                all.refused(),
                all.failed(),
                all.lost(),
                all.voided(),
                cuts,
                stops,
                TimeUnit.NANOSECONDS.toMillis(checkNanos));
        assertEquals(
                "",
                complaints.stream()
                        .limit(COMPLAINTS_MAX)
                        .map(each -> "\n" + each)
                        .collect(Collectors.joining()),
                "seed " + seed);
        assertTrue(allNodesTakePart(), "all nodes take part");
        assertTrue(theWriterFailsAtTimes(), "the writer fails at times");
    }

    private void rounds(
            List<WritingNode> nodes,
            List<WritingNode.InProcess> processes,
            RedisServer redis,
            RedisReader redisAlone,
            Table table)
            throws Exception {
        List<Party<WrittenRound, WrittenReport>> parties = new ArrayList<>(nodes);
        parties.addAll(processes);
        long endNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        for (int number = 0; isToBe(number, endNanos) && complaints.isEmpty(); number++) {
            WrittenRound round = round(number);
            rounds.merge(round.trouble(), 1, Integer::sum);
            WrittenReport report = run(round, nodes, processes, redis);
            LockSupport.parkNanos(QUIET.toNanos());
            check(round, report, parties, redisAlone, table);
        }
    }

    private boolean isToBe(int number, long endNanos) {
        return number < Trouble.values().length
                || System.nanoTime() < endNanos
                || (number < ROUNDS_MAX && !(allNodesTakePart() && theWriterFailsAtTimes()));
    }

    private boolean allNodesTakePart() {
        return NODES_HERE + PROCESSES
                == all.operations().stream().map(Operation::node).distinct().count();
    }

    private boolean theWriterFailsAtTimes() {
        return all.refused() > 0 && all.calls() > all.refused();
    }

    private WrittenRound round(int number) {
        Trouble[] troubles = Trouble.values();
        Trouble trouble = troubles[number % troubles.length];
        return new WrittenRound(
                number, trouble, number % 2 == 0, random.nextLong(), System.nanoTime() + ROUND.toNanos());
    }

    private WrittenReport run(
            WrittenRound round, List<WritingNode> nodes, List<WritingNode.InProcess> processes, RedisServer redis)
            throws Exception {
        List<Callable<WrittenReport>> inProcesses =
                processes.stream().map(each -> each.begin(round)).toList();
        List<Callable<WrittenReport>> here =
                nodes.stream().map(each -> each.begin(round)).toList();
        switch (round.trouble()) {
            case NONE -> {}
            case CUTS -> cutUntil(round.endNanos(), redis);
            case STOPS -> {
                ConnectionCuts.sleepUntil(round.endNanos()
                        - WritingNode.LEASE
                                .plusMillis(200 + random.nextInt(300))
                                .toNanos());
                processes.forEach(each -> each.process().pause());
                stops += processes.size();
            }
        }
        WrittenReport report = new WrittenReport();
        for (Callable<WrittenReport> each : here) {
            report.add(each.call());
        }
        if (round.trouble() == Trouble.STOPS) {
            // A call that was in the writer continues after its lease has run out, and no later write hides its effect.
            processes.forEach(each -> each.process().resume());
        }
        for (Callable<WrittenReport> each : inProcesses) {
            report.add(each.call());
        }
        return report;
    }

    /** Cuts one connection, or all, now and then; and all at the end, when no later write hides a missing commit. */
    private void cutUntil(long endNanos, RedisServer redis) {
        ConnectionCuts network = new ConnectionCuts(redis, random);
        network.until(endNanos - LAST_CUTS * BETWEEN_LAST_CUTS.toNanos() / 2, BETWEEN_CUTS_MIN, BETWEEN_CUTS_MAX);
        for (int i = 0; i < LAST_CUTS; i++) {
            ConnectionCuts.sleepUntil(System.nanoTime() + BETWEEN_LAST_CUTS.toNanos());
            network.cutAll();
        }
        cuts += network.cuts();
    }

    private void check(
            WrittenRound round,
            WrittenReport report,
            List<Party<WrittenRound, WrittenReport>> parties,
            RedisReader redis,
            Table table)
            throws Exception {
        complaints.addAll(report.complaints());
        Map<String, List<Operation>> byKey =
                report.operations().stream().collect(Collectors.groupingBy(Operation::key));
        Map<String, @Nullable String> rows = new HashMap<>();
        for (String key : round.keys()) {
            rows.put(key, table.row(key));
        }
        compare("Redis", round, rows, redis.look(round.cache(), round.keys()), true, byKey);
        for (Party<WrittenRound, WrittenReport> each : parties) {
            compare(each + " without its loader", round, rows, each.look(round, false), true, byKey);
        }
        for (Party<WrittenRound, WrittenReport> each : parties) {
            compare(each.toString(), round, rows, each.look(round, true), false, byKey);
        }
        compare("Redis after loads", round, rows, redis.look(round.cache(), round.keys()), false, byKey);
        long beganNanos = System.nanoTime();
        Disturbance disturbance = Disturbance.of(round, report);
        disturbances.merge(disturbance, 1, Integer::sum);
        rows.forEach((key, row) -> {
            List<Operation> history = explainable(round, disturbance, byKey.getOrDefault(key, List.of()));
            long nowNanos = System.nanoTime();
            history.add(new Operation(-1, key, Verb.GET, null, null, row, nowNanos, nowNanos + 1));
            Violation violation = Linearizability.find(history, Duration.ZERO);
            if (violation != null) {
                complaints.add(round + ": " + violation);
            }
        });
        checkNanos += System.nanoTime() - beganNanos;
        unknown += report.operations().stream().filter(each -> !each.isKnown()).count();
        all.add(report);
    }

    private void compare(
            String who,
            WrittenRound round,
            Map<String, @Nullable String> rows,
            Map<String, @Nullable String> seen,
            boolean mayBeAbsent,
            Map<String, List<Operation>> byKey) {
        rows.forEach((key, row) -> {
            String value = seen.get(key);
            if (!Objects.equals(value, row) && !(mayBeAbsent && value == null)) {
                complaints.add(round + ", " + key + ": the table has " + row + ", " + who + " has " + value + ", after"
                        + last(byKey.getOrDefault(key, List.of())));
            }
        });
    }

    private static String last(List<Operation> history) {
        List<Operation> byCall = history.stream()
                .filter(each -> !each.verb().reads())
                .sorted(Comparator.comparingLong(Operation::callNanos))
                .toList();
        List<Operation> last = byCall.subList(Math.max(0, byCall.size() - LAST_OPERATIONS), byCall.size());
        return last.stream()
                .map(each -> "\n    " + each.describe(last.get(0).callNanos()))
                .collect(Collectors.joining());
    }

    /** Returns what must be explained of the operations on one key: of reads those that ask Redis. */
    private static List<Operation> explainable(WrittenRound round, Disturbance disturbance, List<Operation> history) {
        return history.stream()
                .filter(each -> !(round.copies() && each.verb().reads()))
                .map(disturbance::left)
                .filter(Objects::nonNull)
                .collect(Collectors.toCollection(ArrayList::new));
    }
}
