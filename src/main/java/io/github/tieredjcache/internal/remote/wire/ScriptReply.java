package io.github.tieredjcache.internal.remote.wire;

import io.github.tieredjcache.internal.model.Entry;
import io.github.tieredjcache.internal.model.Lifetime;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The reply of a script about one entry. */
public final class ScriptReply {
    private static final long NOTHING = -1;
    private static final long UNCHANGED = -1;
    private static final long ETERNAL = -2;
    // Longer lifetimes are eternal: their deadlines would not fit into nanoseconds.
    private static final long MILLIS_MAX = TimeUnit.DAYS.toMillis(365 * 200);

    private final Status status;
    private final boolean existed;
    private final long remainingMillis;
    private final byte @Nullable [] storedEntry;
    private final byte @Nullable [] awaitedLoadLease;

    ScriptReply(
            Status status,
            boolean existed,
            long remainingMillis,
            byte @Nullable [] storedEntry,
            byte @Nullable [] awaitedLoadLease) {
        this.status = status;
        this.existed = existed;
        this.remainingMillis = remainingMillis;
        this.storedEntry = storedEntry;
        this.awaitedLoadLease = awaitedLoadLease;
    }

    /** Reads the elements of a script's reply, four or more. */
    public static ScriptReply of(List<@Nullable Object> reply) {
        Status status = Status.values()[(int) number(reply.get(0))];
        byte[] awaitedLoadLease = reply.size() > 4 ? (byte[]) reply.get(4) : null;
        return new ScriptReply(
                status, number(reply.get(1)) == 1, number(reply.get(2)), (byte[]) reply.get(3), awaitedLoadLease);
    }

    /** Reads the replies of scripts that return one reply for each of their keys. */
    public static List<ScriptReply> all(List<List<@Nullable Object>> replies) {
        return replies.stream()
                .flatMap(List::stream)
                .map(ScriptReply::ofElement)
                .toList();
    }

    /** Reads the reply of a script that returns one reply for each key, and was called with one key. */
    public static ScriptReply only(List<@Nullable Object> reply) {
        return ofElement(reply.get(0));
    }

    @SuppressWarnings("unchecked")
    private static ScriptReply ofElement(@Nullable Object reply) {
        return of((List<@Nullable Object>) Objects.requireNonNull(reply));
    }

    /**
     * Returns whether a script's reply reports that the script changed its key.
     *
     * @param alwaysChanges whether the script, once applied, changes the key even if there was no entry and is none
     */
    public static boolean reportsChange(List<?> reply, boolean alwaysChanges) {
        if (reply.size() < 4
                || !(reply.get(0) instanceof Long status)
                || !(reply.get(1) instanceof Long existed)
                || !(reply.get(2) instanceof Long remaining)) {
            return false;
        }
        return switch (Status.values()[status.intValue()]) {
            case APPLIED -> alwaysChanges || existed == 1 || remaining != NOTHING;
            case DROPPED -> existed == 1;
            case FAILED, BUSY, EPOCH_OVER -> false;
        };
    }

    /** Returns the status of the script. */
    public Status status() {
        return status;
    }

    /** Returns whether the key had an entry. */
    public boolean existed() {
        return existed;
    }

    /** Returns for how long another holder may keep the key, for the status {@link Status#BUSY}. */
    public long busyMillis() {
        return remainingMillis;
    }

    /** Returns the bytes of the stored entry; null if the script returned none. */
    public byte @Nullable [] storedEntry() {
        return storedEntry;
    }

    /** Returns the id of the load lease that the caller must wait for; null if it waits for a write lease. */
    public byte @Nullable [] awaitedLoadLease() {
        return awaitedLoadLease;
    }

    /** Returns whether the key has an entry now. */
    public boolean hasEntry() {
        return remainingMillis != NOTHING;
    }

    /**
     * Returns the deadline of the entry that the key has now, erring early.
     *
     * @param sentNanos when the command was sent, by the node's monotonic clock
     */
    public long deadlineNanos(long sentNanos) {
        return remainingMillis == ETERNAL
                ? Entry.NO_DEADLINE
                : sentNanos + TimeUnit.MILLISECONDS.toNanos(remainingMillis);
    }

    /** Returns a lifetime in ASCII digits for the scripts, rounded up to whole milliseconds. */
    public static byte[] lifetime(long nanos) {
        if (nanos == Lifetime.UNCHANGED) {
            return Digits.of(UNCHANGED);
        }
        long millis = TimeUnit.NANOSECONDS.toMillis(nanos);
        long roundedUp = TimeUnit.MILLISECONDS.toNanos(millis) < nanos ? millis + 1 : millis;
        return Digits.of(nanos == Lifetime.ETERNAL || roundedUp > MILLIS_MAX ? ETERNAL : roundedUp);
    }

    private static long number(@Nullable Object element) {
        return (Long) Objects.requireNonNull(element, "a number is missing in the reply of a script");
    }

    /** The status of a script; Redis sends the ordinal number. */
    public enum Status {
        /** The precondition did not hold. */
        FAILED,
        APPLIED,
        /** Another holder has a lease of the key. */
        BUSY,
        /** The epoch is over; nothing was changed. */
        EPOCH_OVER,
        /**
         * Redis had no memory for the new entry, and the old one was removed: as if the new one had been evicted at
         * once.
         */
        DROPPED
    }
}
