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
 * No change is ever lost: a key is in the journal while a change of it is in progress, and after a change until Redis
 * has removed the key. Checked in all orders of a few changes and a recovery, and in random orders of many.
 *
 * <p>Only one {@link Recovery} runs at a time; removals of single keys by callers overlap with it.
 */
@Covers({FaultRow.F25, FaultRow.F27, FaultRow.F28})
class RecoveryJournalModelTest {
    private static final int RANDOM_RUNS = 20_000;
    private static final int STEPS_OF_A_RUN = 60;
    private static final int KEYS = 4;

    @Test
    void noChangeIsLostInAnyOrderOfTwoChangesOfOneKeyAndARecovery() {
        assertEquals(
                83_160,
                allOrders(
                        1,
                        5,
                        run -> List.of(run.change(0), run.change(0), run.recovery(true), run.removalByCaller(0))));
    }

    @Test
    void noChangeIsLostInAnyOrderOfAnOverflowAndARecovery() {
        assertEquals(
                83_160,
                allOrders(2, 1, run -> List.of(run.change(0), run.change(1), run.change(0), run.recovery(true))));
    }

    @Test
    void noChangeIsLostInAnyOrderOfAClearAndChangesAndAFailedRecovery() {
        assertEquals(
                166_320,
                allOrders(
                        2,
                        3,
                        run -> List.of(run.change(0), run.change(1), run.clear(), run.recovery(false), run.one())));
    }

    @Test
    void noChangeIsLostInRandomOrdersOfChangesAndRecoveries() {
        long seed = Long.getLong("history.seed", System.nanoTime());
        Random random = new Random(seed);
        for (int i = 0; i < RANDOM_RUNS; i++) {
            randomRun(random, false, seed);
        }
    }

    @Test
    void noChangeIsLostInRandomOrdersWithRemovalsByCallers() {
        long seed = Long.getLong("history.seed", System.nanoTime());
        Random random = new Random(seed);
        for (int i = 0; i < RANDOM_RUNS; i++) {
            randomRun(random, true, seed);
        }
    }

    private static void randomRun(Random random, boolean withRemovals, long seed) {
        Run run = new Run(KEYS, 1 + random.nextInt(KEYS), "seed " + seed);
        List<Script> running = new ArrayList<>();
        Script recovery = run.recovery(true);
        for (int i = 0; i < STEPS_OF_A_RUN; i++) {
            int draw = random.nextInt(12);
            if (draw < 3) {
                running.add(run.change(random.nextInt(KEYS)));
            } else if (draw == 3 && random.nextInt(4) == 0) {
                running.add(run.clear());
            } else if (draw == 4 && withRemovals) {
                running.add(run.removalByCaller(random.nextInt(KEYS)));
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

    /** The scripts that run at the same time. */
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

    /** A journal, and a model of the keys of which Redis holds an old entry. */
    private static final class Run {
        private final RecoveryJournal<Integer> journal;
        private final String name;
        private final boolean[] unsettled;
        private final int[] inProgress;
        private final List<String> log = new ArrayList<>();

        Run(int keys, int capacity, String name) {
            this.journal = new RecoveryJournal<>(capacity);
            this.name = name;
            this.unsettled = new boolean[keys];
            this.inProgress = new int[keys];
        }

        /** The change is made at some time between its beginning and its end; the last moment is the worst. */
        Script change(int key) {
            return new Script(
                    () -> {
                        log.add("begin " + key);
                        journal.beginChange(key);
                        inProgress[key]++;
                    },
                    () -> {
                        log.add("end " + key);
                        unsettled[key] = true;
                        journal.endChange(key);
                        inProgress[key]--;
                    });
        }

        Script clear() {
            return new Script(() -> {
                log.add("all change");
                journal.addAll();
                Arrays.fill(unsettled, true);
            });
        }

        /** Changes one key in one step. */
        Script one() {
            return new Script(() -> {
                log.add("change 0");
                journal.beginChange(0);
                unsettled[0] = true;
                journal.endChange(0);
            });
        }

        /** The steps of {@link Recovery}: first a clear, if all keys are journaled, then single keys. */
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
                            log.add("Redis is cleared");
                            Arrays.fill(unsettled, false);
                        }
                    },
                    () -> {
                        if (clears[0]) {
                            log.add("clear ends " + succeeds);
                            journal.endClear(succeeds);
                        }
                    },
                    () -> {
                        idle.set(0, journal.idleKeys(10));
                        log.add("idle " + idle.get(0));
                    },
                    () -> {
                        log.add("Redis removes " + idle.get(0).keySet());
                        idle.get(0).keySet().forEach(key -> unsettled[key] = false);
                    },
                    () -> log.add("removed " + journal.markRemoved(idle.get(0))));
        }

        /** Removes one key for a caller that is about to use it. */
        Script removalByCaller(int key) {
            List<Map<Integer, Long>> idle = new ArrayList<>(List.of(Collections.emptyMap()));
            return new Script(
                    () -> {
                        idle.set(0, journal.idleKeys(key));
                        log.add("caller: idle " + idle.get(0));
                    },
                    () -> {
                        idle.get(0).keySet().forEach(each -> unsettled[each] = false);
                        log.add("caller: removed " + journal.markRemoved(idle.get(0)));
                    });
        }

        void check() {
            for (int key = 0; key < unsettled.length; key++) {
                if ((unsettled[key] || inProgress[key] > 0) && !journal.has(key)) {
                    throw new AssertionError("a change of " + key + " is lost, " + name + ": " + log);
                }
                if (journal.isEmpty() && journal.has(key)) {
                    throw new AssertionError("it is empty and has " + key + ", " + name + ": " + log);
                }
            }
        }

        /** Checks that two recoveries empty the journal when all scripts have ended. */
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
