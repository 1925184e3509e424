package io.github.tieredjcache.internal.model;

import io.github.tieredjcache.internal.coherence.FillTicket;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * A value with its version and its deadline, as one node holds it.
 *
 * <p>Invariant: the value belongs to the cache. If the cache stores by value and the value is mutable, callers have
 * other instances. Only the deadline of an entry ever moves, and only if access moves it.
 *
 * @param <V> the type of the value
 */
public final class Entry<V> {
    /** The deadline of an entry that never expires. */
    public static final long NO_DEADLINE = Long.MAX_VALUE;

    // VarHandles, not AtomicBooleans, for memory: there may be millions of entries.
    private static final VarHandle TOUCHING = field("touching");
    private static final VarHandle REFRESHING = field("refreshing");
    private static final VarHandle EXPIRY_REPORTED = field("expiryReported");

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
    private volatile boolean expiryReported;

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
     * @param encodedBytes the size of its key and value in bytes; 0 if no bound counts bytes
     * @param settled false if a mutation of the key is in progress, so that the entry may be read but not kept near
     */
    public Entry(V value, Version version, long deadlineNanos, int encodedBytes, boolean settled) {
        this.value = value;
        this.version = version;
        this.deadlineNanos = deadlineNanos;
        this.encodedBytes = encodedBytes;
        this.settled = settled;
        this.ticket = null;
        this.keptUntilNanos = NO_DEADLINE;
    }

    private Entry(Entry<V> same, V value, @Nullable FillTicket ticket, long keptUntilNanos) {
        this.value = value;
        this.version = same.version;
        this.deadlineNanos = same.deadlineNanos;
        this.encodedBytes = same.encodedBytes;
        this.settled = same.settled;
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

    /** Returns the size of its key and value in bytes; 0 if it is not known. */
    public int encodedBytes() {
        return encodedBytes;
    }

    /** Returns whether no mutation of the key was in progress when this entry was read. */
    public boolean isSettled() {
        return settled;
    }

    public boolean isEternal() {
        return deadlineNanos == NO_DEADLINE;
    }

    /** Returns whether the deadline has passed. */
    public boolean isExpiredAt(long nowNanos) {
        long deadline = deadlineNanos;
        return deadline != NO_DEADLINE && nowNanos - deadline >= 0;
    }

    /** Returns whether a near copy has reached its maximum time in the near tier, whatever its deadline. */
    public boolean isKeptTooLongAt(long nowNanos) {
        return keptUntilNanos != NO_DEADLINE && nowNanos - keptUntilNanos >= 0;
    }

    /** Moves the deadline. */
    public void touch(long newDeadlineNanos) {
        deadlineNanos = newDeadlineNanos;
    }

    /**
     * Returns true to one caller, which then moves the deadline and calls {@link #endTouch}; until then false to all
     * others.
     */
    public boolean beginTouch() {
        return TOUCHING.compareAndSet(this, false, true);
    }

    /** Allows the next touch. */
    public void endTouch() {
        touching = false;
    }

    /**
     * Returns true to one caller, which then loads the key again and calls {@link #endRefresh}; until then false to all
     * others.
     */
    public boolean beginRefresh() {
        return REFRESHING.compareAndSet(this, false, true);
    }

    /** Allows the next refresh. */
    public void endRefresh() {
        refreshing = false;
    }

    /** Returns true to one caller, which then reports that this entry has expired. */
    public boolean claimExpiryReport() {
        return EXPIRY_REPORTED.compareAndSet(this, false, true);
    }

    /** Returns the ticket that this near copy depends on; null if this is no copy of an entry of another tier. */
    public @Nullable FillTicket ticket() {
        return ticket;
    }

    /** Returns whether no change of the key was received since this entry was read or written. */
    public boolean isCurrent() {
        return ticket == null || ticket.isValid();
    }

    /** Returns this entry with the ticket that it was read or written under. */
    public Entry<V> withTicket(FillTicket newTicket) {
        return new Entry<>(this, value, newTicket, keptUntilNanos);
    }

    /** Returns this entry with the value instance of another entry of the same version. */
    public Entry<V> withInstanceOf(Entry<V> same) {
        return new Entry<>(this, same.value, ticket, keptUntilNanos);
    }

    /** Returns this entry as a near copy under a ticket, which is kept until {@code limitNanos} at most. */
    public Entry<V> keptUntil(long limitNanos, FillTicket newTicket) {
        return ticket == newTicket && keptUntilNanos == limitNanos
                ? this
                : new Entry<>(this, value, newTicket, limitNanos);
    }

    private static VarHandle field(String name) {
        try {
            return MethodHandles.lookup().findVarHandle(Entry.class, name, boolean.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }
}
