package io.github.tieredjcache.internal.near;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import javax.cache.CacheException;

/**
 * This node's queue before each key: who mutates under exclusive access waits here first, in the order of arrival.
 *
 * <p>A lock exists only while somebody holds it or waits for it. Waiting is bounded. The locks are not monitors, so a
 * virtual thread that waits does not pin its carrier.
 *
 * @param <K> the type of the keys
 */
public final class KeyLocks<K> {
    private final ConcurrentHashMap<K, Queue> queues = new ConcurrentHashMap<>();
    private final long waitMaxNanos;

    /**
     * Creates a set of locks that nobody holds.
     *
     * @param waitMaxNanos how long {@link #lock} waits at most
     */
    public KeyLocks(long waitMaxNanos) {
        this.waitMaxNanos = waitMaxNanos;
    }

    /**
     * Locks a key.
     *
     * @throws CacheException if this thread has it already, if others kept it for too long, or on interruption
     */
    public void lock(K key) {
        refuseReentry(key);
        Queue queue = queues.compute(key, (k, current) -> {
            Queue joined = current == null ? new Queue() : current;
            joined.members++;
            return joined;
        });
        boolean locked = false;
        try {
            // Tried first without waiting: an interrupted thread, too, may take a key that nobody has.
            locked = queue.lock.tryLock() || queue.lock.tryLock(waitMaxNanos, TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CacheException("interrupted while waiting for exclusive access to the key " + key, e);
        } finally {
            if (!locked) {
                leave(key);
            }
        }
        if (!locked) {
            throw new CacheException("gave up on the key " + key + " after waiting "
                    + TimeUnit.NANOSECONDS.toMillis(waitMaxNanos)
                    + " ms for exclusive access; another thread's entry processor or writer holds it (see write.wait)");
        }
    }

    /** Unlocks a key that this thread has locked. */
    public void unlock(K key) {
        Queue queue = queues.get(key);
        if (queue == null) {
            throw new IllegalMonitorStateException("not locked: " + key);
        }
        queue.lock.unlock();
        leave(key);
    }

    /** Returns whether another thread has the key. */
    public boolean isHeldByOther(K key) {
        Queue queue = queues.get(key);
        return queue != null && queue.lock.isLocked() && !queue.lock.isHeldByCurrentThread();
    }

    /**
     * Checks that this thread does not hold the key.
     *
     * @throws CacheException if it does: an entry processor or writer mutates its own key
     */
    public void refuseReentry(K key) {
        Queue queue = queues.get(key);
        if (queue != null && queue.lock.isHeldByCurrentThread()) {
            throw new CacheException("an entry processor or cache writer must not change its own key " + key
                    + " through the cache; use the MutableEntry, or another key");
        }
    }

    private void leave(K key) {
        queues.computeIfPresent(key, (k, queue) -> --queue.members == 0 ? null : queue);
    }

    /** One key's lock and the number of those who hold it or wait for it, guarded by the map's compute. */
    private static final class Queue {
        private final ReentrantLock lock = new ReentrantLock(true);
        private int members;
    }
}
