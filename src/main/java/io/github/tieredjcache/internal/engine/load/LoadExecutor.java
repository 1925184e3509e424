package io.github.tieredjcache.internal.engine.load;

import java.util.Collections;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Runs loads that do not run on their callers' threads. A load may need another load, and must not wait for a thread
 * that only its own end would free. So a load that it begins runs on its own thread; and while it waits for a load of
 * another thread, spare threads run the loads that are queued behind it.
 */
public final class LoadExecutor {
    private final Executor threads;
    private final Executor spare;
    private final State state;

    private LoadExecutor(Executor threads, Executor spare, State state) {
        this.threads = threads;
        this.spare = spare;
        this.state = state;
    }

    /**
     * Returns an executor without spare threads.
     *
     * @param threads an executor that queues no loads
     */
    public static LoadExecutor of(Executor threads) {
        return new LoadExecutor(threads, threads, new State());
    }

    /**
     * Returns an executor with other threads and the same bookkeeping: one executor can serve several caches, so the
     * threads may be the same.
     */
    public LoadExecutor with(Executor others) {
        return new LoadExecutor(others, spare, state);
    }

    /**
     * Runs a load soon.
     *
     * @throws RejectedExecutionException if the threads refuse it
     */
    public void execute(Runnable load) {
        Queued queued = new Queued(load, state);
        state.queued.add(queued);
        try {
            threads.execute(queued);
        } catch (RejectedExecutionException e) {
            if (queued.take()) {
                throw e;
            }
        }
        if (state.waiting.get() > 0) {
            runQueuedOnSpare();
        }
    }

    /** Runs a call of a loader on this thread. */
    <T extends @Nullable Object> T inLoader(Supplier<T> call) {
        boolean outermost = state.inLoader.add(Thread.currentThread());
        try {
            return call.get();
        } finally {
            if (outermost) {
                state.inLoader.remove(Thread.currentThread());
            }
        }
    }

    /**
     * Runs a {@code loadAll} on a spare thread, or else on this one, if a loader has called it on this thread: in a queue
     * it could wait for the load whose loader waits for it.
     *
     * @return whether a loader has called it
     */
    public boolean executeIfNested(Runnable loadAll) {
        if (!state.inLoader.contains(Thread.currentThread())) {
            return false;
        }
        try {
            spare.execute(loadAll);
        } catch (RejectedExecutionException e) {
            loadAll.run();
        }
        return true;
    }

    /** Returns whether the current thread runs a load. */
    boolean isLoadThread() {
        return state.loading.contains(Thread.currentThread());
    }

    /**
     * Waits for the load of another thread; meanwhile the loads that are queued behind the current thread run on spare
     * threads.
     */
    <T extends @Nullable Object> T whileOthersLoad(Supplier<T> wait) {
        if (!isLoadThread()) {
            return wait.get();
        }
        state.waiting.incrementAndGet();
        try {
            runQueuedOnSpare();
            return wait.get();
        } finally {
            state.waiting.decrementAndGet();
        }
    }

    private void runQueuedOnSpare() {
        if (threads == spare || state.queued.isEmpty()) {
            return;
        }
        try {
            spare.execute(state::runQueued);
        } catch (RejectedExecutionException e) {
            // All spare threads are busy: the queued loads wait, at most as long as their callers wait.
        }
    }

    /** The bookkeeping for all threads that may be the same. */
    private static final class State {
        private final Set<Thread> loading = ConcurrentHashMap.newKeySet();
        private final Set<Thread> inLoader = ConcurrentHashMap.newKeySet();
        // Weak: loads that the threads discard disappear here, too.
        private final Set<Queued> queued = Collections.synchronizedSet(Collections.newSetFromMap(new WeakHashMap<>()));
        private final AtomicInteger waiting = new AtomicInteger();

        private void runQueued() {
            for (Queued next = any(); next != null && waiting.get() > 0; next = any()) {
                next.run();
            }
        }

        private @Nullable Queued any() {
            synchronized (queued) {
                for (Queued each : queued) {
                    return each;
                }
            }
            return null;
        }
    }

    /** A load that runs once, on the first thread that takes it. */
    private static final class Queued implements Runnable {
        private final Runnable load;
        private final State state;
        private final AtomicBoolean taken = new AtomicBoolean();

        private Queued(Runnable load, State state) {
            this.load = load;
            this.state = state;
        }

        private boolean take() {
            state.queued.remove(this);
            return taken.compareAndSet(false, true);
        }

        @Override
        public void run() {
            if (!take()) {
                return;
            }
            Thread me = Thread.currentThread();
            boolean outermost = state.loading.add(me);
            try {
                load.run();
            } finally {
                if (outermost) {
                    state.loading.remove(me);
                }
            }
        }
    }
}
