package io.github.tieredjcache.internal.record;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.faults.Covers;
import io.github.tieredjcache.faults.FaultRow;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/**
 * No change is ever lost: as long as one is under way, or made after Redis has forgotten the key the last time, the key is in the
 * journal. Seen in all orders of a few changes and a recovery, and in random orders of many.
 *
 * <p>Recoveries are one at a time, as {@link Recovery} has them; the ones that callers begin for a key of their own are not.
 */
@Covers({FaultRow.F25, FaultRow.F27, FaultRow.F28})
class RecoveryJournalModelTest {
    private static final int RANDOM_RUNS = 20_000;
    private static final int STEPS_OF_A_RUN = 60;
    private static final int KEYS = 4;

    @Test
    void inAllOrdersOfTwoChangesOfOneKeyAndARecovery() {
        assertEquals(
                83_160,
                allOrders(1, 5, run -> List.of(run.change(0), run.change(0), run.recovery(true), run.voids(0))));
    }

    @Test
    void inAllOrdersOfChangesThatOverflowAndARecovery() {
        assertEquals(
                83_160,
                allOrders(2, 1, run -> List.of(run.change(0), run.change(1), run.change(0), run.recovery(true))));
    }

    @Test
    void inAllOrdersOfAClearAndChangesAndARecoveryThatFails() {
        assertEquals(
                166_320,
                allOrders(
                        2,
                        3,
                        run -> List.of(run.change(0), run.change(1), run.clear(), run.recovery(false), run.one())));
    }

    @Test
    void inRandomOrdersOfManyChangesAndRecoveriesOneAtATime() {
        long seed = Long.getLong("history.seed", System.nanoTime());
        Random random = new Random(seed);
        for (int i = 0; i < RANDOM_RUNS; i++) {
            randomRun(random, false, seed);
        }
    }

    @Test
    void inRandomOrdersAlsoOfKeysThatAreVoidedByTheWay() {
        long seed = Long.getLong("history.seed", System.nanoTime());
        Random random = new Random(seed);
        for (int i = 0; i < RANDOM_RUNS; i++) {
            randomRun(random, true, seed);
        }
    }

    private static void randomRun(Random random, boolean byTheWay, long seed) {
        Run run = new Run(KEYS, 1 + random.nextInt(KEYS), "seed " + seed);
        List<Script> running = new ArrayList<>();
        Script recovery = run.recovery(true);
        for (int i = 0; i < STEPS_OF_A_RUN; i++) {
            int draw = random.nextInt(12);
            if (draw < 3) {
                running.add(run.change(random.nextInt(KEYS)));
            } else if (draw == 3 && random.nextInt(4) == 0) {
                running.add(run.clear());
            } else if (draw == 4 && byTheWay) {
                running.add(run.voids(random.nextInt(KEYS)));
            } else if (draw < 8) {
                if (recovery.isOver()) {
                    recovery = run.recovery(random.nextInt(4) > 0);
                }
                recovery.step();
            } else if (!running.isEmpty()) {
                Script next = running.get(random.nextInt(running.size()));
                next.step();
                running.removeIf(Script::isOver);
            }
            run.check();
        }
        while (!recovery.isOver()) {
            recovery.step();
            run.check();
        }
        running.forEach(each -> {
            while (!each.isOver()) {
                each.step();
                run.check();
            }
        });
        run.finish();
    }

    /** Runs scripts in all orders of their steps; returns how many there were. */
    private static int allOrders(int keys, int capacity, Scripts scripts) {
        int[] left = scripts.of(new Run(keys, capacity, "")).stream()
                .mapToInt(Script::size)
                .toArray();
        int[] order = new int[Arrays.stream(left).sum()];
        return orders(left, order, 0, () -> new Run(keys, capacity, Arrays.toString(order)), scripts);
    }

    private static int orders(int[] left, int[] order, int length, Supplier<Run> runs, Scripts scripts) {
        if (length == order.length) {
            Run run = runs.get();
            List<Script> all = scripts.of(run);
            for (int next : order) {
                all.get(next).step();
                run.check();
            }
            run.finish();
            return 1;
        }
        int count = 0;
        for (int next = 0; next < left.length; next++) {
            if (left[next] > 0) {
                left[next]--;
                order[length] = next;
                count += orders(left, order, length + 1, runs, scripts);
                left[next]++;
            }
        }
        return count;
    }

