/**
 * The tiers of record of a shared cache, as decorators: outage-tolerant, around near-cached, around the one in Redis.
 *
 * <p>Floor 2½: sees the near tier and the ports below, and is seen by the roof alone. To the engine each decorator is
 * a tier of record like any other. {@code NearCachedTierOfRecord} keeps copies in the near tier of the entries that it
 * reads and writes. {@code OutageTolerantTierOfRecord} decides for each call which tier answers: the shared one, or
 * the {@code LocalFallback} in this process's memory, while Redis is unavailable or for a key in the journal. {@code
 * RecoveryJournal} holds the keys that changed during an outage. {@code Recovery} removes them from Redis before this
 * node reads them there again. A change made during an outage is never published, since other nodes may have changed
 * the key, too: a lost entry is allowed, a wrong one is not.
 */
@NullMarked
package io.github.tieredjcache.internal.record;

import org.jspecify.annotations.NullMarked;
