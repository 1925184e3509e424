package io.github.tieredjcache.internal.model;

import io.github.tieredjcache.internal.coherence.FillTicket;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * A value with its version and its deadline, as one node holds it.
 *
 * <p>Invariant: the value belongs to the cache. What a caller gave or gets is another instance wherever the cache stores
 * by value and the value can change. Only the deadline of an entry ever moves, and only where access moves it.
 *
 * @param <V> the type of the value
 */
public final class Entry<V> {
    /** The deadline of an entry that never expires. */
    public static final long NO_DEADLINE = Long.MAX_VALUE;

    // Not an AtomicBoolean: there may be millions of entries.
    private static final VarHandle TOUCHING = field("touching");
    private static final VarHandle REFRESHING = field("refreshing");
    private static final VarHandle END_TOLD = field("endTold");

    private final V value;
    private final Version version;
    private final boolean settled;
    private final int encodedBytes;
    private final @Nullable FillTicket ticket;
    private final long keptUntilNanos;
    // Volatile: a touch by one thread must be seen by the next reader, and a reader must see a whole long.
    private volatile long deadlineNanos;

    @SuppressWarnings("UnusedVariable") // Read by the handle only.
    private volatile boolean touching;

    @SuppressWarnings("UnusedVariable") // As above.
    private volatile boolean refreshing;

    @SuppressWarnings("UnusedVariable") // As above.
    private volatile boolean endTold;

    /**
     * Creates a settled entry.
     *
     * @param value the cache's own instance
     * @param version the version of the write that stored it
     * @param deadlineNanos by this node's monotonic clock, or {@link #NO_DEADLINE}
     */
    public Entry(V value, Version version, long deadlineNanos) {
        this(value, version, deadlineNanos, 0, true);
    }

    /**
     * Creates an entry.
     *
     * @param value the cache's own instance
     * @param version the version of the write that stored it
     * @param deadlineNanos by this node's monotonic clock, or {@link #NO_DEADLINE}
     * @param encodedBytes the length of its key and value as bytes; 0 if nobody asks
     * @param settled false if a mutation of the key is under way, so that the entry may be read but not kept near
     */
    public Entry(V value, Version version, long deadlineNanos, int encodedBytes, boolean settled) {
        this(value, version, deadlineNanos, encodedBytes, settled, null, NO_DEADLINE);
    }

    private Entry(
            V value,
            Version version,
            long deadlineNanos,
            int encodedBytes,
            boolean settled,
            @Nullable FillTicket ticket,
            long keptUntilNanos) {
        this.value = value;
        this.version = version;
        this.deadlineNanos = deadlineNanos;
        this.encodedBytes = encodedBytes;
        this.settled = settled;
        this.ticket = ticket;
        this.keptUntilNanos = keptUntilNanos;
    }

    public V value() {
        return value;
    }

    public Version version() {
        return version;
    }

    public long deadlineNanos() {
        return deadlineNanos;
    }

    /** Returns the length of its key and value as bytes; 0 if that was not told. */
    public int encodedBytes() {
        return encodedBytes;
    }

    /** Returns whether nobody was changing the key when this was read. */
    public boolean isSettled() {
        return settled;
    }

    public boolean isEternal() {
        return deadlineNanos == NO_DEADLINE;
    }

    /** Returns whether the deadline has come. */
    public boolean isExpiredAt(long nowNanos) {
        long deadline = deadlineNanos;
        return deadline != NO_DEADLINE && nowNanos - deadline >= 0;
    }

    /** Returns whether a copy has been kept for as long as it may be, whatever its deadline. */
    public boolean isKeptTooLongAt(long nowNanos) {
        return keptUntilNanos != NO_DEADLINE && nowNanos - keptUntilNanos >= 0;
    }

    /** Moves the deadline. */
    public void touch(long newDeadlineNanos) {
        deadlineNanos = newDeadlineNanos;
    }

    /** Returns true to one caller, who then has the deadline moved and calls {@link #endTouch}; until then false to all others. */
    public boolean beginTouch() {
        return TOUCHING.compareAndSet(this, false, true);
    }

    /** Lets the next touch begin. */
    public void endTouch() {
        touching = false;
    }

    /** Returns true to one caller, who then loads this again and calls {@link #endRefresh}; until then false to all others. */
    public boolean beginRefresh() {
        return REFRESHING.compareAndSet(this, false, true);
    }

    /** Lets the next refresh begin. */
    public void endRefresh() {
        refreshing = false;
    }

    /** Returns true to one caller, who then tells that this has expired. */
    public boolean beginEnd() {
        return END_TOLD.compareAndSet(this, false, true);
    }

    /** Returns the ticket with which this ends as a near copy; null if it is no copy of what another tier holds. */
    public @Nullable FillTicket ticket() {
        return ticket;
    }

    /** Returns whether nothing has been heard of a change since this was read or written. */
    public boolean isCurrent() {
        return ticket == null || ticket.isValid();
    }

    /** Returns this entry as what came under a ticket. */
    public Entry<V> under(FillTicket itsTicket) {
        return new Entry<>(value, version, deadlineNanos, encodedBytes, settled, itsTicket, keptUntilNanos);
    }

    /** Returns this entry with the instance that another entry of the same version has. */
    public Entry<V> withInstanceOf(Entry<V> same) {
        return new Entry<>(same.value, version, deadlineNanos, encodedBytes, settled, ticket, keptUntilNanos);
    }

    /** Returns this entry as a copy under a ticket that is kept until then at most. */
    public Entry<V> keptUntil(long limitNanos, FillTicket itsTicket) {
        return ticket == itsTicket && keptUntilNanos == limitNanos
                ? this
                : new Entry<>(value, version, deadlineNanos, encodedBytes, settled, itsTicket, limitNanos);
    }

    private static VarHandle field(String name) {
        try {
            return MethodHandles.lookup().findVarHandle(Entry.class, name, boolean.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }
}
