package io.github.tieredjcache.internal.coherence;

import org.jspecify.annotations.Nullable;

/**
 * A ticket for one fill of one key; invalid once its key has changed.
 *
 * <p>A caller takes the ticket before it reads or writes the key in the tier of record. A change of the key
 * invalidates the ticket. A copy may be kept near as long as its ticket is valid and not a moment longer, so a copy
 * ends with the change in every order of threads, without being removed. Safe for use by many threads.
 */
public final class FillTicket {
    private final long takenNanos;
    private volatile boolean valid = true;
    private volatile TrackingGeneration generation = TrackingGeneration.ENDLESS;
    private volatile boolean kept;
    private volatile boolean suspended;
    private volatile @Nullable Runnable onInvalidation;

    /**
     * Takes a ticket.
     *
     * @param takenNanos the current time of the node's monotonic clock; a fetched entry was current at that time or
     *     later
     */
    public FillTicket(long takenNanos) {
        this.takenNanos = takenNanos;
    }

    /** Returns a ticket that is invalid from the beginning, for a read whose result is not kept. */
    public static FillTicket unfillable() {
        FillTicket ticket = new FillTicket(0);
        ticket.invalidate();
        return ticket;
    }

    /** Returns when the ticket was taken. */
    public long takenNanos() {
        return takenNanos;
    }

    /** Returns whether the key has not changed since the ticket was taken. */
    public boolean isValid() {
        return valid && !generation.isOver();
    }

    /** Makes the end of a tracking generation invalidate this ticket, too. */
    public void bindTo(TrackingGeneration trackingGeneration) {
        generation = trackingGeneration;
    }

    /** Returns the tracking generation whose end invalidates this ticket. */
    public TrackingGeneration generation() {
        return generation;
    }

    /**
     * Marks that no read is in progress under this ticket, and no entry will be filled under it: its holder waits, and
     * reads again under a new ticket.
     */
    public void suspend() {
        suspended = true;
    }

    /** Returns whether the holder reads again, under a new ticket, before it returns a result. */
    public boolean isSuspended() {
        return suspended;
    }

    /** Marks that a copy is kept under this ticket. */
    public void keep() {
        kept = true;
    }

    /** Returns whether a copy is kept under this ticket. */
    public boolean isKept() {
        return kept;
    }

    /** Invalidates the ticket permanently. */
    public void invalidate() {
        valid = false;
        Runnable action = onInvalidation;
        if (action != null) {
            action.run();
        }
    }

    /** Invalidates the ticket unless a copy is kept under it: without a copy it is not used any more. */
    public void invalidateUnlessKept() {
        if (!kept) {
            invalidate();
        }
    }

    /**
     * Runs an action when the ticket is invalidated, at once if it is invalid already; possibly more than once.
     *
     * @param action replaces the previous action
     */
    public void onInvalidation(Runnable action) {
        onInvalidation = action;
        if (!isValid()) {
            action.run();
        }
    }
}
