/**
 * The assembly of a cache: from its configuration to its tiers, engine, threads and the order of its close.
 *
 * <p>Architecture: below the facade, above the engine and the tiers. {@code CacheAssembly} is the one place that knows all rooms.
 */
@NullMarked
package io.github.tieredjcache.internal.assembly;

import org.jspecify.annotations.NullMarked;
