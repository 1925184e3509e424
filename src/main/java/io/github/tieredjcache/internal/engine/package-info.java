/**
 * The engine: how a lookup falls through the tiers, and how a mutation is decided, committed and notified.
 *
 * <p>Floor 3. Data flows one way: an operation comes in from the roof, is decided on the entry of the tier of record,
 * is committed there, and is then published once. Caches with and without Redis run the same code; they differ in the
 * {@link io.github.tieredjcache.internal.port.TierOfRecord} that the roof's assembly passes in.
 */
@NullMarked
package io.github.tieredjcache.internal.engine;

import org.jspecify.annotations.NullMarked;
