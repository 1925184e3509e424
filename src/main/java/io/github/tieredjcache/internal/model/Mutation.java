package io.github.tieredjcache.internal.model;

import org.jspecify.annotations.Nullable;

/**
 * One change of one key, as the tier of record applies it: atomically, if the precondition holds.
 *
 * @param key the key
 * @param precondition the precondition
 * @param value the value to store, or null to remove
 * @param creationNanos the lifetime if the key had no entry; {@link Lifetime#ZERO} stores nothing
 * @param updateNanos the lifetime if it had one; {@link Lifetime#UNCHANGED} keeps its deadline, {@link Lifetime#ZERO}
 *     removes
 * @param returnsResult whether the caller gets a result that depends on the entry, so that the mutation waits for a holder
 *     of a lease of the key
 * @param wantsOld whether the outcome must hold the previous entry
 * @param <K> the type of the key
 * @param <V> the type of the value
 */
public record Mutation<K, V>(
        K key,
        Precondition precondition,
        @Nullable V value,
        long creationNanos,
        long updateNanos,
        boolean returnsResult,
        boolean wantsOld) {

    /** Returns the unconditional removal of a key, without the previous entry in the outcome. */
    public static <K, V> Mutation<K, V> removal(K key) {
        return new Mutation<>(key, Precondition.ALWAYS, null, Lifetime.UNCHANGED, Lifetime.UNCHANGED, false, false);
    }

    /** Returns a removal under the same precondition. */
    public Mutation<K, V> asRemoval() {
        return new Mutation<>(key, precondition, null, creationNanos, updateNanos, returnsResult, wantsOld);
    }

    /** Returns whether this removes. */
    public boolean removes() {
        return value == null;
    }
}
