package io.github.tieredjcache.internal.entry;

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
    private volatile Era era = Era.ENDLESS;
    private volatile boolean kept;
    private volatile boolean cutOff;
    private volatile boolean resting;
    private volatile @Nullable Runnable onVoid;

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
        ticket.voidIt();
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
        return valid && !era.isOver();
    }

    /** Has the end of an era void the ticket, too. */
    public void endWith(Era itsEra) {
        era = itsEra;
    }

    /** Returns the era that it ends with. */
    public Era era() {
        return era;
    }

    /** Notes that Redis was asked under this ticket, and did not answer. */
    public void cutOff() {
        cutOff = true;
    }

    /** Returns whether Redis was asked in vain. */
    public boolean isCutOff() {
        return cutOff;
    }

    /** Notes that nothing is being asked under this ticket, and nothing will be brought under it: its holder looks again, under a new one. */
    public void rest() {
        resting = true;
    }

    /** Returns whether whoever holds it looks again before it brings anything. */
    public boolean isResting() {
        return resting;
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
    public void voidIt() {
        valid = false;
        Runnable action = onVoid;
        if (action != null) {
            action.run();
        }
    }

    /** Voids the ticket unless a copy is kept under it: nobody will ask for it any more. */
    public void voidUnlessKept() {
        if (!kept) {
            voidIt();
        }
    }

    /**
     * Has an action run when the ticket is voided, at once if it is void; perhaps more than once.
     *
     * @param action replaces the one before
     */
    public void onVoid(Runnable action) {
        onVoid = action;
        if (!isValid()) {
            action.run();
        }
    }
}
