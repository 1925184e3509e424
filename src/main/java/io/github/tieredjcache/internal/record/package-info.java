/**
 * The tiers of record of a shared cache, as decorators: outage-tolerant, around near-cached, around that of Redis.
 *
 * <p>Floor 2½: sees the near tier and the ports below, and is seen by the roof alone; to the engine each is a tier of record like any
 * other. {@code NearCachedTierOfRecord} keeps copies in the near tier of what the remote tier answers. {@code OutageTolerantTierOfRecord}
 * decides for each call which tier answers: the shared one; or, while Redis is unavailable or for a key that the journal has, the {@code
 * LocalFallback}, which is this process's memory. {@code RecoveryJournal} holds the keys that changed during an outage. {@code Recovery}
 * removes them from Redis before this node reads them there again: a change made during an outage is never published, since other nodes may
 * have changed the key, too; the cache may forget, it must not lie.
 */
@NullMarked
package io.github.tieredjcache.internal.record;

import org.jspecify.annotations.NullMarked;
