package io.github.tieredjcache.internal.near;

import io.github.tieredjcache.internal.model.Entry;
import io.github.tieredjcache.internal.model.Lifetime;
import io.github.tieredjcache.internal.model.Mutation;
import io.github.tieredjcache.internal.model.Outcome;
import io.github.tieredjcache.internal.model.Precondition;
import io.github.tieredjcache.internal.model.Version;
import org.jspecify.annotations.Nullable;

/**
 * One mutation inside the {@code compute} of the near tier's map, and the entries that it found there.
 *
 * <p>Used once, by one thread. It neither blocks nor calls user code.
 *
 * @param <K> the type of the key
 * @param <V> the type of the value
 */
final class ComputedMutation<K, V> {
    private final Mutation<K, V> mutation;
    private final int encodedBytes;
    private final boolean canExpire;
    private final long nowNanos;
    private @Nullable Entry<V> expired;
    private @Nullable Entry<V> before;
    private @Nullable Entry<V> after;
    private boolean applied;

    /**
     * Prepares a mutation.
     *
     * @param value the value and its size
     * @param canExpire whether entries of the map can have a deadline
     * @param nowNanos the time by which entries expire
     */
    ComputedMutation(Mutation<K, V> mutation, Weighed<V> value, boolean canExpire, long nowNanos) {
        this.mutation = value.value() == null ? mutation.asRemoval() : mutation;
        this.encodedBytes = value.encodedBytes();
        this.canExpire = canExpire;
        this.nowNanos = nowNanos;
    }

    /**
     * Applies the mutation to the map's entry, if the precondition holds, and returns the entry that the map shall
     * hold.
     */
    @Nullable
    Entry<V> change(@Nullable Entry<V> current) {
        if (current != null && current.isExpiredAt(nowNanos)) {
            expired = current;
        } else {
            before = current;
        }
        return holds(mutation.precondition(), before) ? apply() : before;
    }

    /** Applies the mutation to the entry that its caller decided on, whatever the map holds by now. */
    @Nullable
    Entry<V> commit(@Nullable Entry<V> current, @Nullable Entry<V> decidedOn) {
        if (current != null && current != decidedOn && current.isExpiredAt(nowNanos)) {
            expired = current;
        }
        before = decidedOn;
        return apply();
    }

    private @Nullable Entry<V> apply() {
        applied = true;
        after = successor(before);
        return after;
    }

    K key() {
        return mutation.key();
    }

    boolean isApplied() {
        return applied;
    }

    /** Returns the entry that was found expired and dropped, or null. */
    @Nullable
    Entry<V> expired() {
        return expired;
    }

    Outcome<V> outcome() {
        return new Outcome<>(applied, before != null, before, after);
    }

    private @Nullable Entry<V> successor(@Nullable Entry<V> live) {
        V value = mutation.value();
        long lifetime = live == null ? mutation.creationNanos() : mutation.updateNanos();
        if (value == null || lifetime == Lifetime.ZERO) {
            return null;
        }
        if (!canExpire && encodedBytes == 0) {
            return Entry.eternal(value);
        }
        long unchanged = live == null ? Entry.NO_DEADLINE : live.deadlineNanos();
        long deadline = lifetime == Lifetime.UNCHANGED ? unchanged : Lifetime.deadline(nowNanos, lifetime);
        return Entry.of(value, Version.LOCAL, deadline, encodedBytes, true);
    }

    private static boolean holds(Precondition precondition, @Nullable Entry<?> live) {
        if (precondition instanceof Precondition.Unchanged unchanged) {
            return live == unchanged.seen();
        }
        return precondition instanceof Precondition.Always
                || (precondition instanceof Precondition.Present) == (live != null);
    }
}
