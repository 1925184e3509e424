package io.github.tieredjcache.internal.remote.tracking;

import io.github.tieredjcache.internal.remote.wire.EntryKey;
import io.github.tieredjcache.internal.remote.wire.RedisKey;
import java.util.concurrent.locks.LockSupport;

/**
 * One thread's wait for a change of one Redis key. Listens from {@link TrackedKeys#listen} until it is closed.
 *
 * <p>A change that comes while the thread is about something else is not lost: the next wait ends at once.
 */
public final class InvalidationWaiter implements AutoCloseable {
    private final TrackedKeys trackedKeys;
    private final RedisKey key;
    private final Thread waitingThread = Thread.currentThread();
    private volatile boolean arrived;

    InvalidationWaiter(TrackedKeys trackedKeys, RedisKey key) {
        this.trackedKeys = trackedKeys;
        this.key = key;
    }

    /** Returns whether this is about the same Redis key. */
    public boolean isOf(EntryKey entryKey) {
        return key.equals(new RedisKey(entryKey.bytes()));
    }

    /** Says that the key may have changed; on any thread, does not block. */
    void arrive() {
        arrived = true;
        LockSupport.unpark(waitingThread);
    }

    /** Returns whether something has arrived since the beginning or since {@link #rearm}. */
    boolean hasArrived() {
        return arrived;
    }

    /** Forgets what has arrived; to be called before the key is looked at again. */
    public void rearm() {
        arrived = false;
    }

    /** Waits for a change, for so long at most; returns early if the thread is interrupted, which stays so. */
    public void await(long nanos) {
        long deadlineNanos = System.nanoTime() + nanos;
        for (long left = nanos; !arrived && left > 0 && !waitingThread.isInterrupted(); ) {
            LockSupport.parkNanos(this, left);
            left = deadlineNanos - System.nanoTime();
        }
    }

    @Override
    public void close() {
        trackedKeys.removeWaiter(key, this);
    }
}
