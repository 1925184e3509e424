package io.github.tieredjcache.internal.assembly;

import java.util.List;

/**
 * Runs some of the tasks of a cache's upkeep at a time, so that a cache with many partitions costs few commands while
 * there is nothing to do. Used by one thread at a time.
 */
final class UpkeepRounds {
    /** In how many rounds each task has its turn. */
    private static final int ROUNDS = 6;

    private final List<Runnable> tasks;
    private int round;

    /** Creates the rounds of tasks, of which there is at least one. */
    UpkeepRounds(List<Runnable> tasks) {
        this.tasks = List.copyOf(tasks);
    }

    /** Runs the tasks whose turn it is; a single task has its turn in each round. */
    synchronized void next() {
        int rounds = Math.min(ROUNDS, tasks.size());
        for (int i = round; i < tasks.size(); i += rounds) {
            tasks.get(i).run();
        }
        round = (round + 1) % rounds;
    }
}
