package io.github.tieredjcache.internal.engine.common;

import org.jspecify.annotations.Nullable;

/**
 * What a fetch beyond the near tier brought.
 *
 * @param value the cache's own instance; null if no tier had one
 * @param hit whether the tier of record had it, so that JCache counts a hit
 * @param ended whether it has ended and stands in for what the source did not bring in time
 */
public record FetchResult<V>(@Nullable V value, boolean hit, boolean ended) {
    public static <V> FetchResult<V> nothing() {
        return new FetchResult<>(null, false, false);
    }

    /** What the tier of record had. */
    public static <V> FetchResult<V> hit(V value) {
        return new FetchResult<>(value, true, false);
    }

    /** What the source had, or another call has stored since this one missed it. */
    public static <V> FetchResult<V> loaded(V value) {
        return new FetchResult<>(value, false, false);
    }

    /** What has ended. */
    public static <V> FetchResult<V> ended(V value) {
        return new FetchResult<>(value, false, true);
    }
}
