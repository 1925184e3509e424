/**
 * Redis as a tier: the connection and its life, the scripts, and the tier of record of one cache.
 *
 * <p>Floor 2. Sees entry, codec and stats of the floor below, and is the only package that sees Lettuce and Netty. {@code Link} owns the
 * connection; everything else asks it. Exceptions are translated once, in {@code Faults}, and no type of Lettuce leaves
 * the package. Values are encoded and decoded on the caller's thread; Lettuce sees bytes.
 *
 * <p>An entry is one string key. What stands in it is described in {@code Cell}, and how it changes in the scripts beside
 * this package among the resources, which share {@code cell.lua}.
 */
@NullMarked
package io.github.tieredjcache.internal.remote;

import org.jspecify.annotations.NullMarked;
