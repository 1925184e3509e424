package io.github.tieredjcache.internal.entry;

/**
 * A ticket for one fill of one key; void once its key has changed.
 *
 * <p>Whoever fetches a value takes the ticket before asking. A change of the key voids it, and what was fetched under a
 * void ticket may be returned to those who asked but not kept.
 */
public final class FillTicket {
    private final long takenNanos;
    private volatile boolean valid = true;

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

    /** Returns when the ticket was taken. */
    public long takenNanos() {
        return takenNanos;
    }

    /** Returns whether the key has not changed since the ticket was taken. */
    public boolean isValid() {
        return valid;
    }

    /** Voids the ticket, for good. */
    public void voidIt() {
        valid = false;
    }
}
