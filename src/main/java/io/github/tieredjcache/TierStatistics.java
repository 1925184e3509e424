package io.github.tieredjcache;

/**
 * What one cache of this node did, tier by tier, since it was created.
 *
 * <p>Obtained by {@code cache.unwrap(TierStatistics.class)}. The numbers are live and may be read from any thread; two of
 * them read one after the other need not belong to the same instant.
 */
public interface TierStatistics {
    /** Returns the lookups that the near tier answered; counted only while the cache's statistics are enabled. */
    long nearHits();

    /** Returns the lookups that Redis answered with a value. */
    long remoteHits();

    /** Returns the lookups that found nothing in memory and nothing in Redis. */
    long misses();

    /** Returns the keys that the {@code CacheLoader} was asked for. */
    long sourceLoads();

    /** Returns the calls of the {@code CacheLoader} that threw. */
    long sourceLoadFailures();

    /** Returns how many loads run now; at most {@link TieredSettings#maximumConcurrentLoads}. */
    long loadsRunning();

    /** Returns how many loads wait now because so many run. */
    long loadsWaiting();

    /** Returns the loads that were refused because none of those that ran had ended in time. */
    long loadsRefused();

    /** Returns the lookups that waited for another thread's fetch of the same key instead of making one. */
    long coalescedLookups();

    /** Returns the lookups that waited for another node's load of the same key instead of making one. */
    long loadsAwaited();

    /** Returns the lookups that were answered with a value that had ended, because the source failed or was slow. */
    long staleServed();

    /** Returns the entries that this node loaded again before they ended. */
    long refreshes();

    /** Returns how long near hits took. */
    TierLatency nearLatency();

    /**
     * Returns how long calls to Redis took, as their callers waited for them: one command each, or many in one flush; those that failed,
     * too.
     */
    TierLatency remoteLatency();

    /** Returns how long calls of the {@code CacheLoader} took. */
    TierLatency sourceLatency();

    /** Returns about how many entries this node holds in memory, those that have ended since included. */
    long nearEntries();

    /** Returns what they weigh by {@code near.maximum-weight}, in bytes; -1 if their number is bounded instead. */
    long nearWeightBytes();

    /** Returns the entries that were dropped from memory for want of room. */
    long nearEvictions();

    /**
     * Returns the copies, and fetches under way, that ended because Redis announced a change by another node; now and then one of this
     * node, where a right to load was given back after a load that failed.
     */
    long invalidations();

    /** Returns the announcements of changes that this node made itself, which end nothing. */
    long ownEchoes();

    /** Returns the writes that waited because another call, of any node, had the key for itself. */
    long writesAwaited();

    /** Returns the events that an asynchronous listener missed because it was too slow. */
    long eventsDropped();

    /** Returns the loaded values that were returned but not kept, because the key had changed or no tier took them. */
    long fillsRefused();

    /**
     * Returns the entries that were removed because the writer had changed the source and nobody can tell whether Redis would
     * agree: the lease of the key had run out by then.
     */
    long writesVoided();

    /** Returns the values in Redis, and their keys met while iterating, that could not be read and were treated as missing. */
    long undecodableValues();

    /** Returns those of {@link #undecodableValues()} that could not be read for this reason. */
    long undecodableValues(UndecodableReason reason);

    /**
     * Returns how stale a value from the near tier may be at most, in milliseconds; 0 for a cache without Redis, whose near tier
     * hears of every change.
     */
    long stalenessBoundMillis();

    /**
     * Returns how many milliseconds ago a request was sent that Redis has answered on the connection that announces changes; -1
     * if there was none, or no Redis. While it is above the bound the near tier is not asked.
     */
    long coherenceProofAgeMillis();

    /** Returns how often the near tier ceased to be asked because no proof was young enough. */
    long coherenceLapses();

    /**
     * Returns the near copies that Redis did not hold any more though it had announced no change of them; looked for only where
     * {@link TieredSettings#nearVerifySample} is set. Each was dropped; any of them means that announcements are lost.
     */
    long nearMismatches();

    /** Returns the compare-and-set attempts that lost against another writer and were decided again. */
    long conflicts();

    /** Returns whether Redis is known to be away, so that no call waits for it. */
    boolean isRemoteAway();

    /** Returns how often Redis went away since this node connected to it first. */
    long remoteOutages();

    /** Returns how many milliseconds Redis was away, all times together, and this one if it is. */
    long remoteAwayMillis();

    /** Returns the calls to Redis that were not answered in time. */
    long remoteTimeouts();

    /** Returns the calls to Redis that failed for want of a connection, or with its end. */
    long remoteDisconnections();

    /** Returns the calls that Redis refused: it is loading, read-only, out of memory, or its user may not. */
    long remoteRefusals();

    /** Returns the operations, key by key, that this node answered because Redis was away or had missed a change of the key. */
    long localOperations();

    /**
     * Returns the keys of which Redis has missed a change, and which are not asked for there until it has forgotten them; -1 if that
     * is the whole cache.
     */
    long journaledKeys();

    /** Returns how often those were too many to be told one by one, so that Redis had to forget the whole cache. */
    long journalOverflows();

    /** Returns how many keys Redis was made to forget because it had missed a change. */
    long journalVoided();
}
