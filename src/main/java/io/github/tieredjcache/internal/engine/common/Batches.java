package io.github.tieredjcache.internal.engine.common;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Consumer;

/**
 * Splits a call with many keys into batches: each is read, loaded and stored before the next one begins. So a failure
 * of one batch does not affect the others, no key is leased long before its turn, and memory holds the data of one
 * batch only.
 */
public final class Batches {
    /** The maximum number of keys in a batch, and so in one call of a loader or writer. */
    static final int KEYS_MAX = 500;

    private Batches() {}

    /** Runs the action on each batch, in order, until it throws. */
    public static <K> void of(Collection<? extends K> keys, Consumer<List<K>> action) {
        List<K> all = new ArrayList<>(keys);
        for (int from = 0; from < all.size(); from += KEYS_MAX) {
            action.accept(all.subList(from, Math.min(from + KEYS_MAX, all.size())));
        }
    }
}
