package io.github.tieredjcache.internal.codec.key;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The results of the checks of one field of a key class. Each kind of value has a check of its own: if the field was
 * null or an empty list in all keys so far, these keys do not show how {@code equals} compares other values.
 */
final class CheckedField {
    private static final int KINDS_MAX = 16;
    /** The number of checks that may end without a proof, because the class accepts none of the variants. */
    private static final int UNPROVEN_MAX = 16;

    private final Set<Object> proven = ConcurrentHashMap.newKeySet();
    private final AtomicInteger unproven = new AtomicInteger();
    private volatile @Nullable Object example;

    /** Returns whether a key with this value in the field must be checked, since no check has proven its kind. */
    boolean needsCheck(@Nullable Object value) {
        return !proven.contains(KeyVariants.kind(value)) && proven.size() < KINDS_MAX && !isSame(example, value);
    }

    private static boolean isSame(@Nullable Object one, @Nullable Object other) {
        try {
            return one != null && one.equals(other);
        } catch (RuntimeException e) {
            return false;
        }
    }

    /**
     * Returns the value of the first check without a proof, to compare with values of later keys; null if there is
     * none.
     */
    @Nullable
    Object example() {
        return example;
    }

    /**
     * Records the result of a check.
     *
     * @param own a decoded copy of the value, which no other code uses
     * @param isProven whether {@code equals} was seen to distinguish such values
     */
    void record(@Nullable Object own, boolean isProven) {
        if (isProven || own == null || unproven.incrementAndGet() >= UNPROVEN_MAX) {
            proven.add(KeyVariants.kind(own));
        } else if (example == null) {
            example = own;
        }
    }
}
