/**
 * Counters: what the caches of this node did, as JCache counts it and by tier.
 *
 * <p>Floor 1. The only package that sees HdrHistogram and the flight recorder. No sockets, no management interface: the roof shows the numbers.
 */
@NullMarked
package io.github.tieredjcache.internal.stats;

import org.jspecify.annotations.NullMarked;
