package io.github.tieredjcache.internal.engine.common;

import io.github.tieredjcache.LeaseLostException;
import io.github.tieredjcache.OutcomeUnknownException;
import io.github.tieredjcache.internal.model.Entry;
import io.github.tieredjcache.internal.model.Outcome;
import io.github.tieredjcache.internal.port.InterruptedChangeException;
import io.github.tieredjcache.internal.port.Lease;
import io.github.tieredjcache.internal.port.Lease.Prepared;
import io.github.tieredjcache.internal.port.TierOfRecord;
import io.github.tieredjcache.internal.support.NanoClock;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.UnaryOperator;
import javax.cache.CacheException;
import org.jspecify.annotations.Nullable;

/**
 * A batch of calls on one key that run one after another under one lease, each on its own thread, and are committed
 * together.
 *
 * <p>Each call sees the uncommitted result of the previous one, and returns once its own result is committed. That is
 * when the last call of the batch has ended. A caller that has waited a little for that commits the results so far: no
 * caller waits long for the user code of later calls, which may itself wait for that caller.
 *
 * @param <K> the type of the key
 * @param <V> the type of the value
 */
public final class InvocationBatch<K, V> {
    private static final int CALLS_MAX = 64;
    private static final long AGE_MAX_NANOS = TimeUnit.MILLISECONDS.toNanos(5);
    private static final long COMMIT_WAIT_NANOS = TimeUnit.MILLISECONDS.toNanos(5);
    private static final long NOTIFICATION_WAIT_MAX_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final K key;
    private final Lease<K, V> lease;
    private final TierOfRecord<K, V> record;
    private final NanoClock clock;
    private final long beganNanos;
    private final ReentrantLock state = new ReentrantLock();
    private final Condition changed = state.newCondition();

    // The entry in the tier of record; one thread at a time commits.
    private volatile @Nullable Entry<V> held;
    private volatile boolean overtaken;
    // Guarded by the state's lock; the first three are changed by the thread that holds the key only.
    private @Nullable Entry<V> entry;
    private int finished;
    private boolean ended;
    private CoalescedChange<V> pending = CoalescedChange.nothing();
    private int committed;
    private boolean committing;
    private int notified;
    private @Nullable Throwable failure;
    private @Nullable Thread failedThread;

    public InvocationBatch(K key, Lease<K, V> lease, TierOfRecord<K, V> record, NanoClock clock) {
        this.key = key;
        this.lease = lease;
        this.record = record;
        this.clock = clock;
        this.beganNanos = clock.nanos();
        this.held = lease.before();
        this.entry = held;
    }

    /** Returns the entry after the calls so far; for the thread that holds the key. */
    @Nullable
    public Entry<V> entry() {
        return entry;
    }

    /** Returns whether another call may take part; for the thread that holds the key. */
    public boolean acceptsAnother() {
        state.lock();
        try {
            return failure == null && !overtaken && finished < CALLS_MAX && clock.nanos() - beganNanos < AGE_MAX_NANOS;
        } finally {
            state.unlock();
        }
    }

    /**
     * Prepares the change of a call, before its writer is called; for the thread that holds the key.
     *
     * @throws CacheException as {@link Lease#prepare}; or if the changes of the previous calls, which this call has
     *     seen, could not be committed
     */
    public Prepared<V> prepare(@Nullable V value) {
        state.lock();
        try {
            if (failure != null) {
                throw copyOf(failure);
            }
        } finally {
            state.unlock();
        }
        return lease.prepare(value);
    }

    /**
     * Ends a call; for the thread that holds the key.
     *
     * @param change adds the change of this call to the uncommitted change of the previous calls
     * @param entryAfter the entry after the call
     * @return the number of the call, for {@link #awaitCommitted}
     */
    public int finish(UnaryOperator<CoalescedChange<V>> change, @Nullable Entry<V> entryAfter) {
        state.lock();
        try {
            entry = entryAfter;
            pending = change.apply(pending);
            finished++;
            if (!pending.isStored() && committed == finished - 1 && !committing) {
                // The call changed nothing and has seen nothing uncommitted, so it need not wait for a commit.
                committed = finished;
            }
            return finished;
        } finally {
            state.unlock();
        }
    }

