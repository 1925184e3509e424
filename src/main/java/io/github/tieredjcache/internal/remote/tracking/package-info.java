/**
 * The keys that Redis tracks for this node, and the listeners that are notified of invalidations.
 *
 * <p>Floor 2, above the wire package.
 */
@NullMarked
package io.github.tieredjcache.internal.remote.tracking;

import org.jspecify.annotations.NullMarked;
