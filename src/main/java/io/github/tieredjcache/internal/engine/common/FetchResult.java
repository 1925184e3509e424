package io.github.tieredjcache.internal.engine.common;

import org.jspecify.annotations.Nullable;

/**
 * The result of a fetch beyond the near tier.
 *
 * @param value null if no tier had one
 * @param hit whether the tier of record had it, so that JCache counts a hit
 * @param expired whether the value has expired, and is served because the source did not return one in time
 * @param unshared whether neither the cache nor another caller has this instance of the value
 */
public record FetchResult<V>(@Nullable V value, boolean hit, boolean expired, boolean unshared) {
    public static <V> FetchResult<V> nothing() {
        return new FetchResult<>(null, false, false, false);
    }

    /** Returns the result of a hit in the tier of record. */
    public static <V> FetchResult<V> hit(V value) {
        return new FetchResult<>(value, true, false, false);
    }

    /** Returns the result of a hit in the tier of record, with an instance that was decoded for one caller. */
    public static <V> FetchResult<V> unsharedHit(V value) {
        return new FetchResult<>(value, true, false, true);
    }

    /** Returns the result of a load, or of an entry that another call has stored since this one's miss. */
    public static <V> FetchResult<V> loaded(V value) {
        return new FetchResult<>(value, false, false, false);
    }

    /** Returns an expired value. */
    public static <V> FetchResult<V> expired(V value) {
        return new FetchResult<>(value, false, true, false);
    }
}
