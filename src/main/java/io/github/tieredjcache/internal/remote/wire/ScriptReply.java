package io.github.tieredjcache.internal.remote.wire;

import io.github.tieredjcache.internal.model.Entry;
import io.github.tieredjcache.internal.model.Lifetime;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** What a script answered. */
public final class ScriptReply {
    private static final long NOTHING = -1;
    private static final long UNCHANGED = -1;
    private static final long ETERNAL = -2;
    // Longer lifetimes are eternal: their deadlines would not fit into nanoseconds.
    private static final long MILLIS_MAX = TimeUnit.DAYS.toMillis(365 * 200);

    private final Status status;
    private final boolean existed;
    private final long remainingMillis;
    private final byte @Nullable [] cell;
    private final byte @Nullable [] holder;

    ScriptReply(
            Status status, boolean existed, long remainingMillis, byte @Nullable [] cell, byte @Nullable [] holder) {
        this.status = status;
        this.existed = existed;
        this.remainingMillis = remainingMillis;
        this.cell = cell;
        this.holder = holder;
    }

    /** Reads the elements of a script's answer, four or more. */
    public static ScriptReply of(List<@Nullable Object> reply) {
        Status status = Status.values()[(int) number(reply.get(0))];
        byte[] holder = reply.size() > 4 ? (byte[]) reply.get(4) : null;
        return new ScriptReply(status, number(reply.get(1)) == 1, number(reply.get(2)), (byte[]) reply.get(3), holder);
    }

    /** Reads the answers of a script that answers for each of several keys. */
    @SuppressWarnings("unchecked")
    public static List<ScriptReply> each(List<@Nullable Object> reply) {
        return reply.stream()
                .map(each -> of((List<@Nullable Object>) Objects.requireNonNull(each)))
                .toList();
    }

    /**
     * Returns whether a script's answer says that it changed its key.
     *
     * @param whenever whether the script changes it whenever it is applied
     */
    public static boolean saysChanged(List<?> reply, boolean whenever) {
        if (reply.size() < 4
                || !(reply.get(0) instanceof Long status)
                || !(reply.get(1) instanceof Long existed)
                || !(reply.get(2) instanceof Long remaining)) {
            return false;
        }
        return switch (Status.values()[status.intValue()]) {
            case APPLIED -> whenever || existed == 1 || remaining != NOTHING;
            case DROPPED -> existed == 1;
            case FAILED, BUSY, MOVED -> false;
        };
    }

    /** Returns how it ended. */
    public Status status() {
        return status;
    }

    /** Returns whether the key had an entry. */
    public boolean existed() {
        return existed;
    }

    /** Returns for how long another may have the key, of an answer that says that it is busy. */
    public long busyMillis() {
        return remainingMillis;
    }

    /** Returns the whole cell that was asked for, or null. */
    public byte @Nullable [] cell() {
        return cell;
    }

    /** Returns what the load is known by for which the caller must wait; null if it waits for something else. */
    public byte @Nullable [] holder() {
        return holder;
    }

    /** Returns whether there is an entry now. */
    public boolean hasEntry() {
        return remainingMillis != NOTHING;
    }

    /** Returns the deadline of the entry that is there now, erring early. */
    public long deadlineNanos(long sentNanos) {
        return remainingMillis == ETERNAL
                ? Entry.NO_DEADLINE
                : sentNanos + TimeUnit.MILLISECONDS.toNanos(remainingMillis);
    }

    /** Returns a lifetime as the scripts take it; what is not whole milliseconds is rounded up. */
    public static byte[] lifetime(long nanos) {
        if (nanos == Lifetime.UNCHANGED) {
            return RedisCommand.number(UNCHANGED);
        }
        long millis = TimeUnit.NANOSECONDS.toMillis(nanos);
        long roundedUp = TimeUnit.MILLISECONDS.toNanos(millis) < nanos ? millis + 1 : millis;
        return RedisCommand.number(nanos == Lifetime.ETERNAL || roundedUp > MILLIS_MAX ? ETERNAL : roundedUp);
    }

    private static long number(@Nullable Object element) {
        return (Long) Objects.requireNonNull(element, "a script's answer lacks a number");
    }

    /** How a script ended, by the number that stands for it. */
    public enum Status {
        FAILED,
        APPLIED,
        BUSY,
        /** The epoch is over, and nothing was done. */
        MOVED,
        /** There was no memory for the new entry, and the old one is gone: as if the new one had been evicted at once. */
        DROPPED
    }
}
