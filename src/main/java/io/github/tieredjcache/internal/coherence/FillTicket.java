package io.github.tieredjcache.internal.coherence;

import org.jspecify.annotations.Nullable;

/**
 * A ticket for one fill of one key; void once its key has changed.
 *
 * <p>Whoever fetches or writes a value takes the ticket before asking. A change of the key voids it. What came under a
 * ticket may be kept near as long as the ticket is valid and not a moment longer, so nothing has to be removed, in any
 * order of threads, for a copy to end with the change. Safe for use by many threads.
 */
public final class FillTicket {
    private final long takenNanos;
    private volatile boolean valid = true;
    private volatile TrackingGeneration generation = TrackingGeneration.ENDLESS;
    private volatile boolean kept;
    private volatile boolean markRemoteFailed;
    private volatile boolean suspended;
    private volatile @Nullable Runnable onInvalidation;

    /**
     * Takes a ticket.
     *
     * @param takenNanos the present of the node's monotonic clock; what is fetched was current at that time or later
     */
    public FillTicket(long takenNanos) {
        this.takenNanos = takenNanos;
    }

    /** Returns a ticket that is void from the beginning, for a read whose result is not to be kept. */
    public static FillTicket unfillable() {
        FillTicket ticket = new FillTicket(0);
        ticket.invalidate();
        return ticket;
    }

    /** Returns whether this was taken by a lookup, which keeps what it finds, and counts it. */
    public boolean isOfLookup() {
        return takenNanos != 0;
    }

    /** Returns when the ticket was taken. */
    public long takenNanos() {
        return takenNanos;
    }

    /** Returns whether the key has not changed since the ticket was taken. */
    public boolean isValid() {
        return valid && !generation.isOver();
    }

    /** Has the end of an era void the ticket, too. */
    public void endWith(TrackingGeneration itsEra) {
        generation = itsEra;
    }

    /** Returns the era that it ends with. */
    public TrackingGeneration generation() {
        return generation;
    }

    /** Notes that Redis was asked under this ticket, and did not answer. */
    public void markRemoteFailed() {
        markRemoteFailed = true;
    }

    /** Returns whether Redis was asked in vain. */
    public boolean hasRemoteFailed() {
        return markRemoteFailed;
    }

    /** Notes that nothing is being asked under this ticket, and nothing will be brought under it: its holder looks again, under a new one. */
    public void suspend() {
        suspended = true;
    }

    /** Returns whether whoever holds it looks again before it brings anything. */
    public boolean isSuspended() {
        return suspended;
    }

    /** Notes that a copy is kept under this ticket. */
    public void keep() {
        kept = true;
    }

    /** Returns whether a copy is kept under this ticket. */
    public boolean isKept() {
        return kept;
    }

    /** Voids the ticket, for good. */
    public void invalidate() {
        valid = false;
        Runnable action = onInvalidation;
        if (action != null) {
            action.run();
        }
    }

    /** Voids the ticket unless a copy is kept under it: nobody will ask for it any more. */
    public void invalidateUnlessKept() {
        if (!kept) {
            invalidate();
        }
    }

    /**
     * Has an action run when the ticket is voided, at once if it is void; perhaps more than once.
     *
     * @param action replaces the one before
     */
    public void onInvalidation(Runnable action) {
        onInvalidation = action;
        if (!isValid()) {
            action.run();
        }
    }
}
