package io.github.tieredjcache.internal.model;

import org.jspecify.annotations.Nullable;

/**
 * One change of one key, as the tier of record applies it: atomically, if the guard holds.
 *
 * @param key the key
 * @param guard what must hold
 * @param value the value to store, or null to remove
 * @param creationNanos the lifetime if the key had no entry; {@link Lifetime#ZERO} stores nothing
 * @param updateNanos the lifetime if it had one; {@link Lifetime#UNCHANGED} keeps its deadline, {@link Lifetime#ZERO} removes
 * @param answers whether the caller is told something that depends on the entry, so that the mutation must wait for
 *     whoever holds the key exclusively
 * @param wantsOld whether the outcome must hold the entry that was there
 * @param <K> the type of the key
 * @param <V> the type of the value
 */
public record Mutation<K, V>(
        K key,
        Precondition guard,
        @Nullable V value,
        long creationNanos,
        long updateNanos,
        boolean answers,
        boolean wantsOld) {

    /** Returns the removal of a key, whatever it has, of which nobody asks what was there. */
    public static <K, V> Mutation<K, V> removal(K key) {
        return new Mutation<>(key, Precondition.ALWAYS, null, Lifetime.UNCHANGED, Lifetime.UNCHANGED, false, false);
    }

    /** Returns whether this removes. */
    public boolean removes() {
        return value == null;
    }
}
