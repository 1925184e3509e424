package io.github.tieredjcache.internal.codec.api;

import java.util.UUID;

/**
 * The objects that a cache holds most often and that are immutable and of classes that can always be encoded: a cache in
 * memory that holds only such objects loads no codec.
 */
public final class PlainValues {
    private PlainValues() {}

    /** Returns whether an object is its own copy and can be encoded. */
    public static boolean contain(Object object) {
        return object instanceof String
                || object instanceof Long
                || object instanceof Integer
                || object instanceof UUID;
    }
}
