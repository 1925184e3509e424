package io.github.tieredjcache.internal.simulation;

/** The promises of the README and its pages that a simulation checks, each with its sentence. */
enum Promise {
    /**
     * "Another node wrote: the old value until the invalidation from Redis arrives, and never longer than {@code near.staleness-bound}, even if
     * the network is cut silently or this process was paused." A value that a lookup returns was current within the bound before its call.
     */
    STALENESS_BOUND,

    /** "This node wrote: its own write or a newer one, at once." */
    READ_YOUR_WRITES,

    /** Lookups of a key on one node never go back in time. */
    READER_NEVER_GOES_BACK,

    /**
     * "Decided in Redis, never on a near copy: no lost updates." The result of a conditional operation, and the value that an entry processor
     * saw, is what the entry was just before the change.
     */
    NO_LOST_UPDATE,

    /** A change that returned was made once; a change that failed with a known outcome was not made, and is not made later. */
    HONEST_OUTCOME,

    /** "No removed entry returns": no value is stored a second time after it was replaced or removed. */
    NOTHING_REMOVED_COMES_BACK,

    /** A value that was loaded before the key was changed, removed or cleared is not stored after that. */
    NO_LATE_FILL,

    /** "One load in the cluster; the others wait for it", for {@code load.wait} at most. */
    ONE_LOAD,

    /** No node returns an entry after the end of its lifetime. */
    EXPIRED_IS_ABSENT,

    /** By {@code local}: "no operation throws because of Redis". */
    OUTAGE_THROWS_NOTHING,

    /** By {@code fail}: Redis answers, or the call fails; nothing is answered by this node. */
    FAIL_ANSWERS_NOTHING_LOCALLY,

    /** "The circuit breaker opens: no further call waits." */
    NO_CALL_WAITS_IN_AN_OUTAGE,

    /**
     * "Each key that was written or removed meanwhile is removed from Redis before this node reads it there": this node does not return what
     * Redis held of such a key during the outage.
     */
    REMOVED_BEFORE_READ,

    /** "No write of the outage replaces a write of another node": a recovery only removes. */
    RECOVERY_ONLY_REMOVES,

    /** In an outage a node returns what it has changed itself. */
    OUTAGE_CHANGES_ARE_READ,

    /** In an outage, "for {@code outage.near-time-to-live} the last values it knew", and no longer. */
    OUTAGE_COPIES_END,

    /** "A node dies while it loads or writes: others wait for one lease at most." */
    LEASES_END,

    /** Where a cache writes through: if writes of a key stop, Redis holds what the source holds, or nothing. */
    SOURCE_AND_CACHE_AGREE,

    /** When all is well again, all nodes read what Redis holds. */
    NODES_AGREE
}
