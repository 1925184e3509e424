package io.github.tieredjcache.jcache;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import javax.cache.CacheException;

/**
 * The threads of one manager: for {@code loadAll} and asynchronous listeners, which are users' code; for what the library itself has to
 * do, which never waits for that; and for work at intervals.
 *
 * <p>All are daemons, none exists before it is needed or long after, and none is left after {@link #close}. Tasks wait in
 * a queue of at most {@value #TASKS_MAX}.
 */
final class ManagerExecutors implements Executor, AutoCloseable {
    private static final System.Logger LOG = System.getLogger("io.github.tieredjcache");
    private static final int TASKS_MAX = 10_000;
    private static final int UPKEEP_WORKERS = 2;
    private static final int WORKERS = Math.max(4, Runtime.getRuntime().availableProcessors());

    /** How long the closing waits for tasks that run: a container looks for threads right after it. */
    private static final Duration CLOSE_WAIT = Duration.ofSeconds(2);

    private final Set<Worker> running = ConcurrentHashMap.newKeySet();
    private final LoadThreads loadThreads;
    private final ThreadPoolExecutor workers;
    private final ThreadPoolExecutor upkeep;
    private final ScheduledThreadPoolExecutor timer;

    ManagerExecutors(ClassLoader loader) {
        AtomicInteger number = new AtomicInteger();
        ThreadFactory threads = task -> {
            Worker thread = new Worker(this, task, "tiered-jcache-" + number.incrementAndGet());
            running.removeIf(each -> each.getState() == Thread.State.TERMINATED);
            running.add(thread);
            thread.setDaemon(true);
            // The caller's own loader may be of another application.
            thread.setContextClassLoader(loader);
            return thread;
        };
        workers = pool(WORKERS, threads);
        upkeep = pool(UPKEEP_WORKERS, threads);
        loadThreads = new LoadThreads(loader, threads);
        timer = new ScheduledThreadPoolExecutor(1, threads);
        timer.setKeepAliveTime(10, TimeUnit.SECONDS);
        timer.allowCoreThreadTimeOut(true);
        timer.setRemoveOnCancelPolicy(true);
    }

    private static ThreadPoolExecutor pool(int size, ThreadFactory threads) {
        ThreadPoolExecutor pool =
                new ThreadPoolExecutor(size, size, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(TASKS_MAX), threads);
        pool.allowCoreThreadTimeOut(true);
        return pool;
    }

    /**
     * Runs a task that may call users' code soon.
     *
     * @throws RejectedExecutionException if too many wait already, or after {@link #close}
     */
    @Override
    public void execute(Runnable task) {
        workers.execute(task);
    }

    /**
     * Runs a load soon; if this closes before, its listener is told.
     *
     * @throws CacheException if too many tasks wait already, or after {@link #close}
     */
    void load(LoadAllTask load) {
        try {
            workers.execute(load);
        } catch (RejectedExecutionException e) {
            throw new CacheException(
                    workers.isShutdown()
                            ? "the cache manager is closed"
                            : "loadAll was refused: " + TASKS_MAX + " tasks wait already",
                    e);
        }
    }

    /** Returns the threads for loads that their callers do not run. */
    LoadThreads loadThreads() {
        return loadThreads;
    }

    /**
     * Runs a task of the library soon, which calls no code of users, but may wait for Redis.
     *
     * @throws RejectedExecutionException as {@link #execute}
     */
    void upkeep(Runnable task) {
        upkeep.execute(task);
    }

    /** As {@link #every}, of a task as {@link #upkeep} runs it; one run ends before the next begins. */
    AutoCloseable upkeepEvery(Duration interval, Runnable task) {
        return upkeepEvery(interval, () -> true, task);
    }

    /**
     * As above, of a task that no thread is woken for when there is nothing to do.
     *
     * @param isDue must not block
     */
    AutoCloseable upkeepEvery(Duration interval, BooleanSupplier isDue, Runnable task) {
        AtomicBoolean runs = new AtomicBoolean();
        Runnable run = () -> {
            try {
                contained(task);
            } finally {
                runs.set(false);
            }
        };
        return every(interval, () -> {
            if (isDue.getAsBoolean() && runs.compareAndSet(false, true)) {
                try {
                    upkeep(run);
                } catch (RejectedExecutionException e) {
                    runs.set(false);
                    throw e;
                }
            }
        });
    }

    /** Runs a task again and again, whatever it throws, until the result is closed; it must not block for long. */
    AutoCloseable every(Duration interval, Runnable task) {
        ScheduledFuture<?> scheduled = timer.scheduleWithFixedDelay(
                () -> contained(task), interval.toMillis(), interval.toMillis(), TimeUnit.MILLISECONDS);
        return () -> scheduled.cancel(false);
    }

    private static void contained(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException | Error e) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "work at intervals failed and is tried again; if it goes on, please report what follows",
                    e);
        }
    }

    /** Begins no more tasks, and waits a bounded time for those that run; not if one of them closes this. */
    @Override
    public void close() {
        timer.shutdownNow();
        loadThreads.close();
        workers.shutdown();
        upkeep.shutdown();
        upkeep.getQueue().clear();
        List<Runnable> waiting = new ArrayList<>();
        workers.getQueue().drainTo(waiting);
        for (Runnable each : waiting) {
            if (each instanceof LoadAllTask load) {
                load.abandon();
            }
        }
        if (!(Thread.currentThread() instanceof Worker worker && worker.of == this)) {
            awaitEnd();
        }
    }

    /** Waits for the threads themselves: that of a pool which has ended may still be about to end. */
    private void awaitEnd() {
        long deadline = System.nanoTime() + CLOSE_WAIT.toNanos();
        try {
            for (Worker each : running) {
                long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
                if (left > 0) {
                    each.join(left);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static final class Worker extends Thread {
        private final ManagerExecutors of;

        Worker(ManagerExecutors of, Runnable task, String name) {
            // Without the creating thread's inheritable locals: they may be another application's.
            super(null, task, name, 0, false);
            this.of = of;
        }
    }
}
