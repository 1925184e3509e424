/**
 * How a miss is loaded: one load for all callers of a key, in a bulkhead, with timeouts, and the fill of the tiers
 * after it.
 *
 * <p>Floor 3, below the engine's own package. It sees the engine's common package and the floors below.
 */
@NullMarked
package io.github.tieredjcache.internal.engine.load;

import org.jspecify.annotations.NullMarked;
