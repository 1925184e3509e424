package io.github.tieredjcache.internal.engine;

import org.jspecify.annotations.Nullable;

/**
 * What a fetch beyond the near tier brought.
 *
 * @param value the cache's own instance; null if no tier had one
 * @param hit whether the tier of record had it, so that JCache counts a hit
 * @param ended whether it has ended and stands in for what the source did not bring in time
 */
public record Fetched<V>(@Nullable V value, boolean hit, boolean ended) {
    static <V> Fetched<V> nothing() {
        return new Fetched<>(null, false, false);
    }

    /** What the tier of record had. */
    static <V> Fetched<V> hit(V value) {
        return new Fetched<>(value, true, false);
    }

    /** What the source had, or another call has stored since this one missed it. */
    static <V> Fetched<V> loaded(V value) {
        return new Fetched<>(value, false, false);
    }

    /** What has ended. */
    static <V> Fetched<V> ended(V value) {
        return new Fetched<>(value, false, true);
    }
}
