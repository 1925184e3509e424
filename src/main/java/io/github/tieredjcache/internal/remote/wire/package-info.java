/**
 * What is sent to Redis and read from it: commands, scripts, replies, keys, and the header of a stored entry.
 *
 * <p>Floor 2, the lowest room of the remote tier. An entry is one string key. Its bytes are described in {@code StoredEntryHeader}; the
 * scripts beside this package among the resources, which share {@code entry.lua}, change them.
 */
@NullMarked
package io.github.tieredjcache.internal.remote.wire;

import org.jspecify.annotations.NullMarked;