    /**
     * Commits the pending change and releases the lease; for the thread that holds the key, after the last call. Does
     * not throw.
     */
    public void end() {
        state.lock();
        try {
            while (committing) {
                changed.awaitUninterruptibly();
            }
            ended = true;
            // After a failed commit the source may be ahead of the tier of record, so the entry is removed.
            commit(failure == null ? this::commitAndRelease : change -> lease.abandon());
        } finally {
            state.unlock();
        }
    }

    private void commitAndRelease(CoalescedChange<V> change) {
        switch (change.kind()) {
            case NOTHING -> lease.release();
            case TOUCH -> {
                lease.release();
                Entry<V> touched = held;
                if (touched != null) {
                    record.touch(key, touched, change.lifetimeNanos());
                }
            }
            case STORE, REMOVE -> {
                // A put that needs no lease may have overtaken the batch; then the batch happened just before the put.
                var unused = lease.commit(Objects.requireNonNull(change.prepared()), change.lifetimeNanos());
            }
        }
    }

    private void commitAndKeepLease(CoalescedChange<V> change) {
        Outcome<V> saved = lease.save(Objects.requireNonNull(change.prepared()), change.lifetimeNanos());
        held = saved.after();
        overtaken = !saved.applied();
    }

    /** Commits the pending change. Called with {@code state} locked, and unlocks it while it waits for Redis. */
    private void commit(Committing<V> how) {
        CoalescedChange<V> change = pending;
        int upTo = finished;
        pending = CoalescedChange.nothing();
        committing = true;
        state.unlock();
        Throwable thrown = null;
        try {
            how.commit(change);
        } catch (RuntimeException | Error e) {
            thrown = e;
        }
        state.lock();
        committing = false;
        if (thrown == null && failure == null) {
            committed = upTo;
        } else if (failure == null) {
            failure = thrown;
            failedThread = Thread.currentThread();
        }
        changed.signalAll();
    }

    /**
     * Waits until the change of a call is committed.
     *
     * @param call the number that {@link #finish} returned
     * @throws CacheException if the commit failed; then the change is in no tier, or its outcome is unknown
     */
    public void awaitCommitted(int call) {
        state.lock();
        try {
            long deadlineNanos = clock.nanos() + COMMIT_WAIT_NANOS;
            while (committed < call && failure == null) {
                long leftNanos = deadlineNanos - clock.nanos();
                if (committing || ended) {
                    changed.await();
                } else if (leftNanos > 0) {
                    long unused = changed.awaitNanos(leftNanos);
                } else if (pending.isStored()) {
                    commit(this::commitAndKeepLease);
                } else {
                    // A pending touch need not be awaited.
                    committed = finished;
                }
            }
            if (committed < call && failure != null) {
                throw failedThread == Thread.currentThread() ? thrown(failure) : copyOf(failure);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedChangeException(
                    "interrupted while waiting for the commit of an entry processor's change, whose outcome is unknown",
                    e);
        } finally {
            state.unlock();
        }
    }

    /**
     * Waits until the previous calls have notified their listeners, so that notifications come in order. The wait is
     * bounded, because a listener may wait for this call.
     */
    public void awaitTurnToNotify(int call) {
        state.lock();
        try {
            long deadlineNanos = clock.nanos() + NOTIFICATION_WAIT_MAX_NANOS;
            for (long leftNanos = NOTIFICATION_WAIT_MAX_NANOS;
                    notified < call - 1 && leftNanos > 0;
                    leftNanos = deadlineNanos - clock.nanos()) {
                long unused = changed.awaitNanos(leftNanos);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            state.unlock();
        }
    }

    /** Marks that a call has notified its listeners, or has no notification. */
    public void hasNotified(int call) {
        state.lock();
        try {
            notified = Math.max(notified, call);
            changed.signalAll();
        } finally {
            state.unlock();
        }
    }

    private static RuntimeException thrown(Throwable failure) {
        if (failure instanceof Error error) {
            throw error;
        }
        return (RuntimeException) failure;
    }

    /** Returns an exception for one caller: a shared one would carry another thread's stack. */
    private static CacheException copyOf(Throwable failure) {
        String message = String.valueOf(failure.getMessage());
        if (failure instanceof LeaseLostException) {
            return new LeaseLostException(message);
        }
        if (failure instanceof OutcomeUnknownException unknown) {
            return new OutcomeUnknownException(unknown.kind(), message, failure);
        }
        return new CacheException("the shared commit of several entry processors' changes failed: " + message, failure);
    }

    /** A way to commit. */
    @FunctionalInterface
    private interface Committing<V> {
        void commit(CoalescedChange<V> change);
    }
}
