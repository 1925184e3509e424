package io.github.tieredjcache.internal.model;

import org.jspecify.annotations.Nullable;

/**
 * A mutating operation of JCache as data: its condition, its change, and its result.
 *
 * <p>The result, the event, the counters and the expiry are derived from the committed pair of before and after, in
 * one place; the operations differ in these components only.
 *
 * @param condition the entries on which the operation acts
 * @param expected the value that the entry must have for {@link Condition#EQUAL}, else null
 * @param value the value to store, or null for a removal
 * @param returnsOld whether the operation returns the previous value
 * @param dropsValue whether the value is dropped when the operation is committed, so that the key has no entry then
 * @param <V> the type of the value
 */
public record CacheOperation<V>(
        Condition condition, @Nullable V expected, @Nullable V value, boolean returnsOld, boolean dropsValue) {

    /** The entries on which an operation acts. */
    public enum Condition {
        ALWAYS,
        ABSENT,
        PRESENT,
        EQUAL
    }

    public static <V> CacheOperation<V> put(V value) {
        return new CacheOperation<>(Condition.ALWAYS, null, value, false, false);
    }

    public static <V> CacheOperation<V> getAndPut(V value) {
        return new CacheOperation<>(Condition.ALWAYS, null, value, true, false);
    }

    public static <V> CacheOperation<V> putIfAbsent(V value) {
        return new CacheOperation<>(Condition.ABSENT, null, value, false, false);
    }

    public static <V> CacheOperation<V> replace(V value) {
        return new CacheOperation<>(Condition.PRESENT, null, value, false, false);
    }

    public static <V> CacheOperation<V> replace(V expected, V value) {
        return new CacheOperation<>(Condition.EQUAL, expected, value, false, false);
    }

    public static <V> CacheOperation<V> getAndReplace(V value) {
        return new CacheOperation<>(Condition.PRESENT, null, value, true, false);
    }

    public static <V> CacheOperation<V> remove() {
        return new CacheOperation<>(Condition.ALWAYS, null, null, false, false);
    }

    public static <V> CacheOperation<V> remove(V expected) {
        return new CacheOperation<>(Condition.EQUAL, expected, null, false, false);
    }

    public static <V> CacheOperation<V> getAndRemove() {
        return new CacheOperation<>(Condition.ALWAYS, null, null, true, false);
    }

    /** Returns the same operation with another instance of its value. */
    public CacheOperation<V> withValue(V instance) {
        return new CacheOperation<>(condition, expected, instance, returnsOld, dropsValue);
    }

    /** Returns the same operation, whose value is dropped. */
    public CacheOperation<V> droppingValue() {
        return new CacheOperation<>(condition, expected, value, returnsOld, true);
    }

    /** Returns whether the operation counts as a hit or a miss: all but {@code put} and {@code remove(key)}. */
    public boolean countsLookup() {
        return returnsOld || condition != Condition.ALWAYS;
    }

    /** Returns whether the operation returns a result that depends on the entry: all but {@code put}. */
    public boolean returnsResult() {
        return countsLookup() || value == null;
    }

    /** Returns the value of the entry after the operation, or null for no entry. */
    public @Nullable V keptValue() {
        return dropsValue ? null : value;
    }

    /** Returns whether this acts on the entry. Pure, except for the {@code equals} of the user's values. */
    public boolean actsOn(@Nullable Entry<V> before) {
        return switch (condition) {
            case ALWAYS -> true;
            case ABSENT -> before == null;
            case PRESENT -> before != null;
            case EQUAL -> before != null && before.value().equals(expected);
        };
    }

    /** Returns whether {@link #actsOn} depends on the value, which a tier of record cannot compare. */
    public boolean needsValue() {
        return condition == Condition.EQUAL;
    }

    /**
     * Returns the precondition that the tier of record checks itself; not for an operation that {@link #needsValue}.
     */
    public Precondition precondition() {
        return switch (condition) {
            case ALWAYS -> Precondition.ALWAYS;
            case ABSENT -> Precondition.ABSENT;
            case PRESENT -> Precondition.PRESENT;
            case EQUAL -> throw new IllegalStateException("a tier of record does not compare values");
        };
    }
}
