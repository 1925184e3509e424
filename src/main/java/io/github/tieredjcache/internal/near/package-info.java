/**
 * The near tier: entries in this process's memory, on Caffeine.
 *
 * <p>Floor 2. Without Redis it is the tier of record
 * ({@link io.github.tieredjcache.internal.near.InMemoryTierOfRecord}); with Redis it holds copies, and no copy enters
 * it without a ticket ({@link io.github.tieredjcache.internal.near.NearTier}). The only package that sees Caffeine. It
 * sees floor 1 and not its neighbours.
 */
@NullMarked
package io.github.tieredjcache.internal.near;

import org.jspecify.annotations.NullMarked;
