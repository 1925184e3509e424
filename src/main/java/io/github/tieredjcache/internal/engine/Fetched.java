package io.github.tieredjcache.internal.engine;

import org.jspecify.annotations.Nullable;

/**
 * What a fetch beyond the near tier brought.
 *
 * @param value the cache's own instance; null if no tier had one
 * @param hit whether the tier of record had it, so that JCache counts a hit
 */
public record Fetched<V>(@Nullable V value, boolean hit) {
    static <V> Fetched<V> nothing() {
        return new Fetched<>(null, false);
    }
}
