package io.github.tieredjcache.internal.engine.common;

import io.github.tieredjcache.internal.model.Entry;
import io.github.tieredjcache.internal.model.Outcome;
import io.github.tieredjcache.internal.port.InterruptedChangeException;
import io.github.tieredjcache.internal.port.Lease;
import io.github.tieredjcache.internal.port.Lease.Prepared;
import io.github.tieredjcache.internal.port.LeaseLostException;
import io.github.tieredjcache.internal.port.OutcomeUnknownException;
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
 * Calls on one key that run one after another under one lease, each on its own thread, and are committed together.
 *
 * <p>Each call sees the entry as the one before has left it, though no tier has it yet, and returns when a tier has. That is when
 * the last one has ended; a caller who has waited for that a little commits what has been done so far, so that nobody waits
 * for the user code of those behind him, who may wait for something that only he can give.
 *
 * @param <K> the type of the key
 * @param <V> the type of the value
 */
public final class InvocationBatch<K, V> {
    private static final int CALLS_MAX = 64;
    private static final long AGE_MAX_NANOS = TimeUnit.MILLISECONDS.toNanos(5);
    private static final long PATIENCE_NANOS = TimeUnit.MILLISECONDS.toNanos(5);
    private static final long TELLING_MAX_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final K key;
    private final Lease<K, V> lease;
    private final TierOfRecord<K, V> record;
    private final NanoClock clock;
    private final long beganNanos;
    private final ReentrantLock state = new ReentrantLock();
    private final Condition changed = state.newCondition();

    // The entry as the tier of record has it; one thread at a time commits.
    private volatile @Nullable Entry<V> held;
    private volatile boolean overtaken;
    // Guarded by the state's lock; the first three are changed by the thread whose turn it is only.
    private @Nullable Entry<V> entry;
    private int finished;
    private boolean ended;
    private CoalescedChange<V> pending = CoalescedChange.nothing();
    private int committed;
    private boolean committing;
    private int notified;
    private @Nullable Throwable failure;
    private @Nullable Thread failed;

    public InvocationBatch(K key, Lease<K, V> lease, TierOfRecord<K, V> record, NanoClock clock) {
        this.key = key;
        this.lease = lease;
        this.record = record;
        this.clock = clock;
        this.beganNanos = clock.nanos();
        this.held = lease.before();
        this.entry = held;
    }

    /** Returns the entry as the calls so far have left it; for the thread whose turn it is. */
    @Nullable
    public Entry<V> entry() {
        return entry;
    }

    /** Returns whether another call may take part; for the thread whose turn it is. */
    public boolean hasRoom() {
        state.lock();
        try {
            return failure == null && !overtaken && finished < CALLS_MAX && clock.nanos() - beganNanos < AGE_MAX_NANOS;
        } finally {
            state.unlock();
        }
    }

    /**
     * Prepares what a call is about to do, before its writer is told; for the thread whose turn it is.
     *
     * @throws CacheException as {@link Lease#prepare}; or if what the calls before have done, and this one has seen, could not be
     *     committed
     */
    public Prepared<V> prepare(@Nullable V value) {
        state.lock();
        try {
            if (failure != null) {
                throw likewise(failure);
            }
        } finally {
            state.unlock();
        }
        return lease.prepare(value);
    }

    /**
     * Ends a call; for the thread whose turn it is.
     *
     * @param change makes of what is to be committed so far what is to be committed now
     * @param left the entry as the call has left it
     * @return what {@link #awaitCommitted} knows the call by
     */
    public int finish(UnaryOperator<CoalescedChange<V>> change, @Nullable Entry<V> left) {
        state.lock();
        try {
            entry = left;
            pending = change.apply(pending);
            finished++;
            if (!pending.isStored() && committed == finished - 1 && !committing) {
                // It has seen nothing that is not in the tier of record.
                committed = finished;
            }
            return finished;
        } finally {
            state.unlock();
        }
    }

    /** Commits what is left and gives the lease back; for the thread whose turn it is, and is the last one. Does not throw. */
    public void end() {
        state.lock();
        try {
            while (committing) {
                changed.awaitUninterruptibly();
            }
            ended = true;
            // The source may have what the tier of record has not.
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
                // Overtaken by a write that waits for nobody: all of it then happened just before that.
                var unused = lease.commit(Objects.requireNonNull(change.prepared()), change.lifetimeNanos());
            }
        }
    }

    private void commitAndKeepLease(CoalescedChange<V> change) {
        Outcome<V> saved = lease.save(Objects.requireNonNull(change.prepared()), change.lifetimeNanos());
        held = saved.after();
        overtaken = !saved.applied();
    }

    /** Commits what has been done so far. Called with the state locked, which it is not while this waits for Redis. */
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
            failed = Thread.currentThread();
        }
        changed.signalAll();
    }

    /**
     * Returns when a tier has what a call has done.
     *
     * @param call what ended it has returned
     * @throws CacheException if that went wrong; then nothing of it is in any tier, or nobody knows
     */
    public void awaitCommitted(int call) {
        state.lock();
        try {
            long deadlineNanos = clock.nanos() + PATIENCE_NANOS;
            while (committed < call && failure == null) {
                long leftNanos = deadlineNanos - clock.nanos();
                if (committing || ended) {
                    changed.await();
                } else if (leftNanos > 0) {
                    long unused = changed.awaitNanos(leftNanos);
                } else if (pending.isStored()) {
                    commit(this::commitAndKeepLease);
                } else {
                    // A deadline that is still to be moved is nothing to wait for.
                    committed = finished;
                }
            }
            if (committed < call && failure != null) {
                throw failed == Thread.currentThread() ? thrown(failure) : likewise(failure);
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
     * Waits until the calls before have told of what they did, so that it is heard in order; not for ever, because whoever hears
     * of it may wait for this one.
     */
    public void awaitTurnToNotify(int call) {
        state.lock();
        try {
            long leftNanos = TELLING_MAX_NANOS;
            while (notified < call - 1 && leftNanos > 0) {
                leftNanos = changed.awaitNanos(leftNanos);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            state.unlock();
        }
    }

    /** Says that a call has told of what it did, or has nothing to tell. */
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

    /** Each caller gets an exception of his own: a shared one would carry another thread's stack. */
    private static CacheException likewise(Throwable failure) {
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
