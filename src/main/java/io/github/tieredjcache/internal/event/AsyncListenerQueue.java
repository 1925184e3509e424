package io.github.tieredjcache.internal.event;

import java.util.ArrayDeque;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The letters that one asynchronous listener has not read yet: in order, one at a time, at most {@value #LETTERS_MAX}.
 *
 * <p>Beyond that the oldest are dropped and counted: a listener that hangs must not fill the memory.
 */
final class AsyncListenerQueue<T> {
    static final int LETTERS_MAX = 10_000;
    private static final System.Logger LOG = System.getLogger("io.github.tieredjcache.event");

    private final ArrayDeque<T> letters = new ArrayDeque<>();
    private final ReentrantLock lock = new ReentrantLock();
    private final String cacheName;
    private final Consumer<T> reader;
    private final Executor executor;
    private final Runnable onDrop;
    private final LongAdder dropped = new LongAdder();
    private final LongAdder failed = new LongAdder();
    // Guarded by the lock: whether a task that reads has been handed to the executor and has not ended.
    private boolean reading;
    // Guarded by the lock.
    private boolean closed;

    /**
     * Creates an empty one.
     *
     * @param cacheName named in the log
     * @param onDrop runs for each letter that is dropped; must not block
     */
    AsyncListenerQueue(String cacheName, Consumer<T> reader, Executor executor, Runnable onDrop) {
        this.cacheName = cacheName;
        this.reader = reader;
        this.executor = executor;
        this.onDrop = onDrop;
    }

    void post(T letter) {
        boolean start;
        lock.lock();
        try {
            if (closed) {
                return;
            }
            if (letters.size() == LETTERS_MAX) {
                letters.removeFirst();
                drop();
            }
            letters.addLast(letter);
            start = !reading;
            reading = true;
        } finally {
            lock.unlock();
        }
        if (start) {
            start();
        }
    }

    /** Throws the unread letters away and takes no more; one that is being read is read to its end. */
    void close() {
        lock.lock();
        try {
            closed = true;
            letters.clear();
        } finally {
            lock.unlock();
        }
    }

    long dropped() {
        return dropped.sum();
    }

    private void start() {
        try {
            executor.execute(this::readAll);
        } catch (RejectedExecutionException e) {
            // No thread for it now: the letters wait for the next one that is posted.
            lock.lock();
            try {
                reading = false;
            } finally {
                lock.unlock();
            }
        }
    }

    private void readAll() {
        for (T letter = next(); letter != null; letter = next()) {
            try {
                reader.accept(letter);
            } catch (RuntimeException | Error e) {
                // An Error, too, must not end the reading: nobody would begin it again.
                failed.increment();
                if (failed.sum() == 1) {
                    LOG.log(
                            System.Logger.Level.WARNING,
                            "an asynchronous listener of the cache '" + cacheName
                                    + "' threw; look at it: it goes on being called, and later failures are not logged",
                            e);
                }
            }
        }
    }

    private @Nullable T next() {
        lock.lock();
        try {
            T letter = letters.pollFirst();
            reading = letter != null;
            return letter;
        } finally {
            lock.unlock();
        }
    }

    private void drop() {
        onDrop.run();
        dropped.increment();
        if (dropped.sum() == 1) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "an asynchronous listener of the cache '" + cacheName + "' is " + LETTERS_MAX
                            + " events behind, and misses the oldest from now on; make it faster (counted as eventsDropped, not logged again)");
        }
    }
}
