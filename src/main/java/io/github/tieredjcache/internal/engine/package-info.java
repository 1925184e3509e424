/**
 * The engine: how a lookup falls through the tiers and how a mutation is decided, committed and told.
 *
 * <p>Floor 3. Data flows one way: a verb comes in from the roof, is decided on the entry of the tier of record, committed
 * by it, and then published once. Both kinds of cache, with Redis and without, run this same code; they differ in the
 * {@link io.github.tieredjcache.internal.entry.TierOfRecord} that the roof's wiring hands in.
 */
@NullMarked
package io.github.tieredjcache.internal.engine;

import org.jspecify.annotations.NullMarked;
