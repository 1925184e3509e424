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
 * Where loads run that their callers do not run. A load may need another one: it does not wait for a thread that only its own end
 * would free. One that it begins runs on its own thread; and while it waits for one that somebody else has begun, spare threads run the
 * loads that are queued behind it.
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
     * Returns an executor that knows of its own threads only.
     *
     * @param threads in which no load is queued
     */
    public static LoadExecutor of(Executor threads) {
        return new LoadExecutor(threads, threads, new State());
    }

    /** Returns one with other threads that may be the same: an executor can serve several caches. */
    public LoadExecutor with(Executor others) {
        return new LoadExecutor(others, spare, state);
    }

    /**
     * Runs a load soon.
     *
     * @throws RejectedExecutionException if the threads refuse it
     */
    void execute(Runnable load) {
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
            runQueuedElsewhere();
        }
    }

    /** Returns whether the current thread runs a load. */
    boolean isLoadingHere() {
        return state.loading.contains(Thread.currentThread());
    }

    /** Waits for the load of another thread; meanwhile those that are queued behind the current thread run elsewhere. */
    <T extends @Nullable Object> T whileOthersLoad(Supplier<T> othersEnd) {
        if (!isLoadingHere()) {
            return othersEnd.get();
        }
        state.waiting.incrementAndGet();
        try {
            runQueuedElsewhere();
            return othersEnd.get();
        } finally {
            state.waiting.decrementAndGet();
        }
    }

    private void runQueuedElsewhere() {
        if (threads == spare || state.queued.isEmpty()) {
            return;
        }
        try {
            spare.execute(state::runQueued);
        } catch (RejectedExecutionException e) {
            // So many loads run that these wait, for as long as their callers do.
        }
    }

    /** What is known of all threads that may be the same. */
    private static final class State {
        private final Set<Thread> loading = ConcurrentHashMap.newKeySet();
        // Weak: what the threads drop is dropped here.
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

    /** A load that runs once, on the thread that comes first. */
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
