package io.github.tieredjcache.internal.engine.common;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * Splits a call with many keys into batches: each is read, loaded and stored before the next one is. So a failure of
 * one batch does not affect the others, no key is leased earlier than one batch before its turn, and memory holds the
 * data of one batch only.
 */
public final class Batches {
    /** The maximum number of keys in a batch, and so in one call of a loader or writer. */
    static final int KEYS_MAX = 500;

    private Batches() {}

    /** Returns the batches, in order. */
    public static <K> List<List<K>> of(Collection<? extends K> keys) {
        List<K> all = new ArrayList<>(keys);
        List<List<K>> batches = new ArrayList<>();
        for (int from = 0; from < all.size(); from += KEYS_MAX) {
            batches.add(all.subList(from, Math.min(from + KEYS_MAX, all.size())));
        }
        return batches;
    }
}
