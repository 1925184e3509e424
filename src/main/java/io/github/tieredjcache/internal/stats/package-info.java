/**
 * Counters and latencies of the caches of this node, by the rules of JCache and by tier.
 *
 * <p>Floor 1. Only this package uses HdrHistogram and the flight recorder. It opens no sockets and registers no MBeans;
 * the package {@code jcache} shows the numbers.
 */
@NullMarked
package io.github.tieredjcache.internal.stats;

import org.jspecify.annotations.NullMarked;
