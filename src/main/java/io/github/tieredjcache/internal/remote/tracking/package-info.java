/**
 * Which keys Redis tracks for this node, and who is notified when an invalidation arrives.
 *
 * <p>Floor 2, above the wire package.
 */
@NullMarked
package io.github.tieredjcache.internal.remote.tracking;

import org.jspecify.annotations.NullMarked;
