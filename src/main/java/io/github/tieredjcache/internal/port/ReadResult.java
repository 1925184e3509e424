package io.github.tieredjcache.internal.port;

import io.github.tieredjcache.internal.model.Entry;
import org.jspecify.annotations.Nullable;

/**
 * The result of a read, and its origin.
 *
 * @param entry the live entry, null if there is none
 * @param local whether this node answered, because Redis is not configured or unavailable
 * @param <V> the type of the value
 */
public record ReadResult<V>(@Nullable Entry<V> entry, boolean local) {}
