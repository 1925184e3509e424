package io.github.tieredjcache.internal.remote.tracking;

import io.github.tieredjcache.internal.remote.wire.EntryKey;
import io.github.tieredjcache.internal.remote.wire.RedisKey;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * Lets one thread, its creator, wait for an invalidation of one Redis key, from {@code TrackedKeys.listen} until it is
 * closed.
 *
 * <p>An invalidation that arrives between two waits is not lost: the next wait ends at once.
 */
public final class InvalidationWaiter implements AutoCloseable {
    private final RedisKey key;
    private final Consumer<InvalidationWaiter> onClose;
    private final Thread waitingThread = Thread.currentThread();
    private volatile boolean arrived;

    InvalidationWaiter(RedisKey key, Consumer<InvalidationWaiter> onClose) {
        this.key = key;
        this.onClose = onClose;
    }

    /** Returns whether this waits for the Redis key of the entry. */
    public boolean waitsFor(EntryKey entryKey) {
        return key.equals(new RedisKey(entryKey.bytes()));
    }

    /** Wakes the waiting thread because the key may have changed. Called on any thread; does not block. */
    void arrive() {
        arrived = true;
        LockSupport.unpark(waitingThread);
    }

    /** Returns whether an invalidation has arrived since the creation or the last {@link #rearm}. */
    boolean hasArrived() {
        return arrived;
    }

    /** Discards the invalidations that have arrived. Call it before the key is read again. */
    public void rearm() {
        arrived = false;
    }

    /**
     * Waits for an invalidation, at most the given time. Returns early if the thread is interrupted, and keeps its
     * interrupt flag.
     */
    public void await(long nanos) {
        long deadlineNanos = System.nanoTime() + nanos;
        for (long left = nanos; !arrived && left > 0 && !waitingThread.isInterrupted(); ) {
            LockSupport.parkNanos(this, left);
            left = deadlineNanos - System.nanoTime();
        }
    }

    @Override
    public void close() {
        onClose.accept(this);
    }
}
