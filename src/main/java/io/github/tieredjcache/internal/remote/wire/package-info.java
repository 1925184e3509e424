/**
 * The data exchanged with Redis: commands, scripts, replies, keys, and the header of a stored entry.
 *
 * <p>Floor 2, the lowest package of the remote tier. An entry is one string key. {@code StoredEntryHeader} describes
 * its bytes; the Lua scripts, in the resources of this package, change them.
 */
@NullMarked
package io.github.tieredjcache.internal.remote.wire;

import org.jspecify.annotations.NullMarked;
