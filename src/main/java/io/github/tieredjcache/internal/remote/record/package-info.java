/**
 * The tier of record of one cache in Redis: reads, mutations, leases, epochs, scans.
 *
 * <p>Floor 2, the highest package of the remote tier. Values are encoded and decoded on the caller's thread; Lettuce
 * sees bytes.
 */
@NullMarked
package io.github.tieredjcache.internal.remote.record;

import org.jspecify.annotations.NullMarked;
