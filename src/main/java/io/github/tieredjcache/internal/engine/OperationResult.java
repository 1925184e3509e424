package io.github.tieredjcache.internal.engine;

import org.jspecify.annotations.Nullable;

/**
 * The result of a mutating operation.
 *
 * @param acted whether the condition of the operation held
 * @param existed whether the key had an entry
 * @param old the caller's own instance of the previous value, if the operation returns it; else null
 */
public record OperationResult<V>(
        boolean acted, boolean existed, @Nullable V old) {}
