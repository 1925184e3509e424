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
 * <p>Two classes, for memory: there may be millions of entries, and those of a cache without Redis and without expiry
 * need only the value.
 *
 * @param <V> the type of the value
 */
public abstract sealed class Entry<V> {
    /** The deadline of an entry that never expires. */
    public static final long NO_DEADLINE = Long.MAX_VALUE;

    private final V value;

    private Entry(V value) {
        this.value = value;
    }

    /**
     * Returns an entry of a cache without Redis in which no entry ever expires.
     *
     * @param value the cache's own instance
     */
    public static <V> Entry<V> eternal(V value) {
        return new EternalEntry<>(value);
    }

    /**
     * Returns a settled entry.
     *
     * @param value the cache's own instance
     * @param version the version of the write that stored it
     * @param deadlineNanos by this node's monotonic clock, or {@link #NO_DEADLINE}
     */
    public static <V> Entry<V> of(V value, Version version, long deadlineNanos) {
        return of(value, version, deadlineNanos, 0, true);
    }

    /**
     * Returns an entry.
     *
     * @param value the cache's own instance
     * @param version the version of the write that stored it
     * @param deadlineNanos by this node's monotonic clock, or {@link #NO_DEADLINE}
     * @param encodedBytes the size of its key and value in bytes; 0 if no bound counts bytes
     * @param settled false if a mutation of the key is in progress, so that the entry may be read but not kept near
     */
    public static <V> Entry<V> of(V value, Version version, long deadlineNanos, int encodedBytes, boolean settled) {
        return new VersionedEntry<>(value, version, deadlineNanos, encodedBytes, settled);
    }

    public final V value() {
        return value;
    }

    public abstract Version version();

    public abstract long deadlineNanos();

    /** Returns the size of its key and value in bytes; 0 if it is not known. */
    public abstract int encodedBytes();

    /** Returns whether no mutation of the key was in progress when this entry was read. */
    public abstract boolean isSettled();

    public final boolean isEternal() {
        return deadlineNanos() == NO_DEADLINE;
    }

    /** Returns whether the deadline has passed. */
    public final boolean isExpiredAt(long nowNanos) {
        long deadline = deadlineNanos();
        return deadline != NO_DEADLINE && nowNanos - deadline >= 0;
    }

    /** Returns whether a near copy has reached its maximum time in the near tier, whatever its deadline. */
    public abstract boolean isKeptTooLongAt(long nowNanos);

    /** Moves the deadline. */
    public abstract void touch(long newDeadlineNanos);

    /**
     * Returns true to one caller, which then moves the deadline and calls {@link #endTouch}; until then false to all
     * others.
     */
    public abstract boolean beginTouch();

    /** Allows the next touch. */
    public abstract void endTouch();

    /**
     * Returns true to one caller, which then loads the key again and calls {@link #endRefresh}; until then false to all
     * others.
     */
    public abstract boolean beginRefresh();

    /** Allows the next refresh. */
    public abstract void endRefresh();

    /** Returns true to one caller, which then reports that this entry has expired. */
    public abstract boolean claimExpiryReport();

    /** Returns the ticket that this near copy depends on; null if this is no copy of an entry of another tier. */
    public abstract @Nullable FillTicket ticket();

    /** Returns whether no change of the key was received since this entry was read or written. */
    public final boolean isCurrent() {
        FillTicket ticket = ticket();
        return ticket == null || ticket.isValid();
    }

    /** Returns this entry with the ticket that it was read or written under. */
    public final Entry<V> withTicket(FillTicket newTicket) {
        return new VersionedEntry<>(this, value, newTicket, keptUntilNanos());
    }

    /** Returns this entry with the value instance of another entry of the same version. */
    public final Entry<V> withInstanceOf(Entry<V> same) {
        return new VersionedEntry<>(this, same.value(), ticket(), keptUntilNanos());
    }

    /** Returns this entry as a near copy under a ticket, which is kept until {@code limitNanos} at most. */
    public final Entry<V> keptUntil(long limitNanos, FillTicket newTicket) {
        return ticket() == newTicket && keptUntilNanos() == limitNanos
                ? this
                : new VersionedEntry<>(this, value, newTicket, limitNanos);
    }

    abstract long keptUntilNanos();

