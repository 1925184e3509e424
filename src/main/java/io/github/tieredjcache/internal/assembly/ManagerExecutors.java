package io.github.tieredjcache.internal.assembly;

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
 * The threads of one manager, in three pools: workers for {@code loadAll} and asynchronous listeners, which run users'
 * code; upkeep for tasks of the library, which so never wait for users' code; and a timer for periodic tasks.
 *
 * <p>All threads are daemons, start on demand, end when idle, and have ended after {@link #close}. Each queue holds at
 * most {@value #TASKS_MAX} tasks.
 */
public final class ManagerExecutors implements Executor, AutoCloseable {
    private static final System.Logger LOG = System.getLogger("io.github.tieredjcache");
    private static final int TASKS_MAX = 10_000;
    private static final int UPKEEP_WORKERS = 2;
    private static final int WORKERS = Math.max(4, Runtime.getRuntime().availableProcessors());

    /**
     * The maximum time that {@link #close} waits for running tasks: a container checks for leaked threads right after
     * it.
     */
    private static final Duration CLOSE_WAIT = Duration.ofSeconds(2);

    private final Set<Worker> running = ConcurrentHashMap.newKeySet();
    private final LoadThreads loadThreads;
    private final ThreadPoolExecutor workers;
    private final ThreadPoolExecutor upkeep;
    private final ScheduledThreadPoolExecutor timer;

    public ManagerExecutors(ClassLoader loader) {
        AtomicInteger number = new AtomicInteger();
        ThreadFactory threads = task -> {
            Worker thread = new Worker(this, task, "tiered-jcache-" + number.incrementAndGet());
            running.removeIf(each -> each.getState() == Thread.State.TERMINATED);
            running.add(thread);
            thread.setDaemon(true);
            // The context class loader of the submitting thread may belong to another application.
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
     * Submits a task that may call users' code.
     *
     * @throws RejectedExecutionException if {@value #TASKS_MAX} tasks wait already, or after {@link #close}
     */
    @Override
    public void execute(Runnable task) {
        workers.execute(task);
    }

    /**
     * Submits a {@code loadAll}. If the manager is closed before the load begins, its listener is notified.
     *
     * <p>A load that a listener submits on the last free worker is not queued: the listeners on all workers may wait for
     * their loads.
     *
     * @throws CacheException if {@value #TASKS_MAX} tasks wait already, or after {@link #close}
     */
    void load(LoadAllTask load) {
        if (isOwn(Thread.currentThread()) && workers.getActiveCount() == WORKERS) {
            loadThreads.execute(load);
            return;
        }
        try {
            workers.execute(load);
        } catch (RejectedExecutionException e) {
            throw new CacheException(
                    workers.isShutdown()
                            ? "the cache manager is closed"
                            : "loadAll was rejected: " + TASKS_MAX + " tasks of the cache manager wait already",
                    e);
        }
    }

    /** Returns the threads of loads that do not run on the threads of their callers. */
    LoadThreads loadThreads() {
        return loadThreads;
    }

    /**
     * Submits a task of the library, which must not call users' code, but may wait for Redis.
     *
     * @throws RejectedExecutionException as {@link #execute}
     */
    void upkeep(Runnable task) {
        upkeep.execute(task);
    }

    /** Runs a task of the library periodically in the upkeep pool, until the result is closed; runs never overlap. */
    AutoCloseable upkeepEvery(Duration interval, Runnable task) {
        return upkeepEvery(interval, () -> true, task);
    }

    /**
     * Runs a task of the library periodically in the upkeep pool, until the result is closed; runs never overlap.
     *
     * @param isDue whether the task has work, so that no thread starts without need; runs on the timer thread and must
     *     not block
     */
    AutoCloseable upkeepEvery(Duration interval, BooleanSupplier isDue, Runnable task) {
        AtomicBoolean isRunning = new AtomicBoolean();
        Runnable run = () -> {
            try {
                runLoggingFailures(task);
            } finally {
                isRunning.set(false);
            }
        };
        return every(interval, () -> {
            if (isDue.getAsBoolean() && isRunning.compareAndSet(false, true)) {
                try {
                    upkeep(run);
                } catch (RuntimeException | Error e) {
                    // Also when the process may have no more threads.
                    isRunning.set(false);
                    throw e;
                }
            }
        });
    }

    /**
     * Runs a task periodically on the timer thread, even if it throws, until the result is closed. The task must not
     * block for long.
     */
    public AutoCloseable every(Duration interval, Runnable task) {
        ScheduledFuture<?> scheduled = timer.scheduleWithFixedDelay(
                () -> runLoggingFailures(task), interval.toMillis(), interval.toMillis(), TimeUnit.MILLISECONDS);
        return () -> scheduled.cancel(false);
    }

    private static void runLoggingFailures(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException | Error e) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "a periodic task failed and is retried; if this repeats, please report the exception as a bug",
                    e);
        }
    }

    /**
     * Discards waiting tasks, and waits at most {@code CLOSE_WAIT} for running ones; a task that closes its own manager
     * does not wait.
     */
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
        if (!isOwn(Thread.currentThread())) {
            awaitEnd();
        }
    }

    private boolean isOwn(Thread thread) {
        return thread instanceof Worker worker && worker.owner == this;
    }

    /** Joins the threads, because a thread may still run shortly after its pool has terminated. */
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
        private final ManagerExecutors owner;

        Worker(ManagerExecutors owner, Runnable task, String name) {
            // Without inheritable thread locals: the creating thread may belong to another application.
            super(null, task, name, 0, false);
            this.owner = owner;
        }
    }
}
