package io.github.tieredjcache.internal.model;

import org.jspecify.annotations.Nullable;

/**
 * A mutating operation of JCache as data: on which entry it acts, what it then does, what it answers.
 *
 * <p>The answer, the event, the counters and the expiry are read off the committed pair of before and after, in one
 * place; the verbs differ in these six words only.
 *
 * @param condition on which entry it acts
 * @param expected what the value must equal where the condition is {@link Condition#EQUAL}, else null
 * @param value what it stores, or null if it removes
 * @param answersOld whether it returns the value that was there
 * @param answers whether it returns anything that depends on the entry
 * @param countsLookup whether it counts as a hit or a miss
 * @param <V> the type of the value
 */
public record CacheOperation<V>(
        Condition condition,
        @Nullable V expected,
        @Nullable V value,
        boolean answersOld,
        boolean answers,
        boolean countsLookup) {

    /** On which entry a verb acts. */
    public enum Condition {
        ALWAYS,
        ABSENT,
        PRESENT,
        EQUAL
    }

    public static <V> CacheOperation<V> put(V value) {
        return new CacheOperation<>(Condition.ALWAYS, null, value, false, false, false);
    }

    public static <V> CacheOperation<V> getAndPut(V value) {
        return new CacheOperation<>(Condition.ALWAYS, null, value, true, true, true);
    }

    public static <V> CacheOperation<V> putIfAbsent(V value) {
        return new CacheOperation<>(Condition.ABSENT, null, value, false, true, true);
    }

    public static <V> CacheOperation<V> replace(V value) {
        return new CacheOperation<>(Condition.PRESENT, null, value, false, true, true);
    }

    public static <V> CacheOperation<V> replace(V expected, V value) {
        return new CacheOperation<>(Condition.EQUAL, expected, value, false, true, true);
    }

    public static <V> CacheOperation<V> getAndReplace(V value) {
        return new CacheOperation<>(Condition.PRESENT, null, value, true, true, true);
    }

    public static <V> CacheOperation<V> remove() {
        return new CacheOperation<>(Condition.ALWAYS, null, null, false, true, false);
    }

    public static <V> CacheOperation<V> remove(V expected) {
        return new CacheOperation<>(Condition.EQUAL, expected, null, false, true, true);
    }

    public static <V> CacheOperation<V> getAndRemove() {
        return new CacheOperation<>(Condition.ALWAYS, null, null, true, true, true);
    }

    /** Returns the same verb with another instance of the value that it stores. */
    public CacheOperation<V> withValue(V instance) {
        return new CacheOperation<>(condition, expected, instance, answersOld, answers, countsLookup);
    }

    /** Decides whether this acts on the entry. Pure, but for the {@code equals} of the user's values. */
    public boolean actsOn(@Nullable Entry<V> before) {
        return switch (condition) {
            case ALWAYS -> true;
            case ABSENT -> before == null;
            case PRESENT -> before != null;
            case EQUAL -> before != null && before.value().equals(expected);
        };
    }

    /** Returns whether only a reader of the value can decide {@link #actsOn}. */
    public boolean needsValue() {
        return condition == Condition.EQUAL;
    }

    /** Returns the guard under which the tier of record itself decides; not for a verb that {@link #needsValue}. */
    public Precondition guard() {
        return switch (condition) {
            case ALWAYS -> Precondition.ALWAYS;
            case ABSENT -> Precondition.ABSENT;
            case PRESENT -> Precondition.PRESENT;
            case EQUAL -> throw new IllegalStateException("a tier of record does not compare values");
        };
    }
}
