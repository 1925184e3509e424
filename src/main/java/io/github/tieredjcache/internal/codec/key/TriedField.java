package io.github.tieredjcache.internal.codec.key;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * What trials have shown about one field of a key class. A field that was null, or an empty list, or of another class in all
 * keys so far has not shown how {@code equals} compares it, so each kind of value has a trial of its own.
 */
final class TriedField {
    private static final int KINDS_MAX = 16;
    /** Trials that may end without a proof, because the class accepts none of the values that were tried. */
    private static final int DOUBTS_MAX = 16;

    private final Set<Object> proven = ConcurrentHashMap.newKeySet();
    private final AtomicInteger doubts = new AtomicInteger();
    private volatile @Nullable Object example;

    /** Whether a key with this value in the field may show what no key has shown before. */
    boolean isUntried(@Nullable Object value) {
        return !proven.contains(KeyVariants.kind(value)) && proven.size() < KINDS_MAX && !isSame(example, value);
    }

    private static boolean isSame(@Nullable Object one, @Nullable Object other) {
        try {
            return one != null && one.equals(other);
        } catch (RuntimeException e) {
            return false;
        }
    }

    /** The value of the first trial without a proof, for a comparison with those of later keys; null if there is none. */
    @Nullable
    Object example() {
        return example;
    }

    /**
     * Ends a trial.
     *
     * @param own the value, as a copy that nobody else has
     * @param isProven whether the class was seen to tell such values apart
     */
    void tried(@Nullable Object own, boolean isProven) {
        if (isProven || own == null || doubts.incrementAndGet() >= DOUBTS_MAX) {
            proven.add(KeyVariants.kind(own));
        } else if (example == null) {
            example = own;
        }
    }
}
