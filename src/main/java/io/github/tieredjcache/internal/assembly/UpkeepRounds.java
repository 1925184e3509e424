package io.github.tieredjcache.internal.assembly;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Runs some of the tasks of a cache's upkeep at a time, so that a cache with many partitions costs few commands while
 * there is nothing to do. Safe for use by many threads.
 */
final class UpkeepRounds {
    /** In how many rounds each task has its turn. */
    private static final int ROUNDS = 6;

    private final List<Runnable> tasks;
    private final AtomicInteger next = new AtomicInteger();

    /** Creates the rounds of tasks, of which there is at least one. */
    UpkeepRounds(List<Runnable> tasks) {
        this.tasks = List.copyOf(tasks);
    }

    /** Runs the tasks whose turn it is; a single task has its turn in each round. */
    void next() {
        int rounds = Math.min(ROUNDS, tasks.size());
        int round = next.getAndUpdate(last -> (last + 1) % rounds);
        for (int i = round; i < tasks.size(); i += rounds) {
            tasks.get(i).run();
        }
    }
}
