/**
 * The engine: how a lookup falls through the tiers, and how a mutation is decided, committed and notified.
 *
 * <p>Floor 3. Data flows one way: an operation comes in from the roof, is decided on the entry of the tier of record, committed
 * by it, and then published once. Both kinds of cache, with Redis and without, run this same code; they differ in the
 * {@link io.github.tieredjcache.internal.port.TierOfRecord} that the roof's assembly hands in.
 */
@NullMarked
package io.github.tieredjcache.internal.engine;

import org.jspecify.annotations.NullMarked;
