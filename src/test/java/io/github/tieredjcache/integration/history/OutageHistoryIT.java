package io.github.tieredjcache.integration.history;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.faults.Covers;
import io.github.tieredjcache.faults.FaultRow;
import io.github.tieredjcache.integration.Node;
import io.github.tieredjcache.integration.Table;
import io.github.tieredjcache.integration.history.OutageParty.State;
import io.github.tieredjcache.testkit.FaultProxy;
import io.github.tieredjcache.testkit.RedisServer;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Random operations by four nodes in two processes, each behind a network of its own, while connections are cut or hold bytes back
 * and Redis is frozen, killed and restarted. No call fails, and a thread reads what it wrote. When all is well
 * again each tier of each node soon holds what the table holds, or nothing; or, in a cache without a table, what all others hold, and
 * nothing that was replaced or removed.
 *
 * <p>While a node is cut off it and others may write the same row in an order of the table's: then only the end is the same.
 *
 * <p>Runs for {@code -Dhistory.seconds} (10 by default) from {@code -Dhistory.seed}, in rounds that are checked one by one; the seed
 * gives the same draws again, not the same interleaving. {@code -Dhistory.agreement.seconds} is the time that a node has to come back.
 */
class OutageHistoryIT {
    private static final Duration ROUND = Duration.ofMillis(2_500);
    private static final int NODES_HERE = OutageHistoryRound.NODES - 1;
    private static final int ROUNDS_MIN = 2;
    /** A node that is back so late is not back: a second or two are usual, and a busy machine takes several times as long. */
    private static final Duration AGREES_WITHIN =
            OutageNode.BOUND.plusSeconds(Long.getLong("history.agreement.seconds", 60));

    private static final int COMPLAINTS_MAX = 5;
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(5);

    private final long seed = Long.getLong("history.seed", System.nanoTime());
    private final long seconds = Long.getLong("history.seconds", 10);
    private final SplittableRandom random = new SplittableRandom(seed);
    private final List<String> complaints = new ArrayList<>();
    private final OutageReport all = new OutageReport();
    private int rounds;
    private long worstNanos;
    private long voided;
    private long local;
    private long outages;

    @Test
    @Covers({FaultRow.F20, FaultRow.F22, FaultRow.F26})
    void afterOutagesAllTiersHoldTheRowOfTheTableOrNothing() throws Exception {
        List<FaultProxy> proxies = new ArrayList<>();
        List<OutageParty> parties = new ArrayList<>();
        try (RedisServer redis = RedisServer.startLocal("--appendonly", "yes", "--appendfsync", "no");
                Table table = new Table();
                Node onlooker = new Node(redis)) {
            try {
                for (int i = 0; i < OutageHistoryRound.NODES; i++) {
                    FaultProxy proxy = FaultProxy.inFrontOf(redis);
                    proxies.add(proxy);
                    parties.add(
                            i < NODES_HERE
                                    ? new OutageNode(i, proxy.uri(), table.url())
                                    : new OutageNode.InProcess(i, proxy.uri(), table.url()));
                }
                OutageFaults faults = new OutageFaults(redis, proxies);
                rounds(
                        parties,
                        faults,
                        new RedisReader(onlooker, OutageHistoryRound.cache(true), OutageHistoryRound.cache(false)),
                        table);
                print(faults);
            } finally {
                for (OutageParty each : parties) {
                    each.close();
                }
                proxies.forEach(FaultProxy::close);
            }
        }
        assertEquals(
                "",
                complaints.stream()
                        .limit(COMPLAINTS_MAX)
                        .map(each -> "\n" + each)
                        .collect(Collectors.joining()),
                "seed " + seed);
        assertTrue(local > 0, "nodes were cut off, or nothing was tested");
    }

    private void print(OutageFaults faults) {
        System.out.printf(
                "outage history: seed %d, %d rounds, %d operations (%d of them local), %d looks at what was written, faults %s,"
                        + " %d outages of nodes, %d keys voided, worst time to agreement %d ms, %d complaints%n",
                seed,
                rounds,
                all.operations(),
                local,
                all.checks(),
                faults.counts(),
                outages,
                voided,
                TimeUnit.NANOSECONDS.toMillis(worstNanos),
                complaints.size());
    }