    /** What goes on at the same time. */
    @FunctionalInterface
    private interface Scripts {
        List<Script> of(Run run);
    }

    /** Steps that follow each other. */
    private static final class Script {
        private final List<Runnable> steps;
        private int next;

        Script(Runnable... steps) {
            this.steps = List.of(steps);
        }

        int size() {
            return steps.size();
        }

        boolean isOver() {
            return next == steps.size();
        }

        void step() {
            steps.get(next++).run();
        }
    }

    /** A journal, and what is true. */
    private static final class Run {
        private final RecoveryJournal<Integer> journal;
        private final String name;
        private final boolean[] missed;
        private final int[] underWay;
        private final List<String> log = new ArrayList<>();

        Run(int keys, int capacity, String name) {
            this.journal = new RecoveryJournal<>(capacity);
            this.name = name;
            this.missed = new boolean[keys];
            this.underWay = new int[keys];
        }

        /** The change is made at some time between its beginning and its end; the last moment is the worst. */
        Script change(int key) {
            return new Script(
                    () -> {
                        log.add("begin " + key);
                        journal.begin(key);
                        underWay[key]++;
                    },
                    () -> {
                        log.add("end " + key);
                        missed[key] = true;
                        journal.end(key);
                        underWay[key]--;
                    });
        }

        Script clear() {
            return new Script(() -> {
                log.add("all change");
                journal.addAll();
                Arrays.fill(missed, true);
            });
        }

        /** Changes one key in one step. */
        Script one() {
            return new Script(() -> {
                log.add("change 0");
                journal.begin(0);
                missed[0] = true;
                journal.end(0);
            });
        }

        /** As {@link Recovery}: first all, if all are missed, then keys. */
        Script recovery(boolean succeeds) {
            boolean[] clears = new boolean[1];
            List<Map<Integer, Long>> idle = new ArrayList<>(List.of(Collections.emptyMap()));
            return new Script(
                    () -> {
                        clears[0] = journal.hasAll();
                        if (clears[0]) {
                            log.add("clear begins");
                            journal.beginClear();
                        }
                    },
                    () -> {
                        if (clears[0] && succeeds) {
                            log.add("Redis forgets all");
                            Arrays.fill(missed, false);
                        }
                    },
                    () -> {
                        if (clears[0]) {
                            log.add("clear ends " + succeeds);
                            journal.endClear(succeeds);
                        }
                    },
                    () -> {
                        idle.set(0, journal.idle(10));
                        log.add("idle " + idle.get(0));
                    },
                    () -> {
                        log.add("Redis forgets " + idle.get(0).keySet());
                        idle.get(0).keySet().forEach(key -> missed[key] = false);
                    },
                    () -> log.add("voided " + journal.voided(idle.get(0))));
        }

        /** Voids one key on behalf of one who needs it. */
        Script voids(int key) {
            List<Map<Integer, Long>> idle = new ArrayList<>(List.of(Collections.emptyMap()));
            return new Script(
                    () -> {
                        idle.set(0, journal.idle(key));
                        log.add("by the way, idle " + idle.get(0));
                    },
                    () -> {
                        idle.get(0).keySet().forEach(each -> missed[each] = false);
                        log.add("by the way, voided " + journal.voided(idle.get(0)));
                    });
        }

        void check() {
            for (int key = 0; key < missed.length; key++) {
                if ((missed[key] || underWay[key] > 0) && !journal.has(key)) {
                    throw new AssertionError("a change of " + key + " is lost, " + name + ": " + log);
                }
                if (journal.isEmpty() && journal.has(key)) {
                    throw new AssertionError("it is empty and has " + key + ", " + name + ": " + log);
                }
            }
        }

        /** When all have ended, a recovery or two leave nothing. */
        void finish() {
            for (int i = 0; i < 2; i++) {
                Script last = recovery(true);
                while (!last.isOver()) {
                    last.step();
                    check();
                }
            }
            assertTrue(journal.isEmpty(), () -> name + ": " + log);
            assertEquals(0, journal.size());
            assertFalse(journal.hasAll());
        }
    }
}
