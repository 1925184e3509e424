package io.github.tieredjcache.internal.near;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import javax.cache.CacheException;
import org.jspecify.annotations.Nullable;

/**
 * The locks of this node, one a key: a thread that needs exclusive access to a key queues here first, in the order of
 * arrival.
 *
 * <p>An unlocked key goes to the thread that has waited longest. The holder may also hand the key over to that thread
 * together with a batch that it has begun, if the thread came to join. A queue exists only while a thread has the key
 * or waits for it. Waiting is bounded. No monitors are used, so a virtual thread that waits does not pin its carrier.
 *
 * @param <K> the type of the keys
 * @param <B> the type of the batches that holders hand over
 */
public final class KeyLocks<K, B> {
    private final ConcurrentHashMap<K, KeyQueue<B>> queues = new ConcurrentHashMap<>();
    private final long waitMaxNanos;

    /**
     * Creates a set of locks, all free.
     *
     * @param waitMaxNanos how long a thread waits for a key at most
     */
    public KeyLocks(long waitMaxNanos) {
        this.waitMaxNanos = waitMaxNanos;
    }

    /**
     * Locks a key.
     *
     * @throws CacheException if this thread has the key already, if the wait exceeds its bound, or on interruption
     */
    public void lock(K key) {
        B unused = lock(key, false);
    }

    /**
     * Locks a key, as {@link #lock}, but also accepts a batch that the holder hands over with it.
     *
     * @return the batch that was handed over with the key; null if there was none
     */
    public @Nullable B lockOrJoin(K key) {
        return lock(key, true);
    }

    private @Nullable B lock(K key, boolean joins) {
        refuseReentry(key);
        Waiter<B> waiter = new Waiter<>(joins);
        queues.compute(key, (k, queue) -> {
            if (queue == null) {
                waiter.granted = true;
                return new KeyQueue<>(waiter.thread);
            }
            queue.waiting.add(waiter);
            return queue;
        });
        if (!waiter.granted) {
            await(key, waiter);
        }
        return waiter.handedOver;
    }

    private void await(K key, Waiter<B> waiter) {
        long deadlineNanos = System.nanoTime() + waitMaxNanos;
        for (long left = waitMaxNanos; !waiter.granted; left = deadlineNanos - System.nanoTime()) {
            boolean interrupted = waiter.thread.isInterrupted();
            if ((interrupted || left <= 0) && leaveQueue(key, waiter)) {
                throw interrupted
                        ? new CacheException("interrupted while waiting for exclusive access to the key " + key)
                        : new CacheException("gave up on the key " + key + " after waiting "
                                + TimeUnit.NANOSECONDS.toMillis(waitMaxNanos)
                                + " ms for exclusive access; another thread's entry processor or writer holds it"
                                + " (see write.wait)");
            }
            LockSupport.parkNanos(this, Math.max(0, left));
        }
    }

    /** Returns whether the thread has left the queue; false if it was granted the key in the meantime. */
    private boolean leaveQueue(K key, Waiter<B> waiter) {
        queues.computeIfPresent(key, (k, queue) -> {
            queue.waiting.remove(waiter);
            return queue;
        });
        return !waiter.granted;
    }

    /** Locks a key once more that this thread has; each call takes one more {@link #unlock}. */
    void lockAgain(K key) {
        queues.compute(key, (k, queue) -> {
            KeyQueue<B> queueOfHolder = requireHolder(key, queue);
            queueOfHolder.locks++;
            return queueOfHolder;
        });
    }

    /** Unlocks a key that this thread has. */
    public void unlock(K key) {
        queues.compute(key, (k, queue) -> {
            KeyQueue<B> queueOfHolder = requireHolder(key, queue);
            if (queueOfHolder.locks > 1) {
                queueOfHolder.locks--;
                return queueOfHolder;
            }
            queueOfHolder.holder = null;
            Waiter<B> next = queueOfHolder.waiting.poll();
            return next == null ? null : queueOfHolder.grantTo(next, null);
        });
    }

    /** Marks the joining threads that wait by now, and no later ones, to receive the batch that this thread begins. */
    public void admit(K key) {
        queues.compute(key, (k, queue) -> {
            KeyQueue<B> queueOfHolder = requireHolder(key, queue);
            queueOfHolder.waiting.forEach(each -> each.admitted = each.joins);
            return queueOfHolder;
        });
    }

    /**
     * Hands a key that this thread has over to the thread that waits next, if that thread was admitted.
     *
     * @param begun the batch that is handed over with the key
     * @return whether the key was handed over; if not, this thread still has it
     */
    public boolean handOver(K key, B begun) {
        boolean[] done = new boolean[1];
        queues.compute(key, (k, queue) -> {
            KeyQueue<B> queueOfHolder = requireHolder(key, queue);
            Waiter<B> next = queueOfHolder.waiting.peek();
            if (next != null && next.admitted) {
                queueOfHolder.waiting.remove();
                queueOfHolder.grantTo(next, begun);
                done[0] = true;
            }
            return queueOfHolder;
        });
        return done[0];
    }

    private KeyQueue<B> requireHolder(K key, @Nullable KeyQueue<B> queue) {
        if (queue == null || queue.holder != Thread.currentThread()) {
            throw new IllegalMonitorStateException("not locked by this thread: " + key);
        }
        return queue;
    }

    /** Returns whether another thread has the key. */
    public boolean isHeldByOther(K key) {
        KeyQueue<B> queue = queues.get(key);
        return queue != null && queue.holder != Thread.currentThread();
    }

    /** Returns whether this thread has the key. */
    public boolean isHeldByMe(K key) {
        KeyQueue<B> queue = queues.get(key);
        return queue != null && queue.holder == Thread.currentThread();
    }

    /**
     * Checks that this thread does not hold the key.
     *
     * @throws CacheException if it does: an entry processor or writer mutates its own key
     */
    public void refuseReentry(K key) {
        if (isHeldByMe(key)) {
            throw new CacheException("an entry processor or cache writer must not change its own key " + key
                    + " through the cache; use the MutableEntry, or another key");
        }
    }

    /** The holder of one key and the threads that wait for it; changed inside the map's compute only. */
    private static final class KeyQueue<B> {
        private final Deque<Waiter<B>> waiting = new ArrayDeque<>();
        private volatile @Nullable Thread holder;
        private int locks = 1;

        KeyQueue(Thread holder) {
            this.holder = holder;
        }

        KeyQueue<B> grantTo(Waiter<B> next, @Nullable B handedOver) {
            holder = next.thread;
            next.handedOver = handedOver;
            next.granted = true;
            LockSupport.unpark(next.thread);
            return this;
        }
    }

    /** A thread that waits. */
    private static final class Waiter<B> {
        private final Thread thread = Thread.currentThread();
        private final boolean joins;
        // Guarded by the map's compute.
        private boolean admitted;
        // Written before granted, and read after it.
        private @Nullable B handedOver;
        private volatile boolean granted;

        Waiter(boolean joins) {
            this.joins = joins;
        }
    }
}