    private void rounds(List<OutageParty> parties, OutageFaults faults, RedisReader redis, Table table)
            throws Exception {
        long endNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        while ((rounds < ROUNDS_MIN || System.nanoTime() < endNanos) && complaints.isEmpty()) {
            OutageHistoryRound round = new OutageHistoryRound(
                    rounds, rounds % 2 == 0, random.nextLong(), System.nanoTime() + ROUND.toNanos());
            OutageReport report = run(round, parties, faults);
            complaints.addAll(report.complaints());
            check(round, report, parties, redis, table);
            if (!complaints.isEmpty()) {
                complaints.add(round + ": " + faults.log());
            }
            all.add(report);
            rounds++;
        }
        for (boolean through : new boolean[] {true, false}) {
            OutageHistoryRound any = new OutageHistoryRound(0, through, 0, 0);
            for (OutageParty each : parties) {
                State state = each.state(any);
                voided += state.voided();
                local += state.local();
                outages += through ? state.outages() : 0;
            }
        }
    }

    private static OutageReport run(OutageHistoryRound round, List<OutageParty> parties, OutageFaults faults)
            throws Exception {
        List<Callable<OutageReport>> working = new ArrayList<>();
        for (OutageParty each : parties) {
            working.add(each.begin(round));
        }
        faults.untilEnd(new SplittableRandom(round.seed()), round.endNanos());
        OutageReport report = new OutageReport();
        for (Callable<OutageReport> each : working) {
            report.add(each.call());
        }
        return report;
    }

    private void check(
            OutageHistoryRound round, OutageReport report, List<OutageParty> parties, RedisReader redis, Table table)
            throws Exception {
        long beganNanos = System.nanoTime();
        long endNanos = beganNanos + AGREES_WITHIN.toNanos();
        List<String> wrong = wrong(round, report, parties, redis, table);
        while (!wrong.isEmpty() && System.nanoTime() < endNanos) {
            LockSupport.parkNanos(BETWEEN_LOOKS.toNanos());
            wrong = wrong(round, report, parties, redis, table);
        }
        worstNanos = Math.max(worstNanos, System.nanoTime() - beganNanos);
        complaints.addAll(wrong);
    }

    /** Returns what is not as it is to be in the end. */
    private static List<String> wrong(
            OutageHistoryRound round, OutageReport report, List<OutageParty> parties, RedisReader redis, Table table)
            throws Exception {
        List<String> wrong = new ArrayList<>();
        for (OutageParty each : parties) {
            State state = each.state(round);
            if (state.unavailable() || state.journaled() > 0) {
                wrong.add(round + ": " + each + " is not back: " + state);
            }
        }
        Map<String, Map<String, @Nullable String>> seen = new HashMap<>();
        seen.put("Redis", redis.look(round.cache(), round.keys()));
        for (OutageParty each : parties) {
            seen.put(each + " without its loader", each.look(round, false));
        }
        Map<String, @Nullable String> expected = round.through() ? rows(round, table) : seen.get("Redis");
        seen.forEach((who, found) -> compare(who, round, expected, found, round.through(), wrong));
        if (round.through()) {
            for (OutageParty each : parties) {
                compare(each.toString(), round, expected, each.look(round, true), false, wrong);
            }
            compare("Redis after loads", round, expected, redis.look(round.cache(), round.keys()), true, wrong);
        }
        expected.forEach((key, value) -> {
            String why = report.whyNot(key, value);
            // Two that write the same row while one of them is cut off have an order of the table's.
            if (why != null && (!round.through() || !round.sharedKeys().contains(key))) {
                wrong.add(round + ", " + key + ": in the end it is " + value + ", but " + why);
            }
        });
        return wrong;
    }

    private static Map<String, @Nullable String> rows(OutageHistoryRound round, Table table) throws SQLException {
        Map<String, @Nullable String> rows = new HashMap<>();
        for (String key : round.keys()) {
            rows.put(key, table.row(key));
        }
        return rows;
    }

    private static void compare(
            String who,
            OutageHistoryRound round,
            Map<String, @Nullable String> expected,
            Map<String, @Nullable String> found,
            boolean mayBeAbsent,
            List<String> wrong) {
        expected.forEach((key, value) -> {
            String there = found.get(key);
            if (!Objects.equals(there, value) && !(mayBeAbsent && there == null)) {
                wrong.add(round + ", " + key + ": it is to be " + value + ", " + who + " has " + there);
            }
        });
    }
}
