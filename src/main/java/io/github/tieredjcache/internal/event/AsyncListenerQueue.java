package io.github.tieredjcache.internal.event;

import java.util.ArrayDeque;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The queue of events before one asynchronous listener: delivered in order, one at a time, at most {@value
 * #EVENTS_MAX}.
 *
 * <p>Beyond that the oldest events are dropped and counted: a listener that hangs must not fill the memory.
 */
final class AsyncListenerQueue<T> {
    static final int EVENTS_MAX = 10_000;
    private static final System.Logger LOG = System.getLogger("io.github.tieredjcache.event");

    private final ArrayDeque<T> events = new ArrayDeque<>();
    private final ReentrantLock lock = new ReentrantLock();
    private final String cacheName;
    private final Consumer<T> listener;
    private final Executor executor;
    private final Runnable onDrop;
    private final AtomicBoolean hasFailed = new AtomicBoolean();
    // Guarded by the lock.
    private boolean hasDropped;
    // Guarded by the lock: whether a delivering task has been handed to the executor and has not ended.
    private boolean delivering;
    // Guarded by the lock.
    private boolean closed;

    /**
     * Creates an empty queue.
     *
     * @param cacheName named in the log
     * @param onDrop runs for each dropped event; must not block
     */
    AsyncListenerQueue(String cacheName, Consumer<T> listener, Executor executor, Runnable onDrop) {
        this.cacheName = cacheName;
        this.listener = listener;
        this.executor = executor;
        this.onDrop = onDrop;
    }

    void add(T event) {
        boolean start;
        lock.lock();
        try {
            if (closed) {
                return;
            }
            if (events.size() == EVENTS_MAX) {
                events.removeFirst();
                drop();
            }
            events.addLast(event);
            start = !delivering;
            delivering = true;
        } finally {
            lock.unlock();
        }
        if (start) {
            start();
        }
    }

    /** Discards the queued events and accepts no more; an event that is being delivered is not interrupted. */
    void close() {
        lock.lock();
        try {
            closed = true;
            events.clear();
        } finally {
            lock.unlock();
        }
    }

    private void start() {
        try {
            executor.execute(this::deliverAll);
        } catch (RejectedExecutionException | OutOfMemoryError e) {
            // No thread is free, or the process may have no more: the events wait for the next one that is added.
            lock.lock();
            try {
                delivering = false;
            } finally {
                lock.unlock();
            }
        }
    }

    private void deliverAll() {
        for (T event = next(); event != null; event = next()) {
            try {
                listener.accept(event);
            } catch (Throwable e) {
                // An Error must not end the delivery either: no later event would restart it.
                if (hasFailed.compareAndSet(false, true)) {
                    LOG.log(
                            System.Logger.Level.WARNING,
                            "an asynchronous listener of cache '" + cacheName
                                    + "' threw; it still receives later events, its later failures are not "
                                    + "logged; fix the listener",
                            e);
                }
            }
        }
    }

    private @Nullable T next() {
        lock.lock();
        try {
            T event = events.pollFirst();
            delivering = event != null;
            return event;
        } finally {
            lock.unlock();
        }
    }

    private void drop() {
        onDrop.run();
        if (!hasDropped) {
            hasDropped = true;
            LOG.log(
                    System.Logger.Level.WARNING,
                    "an asynchronous listener of cache '" + cacheName + "' is " + EVENTS_MAX
                            + " events behind; the oldest events are dropped from now on; make the listener "
                            + "faster (counted as eventsDropped, not logged again)");
        }
    }
}
