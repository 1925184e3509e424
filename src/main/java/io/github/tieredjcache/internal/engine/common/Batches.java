package io.github.tieredjcache.internal.engine.common;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Consumer;

/**
 * A call with many keys is a stream of batches: each is read, loaded and stored before the next one begins. So the failure of one is
 * no failure of the others, no key is reserved long before its turn, and memory holds what one batch needs.
 */
public final class Batches {
    /** How many keys a batch has at most; no loader and no writer is asked for more at a time. */
    static final int KEYS_MAX = 500;

    private Batches() {}

    /** Has the action run with each batch, in order, until it throws. */
    public static <K> void of(Collection<? extends K> keys, Consumer<List<K>> action) {
        List<K> all = new ArrayList<>(keys);
        for (int from = 0; from < all.size(); from += KEYS_MAX) {
            action.accept(all.subList(from, Math.min(from + KEYS_MAX, all.size())));
        }
    }
}