    /**
     * An entry that is nothing but its value: it is no copy of an entry of another tier, and never expires.
     *
     * @param <V> the type of the value
     */
    private static final class EternalEntry<V> extends Entry<V> {
        EternalEntry(V value) {
            super(value);
        }

        @Override
        public Version version() {
            return Version.LOCAL;
        }

        @Override
        public long deadlineNanos() {
            return NO_DEADLINE;
        }

        @Override
        public int encodedBytes() {
            return 0;
        }

        @Override
        public boolean isSettled() {
            return true;
        }

        @Override
        public boolean isKeptTooLongAt(long nowNanos) {
            return false;
        }

        @Override
        public void touch(long newDeadlineNanos) {
            if (newDeadlineNanos != NO_DEADLINE) {
                throw new IllegalStateException("an entry of a cache without expiry got a deadline");
            }
        }

        @Override
        public boolean beginTouch() {
            return false;
        }

        @Override
        public void endTouch() {}

        @Override
        public boolean beginRefresh() {
            return false;
        }

        @Override
        public void endRefresh() {}

        @Override
        public boolean claimExpiryReport() {
            return false;
        }

        @Override
        public @Nullable FillTicket ticket() {
            return null;
        }

        @Override
        long keptUntilNanos() {
            return NO_DEADLINE;
        }
    }

    /**
     * An entry that may expire, or may be a copy of an entry of another tier.
     *
     * @param <V> the type of the value
     */
    private static final class VersionedEntry<V> extends Entry<V> {
        // VarHandles, not AtomicBooleans, for memory.
        private static final VarHandle TOUCHING = field("touching", boolean.class);
        private static final VarHandle REFRESHING = field("refreshing", boolean.class);
        private static final VarHandle EXPIRY_REPORTED = field("expiryReported", boolean.class);
        private static final VarHandle DEADLINE = field("deadlineNanos", long.class);

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

        VersionedEntry(V value, Version version, long deadlineNanos, int encodedBytes, boolean settled) {
            super(value);
            this.version = version;
            this.deadlineNanos = deadlineNanos;
            this.encodedBytes = encodedBytes;
            this.settled = settled;
            this.ticket = null;
            this.keptUntilNanos = NO_DEADLINE;
        }

        VersionedEntry(Entry<V> same, V value, @Nullable FillTicket ticket, long keptUntilNanos) {
            super(value);
            this.version = same.version();
            this.deadlineNanos = same.deadlineNanos();
            this.encodedBytes = same.encodedBytes();
            this.settled = same.isSettled();
            this.ticket = ticket;
            this.keptUntilNanos = keptUntilNanos;
        }

        @Override
        public Version version() {
            return version;
        }

        @Override
        public long deadlineNanos() {
            return deadlineNanos;
        }

        @Override
        public int encodedBytes() {
            return encodedBytes;
        }

        @Override
        public boolean isSettled() {
            return settled;
        }

        @Override
        public boolean isKeptTooLongAt(long nowNanos) {
            return keptUntilNanos != NO_DEADLINE && nowNanos - keptUntilNanos >= 0;
        }

        @Override
        public void touch(long newDeadlineNanos) {
            // A release, not a volatile write: each hit of a cache with expiry by access does it, and nothing that this
            // thread reads later depends on it.
            DEADLINE.setRelease(this, newDeadlineNanos);
        }

        @Override
        public boolean beginTouch() {
            return TOUCHING.compareAndSet(this, false, true);
        }

        @Override
        public void endTouch() {
            touching = false;
        }

        @Override
        public boolean beginRefresh() {
            return REFRESHING.compareAndSet(this, false, true);
        }

        @Override
        public void endRefresh() {
            refreshing = false;
        }

        @Override
        public boolean claimExpiryReport() {
            return EXPIRY_REPORTED.compareAndSet(this, false, true);
        }

        @Override
        public @Nullable FillTicket ticket() {
            return ticket;
        }

        @Override
        long keptUntilNanos() {
            return keptUntilNanos;
        }

        private static VarHandle field(String name, Class<?> type) {
            try {
                return MethodHandles.lookup().findVarHandle(VersionedEntry.class, name, type);
            } catch (ReflectiveOperationException e) {
                throw new ExceptionInInitializerError(e);
            }
        }
    }
}
