package io.github.tieredjcache.internal.model;

/**
 * The lifetime of an entry as a count of nanoseconds, and its special values.
 *
 * <p>A lifetime is a plain {@code long} because a near hit must not allocate.
 */
public final class Lifetime {
    /** Never expires. */
    public static final long ETERNAL = Long.MAX_VALUE;

    /** Keeps the current deadline of the entry. */
    public static final long UNCHANGED = -1;

    /** Expires at once. */
    public static final long ZERO = 0;

    private static final int TOUCH_SHARE = 10;
    private static final int LOCAL_TOUCH_SHARE = 1_000;
    private static final long LOCAL_TOUCH_NANOS = 1_000_000_000;

    private Lifetime() {}

    /**
     * Returns the instant at which a lifetime that begins now ends.
     *
     * @param nowNanos the current time of a monotonic clock
     * @param lifetimeNanos not {@link #UNCHANGED}
     * @return nanoseconds of the same clock, or {@link Entry#NO_DEADLINE}
     */
    public static long deadline(long nowNanos, long lifetimeNanos) {
        return lifetimeNanos == ETERNAL ? Entry.NO_DEADLINE : nowNanos + Math.min(lifetimeNanos, Long.MAX_VALUE / 2);
    }

    /**
     * Returns whether an access moves a deadline.
     *
     * <p>A deadline that all nodes share is not moved with every access, because every read of a hot key would be a
     * write. It is moved only when it is off by more than a tenth of the lifetime. So an entry may expire earlier than
     * its last access demands by up to that much, and never later.
     *
     * @param deadlineNanos the known deadline, or {@link Entry#NO_DEADLINE}
     * @param nowNanos the current time of the same clock
     * @param lifetimeNanos the lifetime that the access gives; not {@link #UNCHANGED}
     */
    public static boolean isTouchDue(long deadlineNanos, long nowNanos, long lifetimeNanos) {
        if (lifetimeNanos == ETERNAL || deadlineNanos == Entry.NO_DEADLINE) {
            return lifetimeNanos != ETERNAL || deadlineNanos != Entry.NO_DEADLINE;
        }
        long missing = deadline(nowNanos, lifetimeNanos) - deadlineNanos;
        return Math.abs(missing) > lifetimeNanos / TOUCH_SHARE;
    }

    /**
     * As {@link #isTouchDue}, for a deadline that no other node has: it is moved when an access demands one that is later
     * by more than a thousandth of the lifetime, or by more than a second, or an earlier one. So threads that read a hot
     * key need not wait for each other's writes.
     */
    public static boolean isLocalTouchDue(long deadlineNanos, long nowNanos, long lifetimeNanos) {
        long missing = deadline(nowNanos, lifetimeNanos) - deadlineNanos;
        return missing < 0 || missing > Math.min(lifetimeNanos / LOCAL_TOUCH_SHARE, LOCAL_TOUCH_NANOS);
    }

    /** Returns the earlier of two deadlines of one clock; {@link Entry#NO_DEADLINE} is later than all others. */
    public static long earlier(long oneNanos, long otherNanos) {
        if (oneNanos == Entry.NO_DEADLINE) {
            return otherNanos;
        }
        if (otherNanos == Entry.NO_DEADLINE) {
            return oneNanos;
        }
        return oneNanos - otherNanos <= 0 ? oneNanos : otherNanos;
    }
}
