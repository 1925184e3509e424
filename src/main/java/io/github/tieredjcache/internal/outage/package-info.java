/**
 * How a shared cache goes on while Redis is away, and comes back to it.
 *
 * <p>Floor 2½: sees the near tier and the vocabulary below, and is seen by the roof alone; to the engine it is a tier of record like
 * any other. {@code OutageRecord} decides for each call who answers: the shared record; or, while Redis is away or for a key
 * whose change it has missed, the {@code Island}, which is this process's memory. {@code Journal} is what Redis has missed. {@code
 * Recovery} voids that in Redis, key by key, before anybody on this node asks Redis for it again: what was written meanwhile is never
 * published, since others may have gone on; the cache may forget, it must not lie.
 */
@NullMarked
package io.github.tieredjcache.internal.outage;

import org.jspecify.annotations.NullMarked;
