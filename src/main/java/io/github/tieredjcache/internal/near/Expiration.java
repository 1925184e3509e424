package io.github.tieredjcache.internal.near;

import io.github.tieredjcache.internal.model.Entry;
import java.util.function.BiConsumer;

/**
 * How the entries of a store that is the tier of record expire.
 *
 * @param isPossible false if no entry ever gets a deadline
 * @param staleNanos how long an expired entry is kept, to be returned while its load takes long or fails
 * @param onExpired receives each entry once that was found expired, outside all locks, on the thread that found it;
 *     must not throw
 */
public record Expiration<K, V>(boolean isPossible, long staleNanos, BiConsumer<K, Entry<V>> onExpired) {}
