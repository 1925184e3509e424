package io.github.tieredjcache.internal.engine;

import org.jspecify.annotations.Nullable;

/**
 * What a mutating operation answers its caller.
 *
 * @param acted whether it found what it acts on
 * @param existed whether the key had an entry
 * @param old the caller's own instance of the value that was there, if the verb answers it; else null
 */
public record OperationResult<V>(
        boolean acted, boolean existed, @Nullable V old) {}
