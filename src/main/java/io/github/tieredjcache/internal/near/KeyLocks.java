package io.github.tieredjcache.internal.near;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import javax.cache.CacheException;
import org.jspecify.annotations.Nullable;

/**
 * This node's queue before each key: who mutates under exclusive access waits here first, in the order of arrival.
 *
 * <p>A key that is unlocked goes to the thread that has waited longest. The holder may also hand it to that thread together with
 * what it has begun, if the thread came to join. A line exists only while somebody has the key or waits for it. Waiting is
 * bounded. Nothing in here is a monitor, so a virtual thread that waits does not pin its carrier.
 *
 * @param <K> the type of the keys
 * @param <B> what a holder hands on
 */
public final class KeyLocks<K, B> {
    private final ConcurrentHashMap<K, Line<B>> lines = new ConcurrentHashMap<>();
    private final long waitMaxNanos;

    /**
     * Creates a set of locks that nobody holds.
     *
     * @param waitMaxNanos how long a thread waits for a key at most
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
        B unused = lock(key, false);
    }

    /**
     * Locks a key, as {@link #lock}, but also takes part in what the holder has begun, if that hands it on.
     *
     * @return what was handed on with the key; null if the key was free
     */
    public @Nullable B lockOrJoin(K key) {
        return lock(key, true);
    }

    private @Nullable B lock(K key, boolean joins) {
        refuseReentry(key);
        Waiter<B> mine = new Waiter<>(joins);
        lines.compute(key, (k, line) -> {
            if (line == null) {
                mine.granted = true;
                return new Line<>(mine.thread);
            }
            line.waiting.add(mine);
            return line;
        });
        if (!mine.granted) {
            await(key, mine);
        }
        return mine.handedOn;
    }

    private void await(K key, Waiter<B> mine) {
        long deadlineNanos = System.nanoTime() + waitMaxNanos;
        for (long left = waitMaxNanos; !mine.granted; left = deadlineNanos - System.nanoTime()) {
            boolean interrupted = mine.thread.isInterrupted();
            if ((interrupted || left <= 0) && leaves(key, mine)) {
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

    /** Returns whether the thread has left the line; false if it has been given the key in the meantime. */
    private boolean leaves(K key, Waiter<B> mine) {
        lines.computeIfPresent(key, (k, line) -> {
            line.waiting.remove(mine);
            return line;
        });
        return !mine.granted;
    }

    /** Unlocks a key that this thread has. */
    public void unlock(K key) {
        lines.compute(key, (k, line) -> {
            requireHolder(key, line).holder = null;
            Waiter<B> next = line.waiting.poll();
            return next == null ? null : line.givenTo(next, null);
        });
    }

    /** Lets those who have come to join by now, and no later ones, be handed what this thread begins. */
    public void admit(K key) {
        lines.compute(key, (k, line) -> {
            Line<B> held = requireHolder(key, line);
            held.waiting.forEach(each -> each.admitted = each.joins);
            return held;
        });
    }

    /**
     * Hands a key that this thread has to the thread that waits next, if that was admitted.
     *
     * @param begun what is handed on with it
     * @return whether that was done; if not, this thread has the key still
     */
    public boolean handOn(K key, B begun) {
        boolean[] done = new boolean[1];
        lines.compute(key, (k, line) -> {
            Line<B> held = requireHolder(key, line);
            Waiter<B> next = held.waiting.peek();
            if (next != null && next.admitted) {
                held.waiting.remove();
                held.givenTo(next, begun);
                done[0] = true;
            }
            return held;
        });
        return done[0];
    }

    private Line<B> requireHolder(K key, @Nullable Line<B> line) {
        if (line == null || line.holder != Thread.currentThread()) {
            throw new IllegalMonitorStateException("not locked by this thread: " + key);
        }
        return line;
    }

    /** Returns whether another thread has the key. */
    public boolean isHeldByOther(K key) {
        Line<B> line = lines.get(key);
        return line != null && line.holder != Thread.currentThread();
    }

    /** Returns whether this thread has the key. */
    public boolean isHeldByMe(K key) {
        Line<B> line = lines.get(key);
        return line != null && line.holder == Thread.currentThread();
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

    /** Who has one key and who waits for it; changed inside the map's compute only. */
    private static final class Line<B> {
        private final Deque<Waiter<B>> waiting = new ArrayDeque<>();
        private volatile @Nullable Thread holder;

        Line(Thread holder) {
            this.holder = holder;
        }

        Line<B> givenTo(Waiter<B> next, @Nullable B handedOn) {
            holder = next.thread;
            next.handedOn = handedOn;
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
        private @Nullable B handedOn;
        private volatile boolean granted;

        Waiter(boolean joins) {
            this.joins = joins;
        }
    }
}
