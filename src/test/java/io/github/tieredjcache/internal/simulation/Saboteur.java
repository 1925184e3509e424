package io.github.tieredjcache.internal.simulation;

/** A guard of the protocol that is taken out of a simulated cluster, at the places where a test can put something else: the tests of the tests. */
enum Saboteur {
    /** Nothing is taken out. */
    NONE,
    /** Announcements of changes never reach the tracked keys, so no ticket of a copy is invalidated. */
    LOST_ANNOUNCEMENTS,
    /** Announcements travel beside the replies, so a reply does not prove that they have arrived. */
    ANNOUNCEMENTS_BESIDE_REPLIES,
    /** A read is tracked under a ticket of its own, so the caller's is valid whatever happens. */
    TICKET_IS_NEVER_INVALIDATED,
    /** The ticket of a read is tracked after its reply, so a change in between is missed. */
    TICKET_AFTER_READ,
    /** The near tier answers without a coherence lease. */
    COHERENCE_LEASE_NEVER_LAPSES,
    /** The coherence proof is renewed without replies. */
    PROOF_NEVER_AGES,
    /** Copies outlive the connection on which their keys were tracked. */
    GENERATION_OUTLIVES_CONNECTION,
    /** Commands that were sent on an earlier connection may run after those of a later one. */
    EARLIER_CONNECTIONS_STAY,
    /** Copies outlive the lifetime of their entries. */
    COPY_WITHOUT_DEADLINE,
    /** Some reads return what an earlier one has read, as from a replica that lags. */
    READS_ARE_OLD,
    /** An entry that another node is about to change is kept near. */
    UNSETTLED_ENTRY_IS_KEPT,
    /** Reads do not check that their epoch was current. */
    EPOCH_IS_NOT_CHECKED,
    /** A precondition of a mutation counts as met. */
    PRECONDITION_IS_NOT_CHECKED,
    /** A conditional change without a reply is made again. */
    UNKNOWN_CHANGE_IS_REPEATED,
    /** A change without a reply counts as made. */
    UNKNOWN_CHANGE_COUNTS_AS_MADE,
    /** A fill does not check its load lease. */
    FILL_WITHOUT_LEASE,
    /** Load leases of other nodes are not respected. */
    LOAD_LEASE_IS_NOT_EXCLUSIVE,
    /** A write lease does not exclude others. */
    WRITE_LEASE_IS_NOT_EXCLUSIVE,
    /** Leases do not end by time. */
    LEASES_DO_NOT_END,
    /** An entry whose write lease was lost stays, although the source may have changed. */
    LOST_LEASE_LEAVES_ENTRY,
    /** The journal forgets each key at once. */
    JOURNAL_FORGETS,
    /** The recovery counts keys as removed without removing them. */
    RECOVERY_REMOVES_NOTHING,
    /** The recovery stores what this node has written during the outage. */
    RECOVERY_PUBLISHES,
    /** Calls do not know that Redis is unavailable. */
    CIRCUIT_BREAKER_IS_NOT_ASKED,
    /** What a node changes in an outage is not kept. */
    LOCAL_CHANGES_ARE_DROPPED,
    /** The outage policy is the other one. */
    OTHER_OUTAGE_POLICY,
    /** Copies are returned in an outage for as long as it lasts. */
    OUTAGE_COPIES_DO_NOT_END;

    /** Returns whether the guard matters only where a cache writes through. */
    boolean concernsWriters() {
        return this == UNSETTLED_ENTRY_IS_KEPT
                || this == LOST_LEASE_LEAVES_ENTRY
                || this == WRITE_LEASE_IS_NOT_EXCLUSIVE;
    }
}
