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

/** Creates the calls of the script {@code mutate.lua}, which describes the parameters. */
final class MutateScript {
    private static final byte[] NOTHING = {};
    private static final byte[] NO_VERSION = new byte[2 * Long.BYTES];
    private static final String REMOVE = "R";
    private static final String KEEP = "K";
    private static final String TOUCH = "T";
    private static final String EXTEND = "X";
    private static final String SET = "S";
    private static final String INVALIDATE = "E";
    private static final String WAITS_FOR_LEASE = "a";
    private static final String EXPIRES_WITH_LEASE = "v";
    private static final String DROPS_OLD = "d";

    private MutateScript() {}

    static byte[] precondition(Precondition precondition) {
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
     * Applies a mutation under its own precondition or another one.
     *
     * @param dropsOld whether the old entry is removed if there is no memory for the new one
     */
    static RedisCommand<List<@Nullable Object>> apply(
            EntryKey key,
            byte[] precondition,
            Mutation<?, ?> mutation,
            Version version,
            byte @Nullable [] body,
            boolean dropsOld) {
        boolean wantsCurrent = mutation.wantsOld()
                || mutation.precondition() instanceof Precondition.Absent
                || mutation.precondition() instanceof Precondition.Unchanged;
        String flags = (mutation.returnsResult() ? WAITS_FOR_LEASE : "")
                + (mutation.wantsOld() ? "o" : "")
                + (wantsCurrent ? "w" : "")
                + (dropsOld ? DROPS_OLD : "");
        return change(key, precondition, version, mutation.creationNanos(), mutation.updateNanos(), flags, body);
    }

    /** Stores a loaded value in place of its load lease. */
    static RedisCommand<List<@Nullable Object>> fill(
            HeldLease lease, Version version, long creationNanos, byte[] body) {
        return change(lease.entryKey(), lease.precondition(), version, creationNanos, Lifetime.UNCHANGED, "", body);
    }

    /** Applies a mutation under a write lease and releases the lease, unless a flag keeps it. */
    static RedisCommand<List<@Nullable Object>> commit(
            HeldLease lease, String flags, Version version, long lifetimeNanos, byte @Nullable [] body) {
        return change(lease.entryKey(), lease.precondition(), version, lifetimeNanos, lifetimeNanos, flags, body);
    }

    /** Extends a lease to the given length from now on. */
    static RedisCommand<List<@Nullable Object>> renew(HeldLease lease, Duration length) {
        return run(lease.entryKey(), lease.precondition(), EXTEND, length.toNanos(), "");
    }

    /**
     * Returns a script whose reply registers the own echo, if the script changed the entry.
     *
     * @param ticket the ticket of the entry that the script stores; null if it stores none that may be kept
     * @param alwaysChanges whether the script, once applied, changes the key even if there was no entry and is none
     */
    static RedisCommand<List<@Nullable Object>> expectingEcho(
            RedisCommand<List<@Nullable Object>> script,
            EntryKey key,
            @Nullable FillTicket ticket,
            boolean alwaysChanges) {
        return script.observedBy((reply, changes) -> expectEcho(reply, key, ticket, alwaysChanges, changes));
    }

    /** Registers the own echo of a script's reply about one entry; parameters as of {@link #expectingEcho}. */
    static void expectEcho(
            List<?> reply, EntryKey key, @Nullable FillTicket ticket, boolean alwaysChanges, OwnChanges changes) {
        if (ScriptReply.reportsChange(reply, alwaysChanges)) {
            changes.wrote(key.bytes(), ticket, key.epoch().generation().listener());
        }
    }

    /** Releases a lease; the old entry is settled again, or is removed with the lease. */
    static RedisCommand<List<@Nullable Object>> release(EntryKey key, byte[] leasePrecondition, boolean remove) {
        return expectingEcho(
                run(key, leasePrecondition, remove ? REMOVE : KEEP, Lifetime.UNCHANGED, ""), key, null, false);
    }

    /** Releases a lease and removes the entry, even if the lease has expired. */
    static RedisCommand<List<@Nullable Object>> abandon(HeldLease lease) {
        return run(lease.entryKey(), lease.precondition(), REMOVE, Lifetime.UNCHANGED, EXPIRES_WITH_LEASE);
    }

    /** Removes the entry, and makes loads and leased writes in progress store nothing. */
    static RedisCommand<List<@Nullable Object>> invalidate(EntryKey key) {
        return run(key, precondition(Precondition.ALWAYS), INVALIDATE, Lifetime.UNCHANGED, "");
    }

    /** Removes an expired entry or a load lease; a live entry and a write lease stay. */
    static RedisCommand<List<@Nullable Object>> removeAbsent(EntryKey key) {
        return run(key, precondition(Precondition.ABSENT), REMOVE, Lifetime.UNCHANGED, WAITS_FOR_LEASE);
    }

    /** Removes the entry if it has this version and no write lease. */
    static RedisCommand<List<@Nullable Object>> removeVersion(EntryKey key, Version version) {
        return run(key, versionIs(version), REMOVE, Lifetime.UNCHANGED, WAITS_FOR_LEASE);
    }

    /** Gives the entry another lifetime if it has this version. */
    static RedisCommand<List<@Nullable Object>> touchVersion(EntryKey key, Version version, long lifetimeNanos) {
        return run(key, versionIs(version), TOUCH, lifetimeNanos, "");
    }

    private static RedisCommand<List<@Nullable Object>> change(
            EntryKey key,
            byte[] precondition,
            Version version,
            long creationNanos,
            long updateNanos,
            String flags,
            byte @Nullable [] body) {
        // A new entry has no old deadline to keep.
        long creation = creationNanos == Lifetime.UNCHANGED ? Lifetime.ETERNAL : creationNanos;
        return RedisCommand.run(
                Script.MUTATE,
                true,
                key,
                List.of(
                        precondition,
                        ascii(body == null ? REMOVE : SET),
                        StoredEntryHeader.bytes(version),
                        ScriptReply.lifetime(creation),
                        ScriptReply.lifetime(updateNanos),
                        ascii(flags),
                        body == null ? NOTHING : body));
    }

    private static RedisCommand<List<@Nullable Object>> run(
            EntryKey key, byte[] precondition, String action, long lifetimeNanos, String flags) {
        byte[] lifetime = ScriptReply.lifetime(lifetimeNanos);
        return RedisCommand.run(
                Script.MUTATE,
                true,
                key,
                List.of(precondition, ascii(action), NO_VERSION, lifetime, lifetime, ascii(flags), NOTHING));
    }

    private static byte[] ascii(String text) {
        return text.getBytes(US_ASCII);
    }
}
