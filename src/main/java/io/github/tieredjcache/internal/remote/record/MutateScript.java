package io.github.tieredjcache.internal.remote.record;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.github.tieredjcache.internal.coherence.FillTicket;
import io.github.tieredjcache.internal.model.Lifetime;
import io.github.tieredjcache.internal.model.Mutation;
import io.github.tieredjcache.internal.model.Precondition;
import io.github.tieredjcache.internal.model.Version;
import io.github.tieredjcache.internal.remote.wire.EntryKey;
import io.github.tieredjcache.internal.remote.wire.OwnChanges;
import io.github.tieredjcache.internal.remote.wire.RedisCommand;
import io.github.tieredjcache.internal.remote.wire.Script;
import io.github.tieredjcache.internal.remote.wire.ScriptReply;
import io.github.tieredjcache.internal.remote.wire.StoredEntryHeader;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The calls of the script {@code mutate.lua}, which describes the parameters. */
final class MutateScript {
    private static final byte[] NOTHING = {};
    private static final byte[] NO_VERSION = new byte[2 * Long.BYTES];
    private static final String REMOVE = "R";
    private static final String KEEP = "K";
    private static final String TOUCH = "T";
    private static final String EXTEND = "X";
    private static final String SET = "S";
    private static final String END = "E";
    private static final String WAITS = "a";
    private static final String VANISHES = "v";
    private static final String DROPS = "d";

    private MutateScript() {}

    static byte[] guard(Precondition precondition) {
        if (precondition instanceof Precondition.Unchanged unchanged) {
            return versionIs(unchanged.seen().version());
        }
        return ascii(
                precondition instanceof Precondition.Absent
                        ? "N"
                        : precondition instanceof Precondition.Present ? "P" : "A");
    }

    static byte[] versionIs(Version version) {
        return ByteBuffer.allocate(1 + 2 * Long.BYTES)
                .put((byte) 'V')
                .put(StoredEntryHeader.bytes(version))
                .array();
    }

    /**
     * Applies a mutation under a guard of its own or another one.
     *
     * @param drops whether the entry goes where there is no memory for the new one
     */
    static RedisCommand<List<@Nullable Object>> apply(
            EntryKey key,
            byte[] guard,
            Mutation<?, ?> mutation,
            Version version,
            byte @Nullable [] body,
            boolean drops) {
        boolean wantsWinner = mutation.wantsOld()
                || mutation.guard() instanceof Precondition.Absent
                || mutation.guard() instanceof Precondition.Unchanged;
        String flags = (mutation.answers() ? WAITS : "")
                + (mutation.wantsOld() ? "o" : "")
                + (wantsWinner ? "w" : "")
                + (drops ? DROPS : "");
        return change(key, guard, version, mutation.creationNanos(), mutation.updateNanos(), flags, body);
    }

    /** Stores a loaded value in place of the right to load it. */
    static RedisCommand<List<@Nullable Object>> fill(
            HeldLease right, Version version, long creationNanos, byte[] body) {
        return change(right.entryKey(), right.guard(), version, creationNanos, Lifetime.UNCHANGED, "", body);
    }

    /** Applies a mutation under a lease and gives that back, unless a flag keeps it. */
    static RedisCommand<List<@Nullable Object>> commit(
            HeldLease lease, String flags, Version version, long lifetimeNanos, byte @Nullable [] body) {
        return change(lease.entryKey(), lease.guard(), version, lifetimeNanos, lifetimeNanos, flags, body);
    }

    /** Lets a lease end later, so long from now. */
    static RedisCommand<List<@Nullable Object>> renew(HeldLease lease, Duration length) {
        return run(lease.entryKey(), lease.guard(), EXTEND, length.toNanos(), "");
    }

    /**
     * Returns a script that may change the entry, and then is echoed to its author.
     *
     * @param ticket under which what it stores may be kept; null if it stores nothing to keep
     * @param whenever whether it changes the key whenever it is applied, even if there was no entry and is none
     */
    static RedisCommand<List<@Nullable Object>> echoed(
            RedisCommand<List<@Nullable Object>> script, EntryKey key, @Nullable FillTicket ticket, boolean whenever) {
        return script.observedBy((reply, changes) -> echo(reply, key, ticket, whenever, changes));
    }

    /** Takes note of a script's answer about one entry; as {@link #echoed}. */
    static void echo(List<?> reply, EntryKey key, @Nullable FillTicket ticket, boolean whenever, OwnChanges changes) {
        if (ScriptReply.saysChanged(reply, whenever)) {
            changes.wrote(key.bytes(), ticket, key.epoch().generation().listener());
        }
    }

    /** Gives a lease back; the old entry is settled again, or removed with it. */
    static RedisCommand<List<@Nullable Object>> release(EntryKey key, byte[] leaseGuard, boolean remove) {
        return echoed(run(key, leaseGuard, remove ? REMOVE : KEEP, Lifetime.UNCHANGED, ""), key, null, false);
    }

    /** Gives a lease back and leaves no entry, be it in time or not. */
    static RedisCommand<List<@Nullable Object>> abandon(HeldLease lease) {
        return run(lease.entryKey(), lease.guard(), REMOVE, Lifetime.UNCHANGED, VANISHES);
    }

    /** Leaves no entry, and none that is being loaded or written by another. */
    static RedisCommand<List<@Nullable Object>> voidEntry(EntryKey key) {
        return run(key, guard(Precondition.ALWAYS), END, Lifetime.UNCHANGED, "");
    }

    /** Removes what is left of an entry that has ended, and the right to load it; a live one, and a lease, stay. */
    static RedisCommand<List<@Nullable Object>> removeAbsent(EntryKey key) {
        return run(key, guard(Precondition.ABSENT), REMOVE, Lifetime.UNCHANGED, WAITS);
    }

    /** Removes just the entry of this version; leaves it to the holder of a lease, if there is one. */
    static RedisCommand<List<@Nullable Object>> removeVersion(EntryKey key, Version version) {
        return run(key, versionIs(version), REMOVE, Lifetime.UNCHANGED, WAITS);
    }

    /** Gives just the entry of this version another lifetime. */
    static RedisCommand<List<@Nullable Object>> touchVersion(EntryKey key, Version version, long lifetimeNanos) {
        return run(key, versionIs(version), TOUCH, lifetimeNanos, "");
    }

    private static RedisCommand<List<@Nullable Object>> change(
            EntryKey key,
            byte[] guard,
            Version version,
            long creationNanos,
            long updateNanos,
            String flags,
            byte @Nullable [] body) {
        // A new entry has no deadline that could be left as it is.
        long creation = creationNanos == Lifetime.UNCHANGED ? Lifetime.ETERNAL : creationNanos;
        return RedisCommand.run(
                Script.MUTATE,
                true,
                key,
                List.of(
                        guard,
                        ascii(body == null ? REMOVE : SET),
                        StoredEntryHeader.bytes(version),
                        ScriptReply.lifetime(creation),
                        ScriptReply.lifetime(updateNanos),
                        ascii(flags),
                        body == null ? NOTHING : body));
    }

    private static RedisCommand<List<@Nullable Object>> run(
            EntryKey key, byte[] guard, String action, long lifetimeNanos, String flags) {
        byte[] lifetime = ScriptReply.lifetime(lifetimeNanos);
        return RedisCommand.run(
                Script.MUTATE,
                true,
                key,
                List.of(guard, ascii(action), NO_VERSION, lifetime, lifetime, ascii(flags), NOTHING));
    }

    private static byte[] ascii(String text) {
        return text.getBytes(US_ASCII);
    }
}
