package io.github.tieredjcache.internal.remote.record;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.github.tieredjcache.internal.coherence.FillTicket;
import io.github.tieredjcache.internal.model.Lifetime;
import io.github.tieredjcache.internal.model.Mutation;
import io.github.tieredjcache.internal.model.Precondition;
import io.github.tieredjcache.internal.model.Version;
import io.github.tieredjcache.internal.remote.wire.CacheCommands;
import io.github.tieredjcache.internal.remote.wire.EntryKey;
import io.github.tieredjcache.internal.remote.wire.Flush;
import io.github.tieredjcache.internal.remote.wire.RedisCommand;
import io.github.tieredjcache.internal.remote.wire.Script;
import io.github.tieredjcache.internal.remote.wire.ScriptReply;
import io.github.tieredjcache.internal.remote.wire.StoredEntryHeader;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A change of one entry by the script {@code mutate.lua}, which describes the parameters. One call of the script can
 * make several changes.
 */
final class EntryChange {
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

    private final EntryKey key;
    private final List<byte[]> parameters;
    private final @Nullable OwnEcho echo;

    private EntryChange(EntryKey key, List<byte[]> parameters, @Nullable OwnEcho echo) {
        this.key = key;
        this.parameters = parameters;
        this.echo = echo;
    }

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
    static EntryChange apply(
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

    /** Stores a loaded value in place of its load lease; without a body it only releases the lease. */
    static EntryChange fill(
            EntryKey key, byte[] leasePrecondition, Version version, long creationNanos, byte @Nullable [] body) {
        return change(key, leasePrecondition, version, creationNanos, Lifetime.UNCHANGED, "", body);
    }

    /** Applies a mutation under a write lease and releases the lease, unless a flag keeps it. */
    static EntryChange commit(
            EntryKey key,
            byte[] leasePrecondition,
            String flags,
            Version version,
            long lifetimeNanos,
            byte @Nullable [] body) {
        return change(key, leasePrecondition, version, lifetimeNanos, lifetimeNanos, flags, body);
    }

    /** Extends a lease to the given length from now on. */
    static EntryChange renew(EntryKey key, byte[] leasePrecondition, Duration length) {
        return change(key, leasePrecondition, EXTEND, length.toNanos(), "");
    }

    /** Releases a lease; the old entry is settled again, or is removed with the lease. */
    static EntryChange release(EntryKey key, byte[] leasePrecondition, boolean remove) {
        return change(key, leasePrecondition, remove ? REMOVE : KEEP, Lifetime.UNCHANGED, "")
                .expectingEcho(null, false);
    }

    /** Releases a lease and removes the entry, even if the lease has expired. */
    static EntryChange abandon(EntryKey key, byte[] leasePrecondition) {
        return change(key, leasePrecondition, REMOVE, Lifetime.UNCHANGED, EXPIRES_WITH_LEASE)
                .expectingEcho(null, false);
    }

    /** Removes the entry, and makes loads and leased writes in progress store nothing. */
    static EntryChange invalidate(EntryKey key) {
        return change(key, precondition(Precondition.ALWAYS), INVALIDATE, Lifetime.UNCHANGED, "")
                .expectingEcho(null, false);
    }

    /** Removes an expired entry or a load lease; a live entry and a write lease stay. */
    static EntryChange removeAbsent(EntryKey key) {
        return change(key, precondition(Precondition.ABSENT), REMOVE, Lifetime.UNCHANGED, WAITS_FOR_LEASE);
    }

    /** Removes the entry if it has this version and no write lease. */
    static EntryChange removeVersion(EntryKey key, Version version) {
        return change(key, versionIs(version), REMOVE, Lifetime.UNCHANGED, WAITS_FOR_LEASE);
    }

    /** Gives the entry another lifetime if it has this version. */
    static EntryChange touchVersion(EntryKey key, Version version, long lifetimeNanos) {
        return change(key, versionIs(version), TOUCH, lifetimeNanos, "");
    }

    private static EntryChange change(
            EntryKey key,
            byte[] precondition,
            Version version,
            long creationNanos,
            long updateNanos,
            String flags,
            byte @Nullable [] body) {
        // A new entry has no old deadline to keep.
        long creation = creationNanos == Lifetime.UNCHANGED ? Lifetime.ETERNAL : creationNanos;
        List<byte[]> parameters = List.of(
                precondition,
                ascii(body == null ? REMOVE : SET),
                StoredEntryHeader.bytes(version),
                ScriptReply.lifetime(creation),
                ScriptReply.lifetime(updateNanos),
                ascii(flags),
                body == null ? NOTHING : body);
        return new EntryChange(key, parameters, null);
    }

    private static EntryChange change(
            EntryKey key, byte[] precondition, String action, long lifetimeNanos, String flags) {
        byte[] lifetime = ScriptReply.lifetime(lifetimeNanos);
        List<byte[]> parameters =
                List.of(precondition, ascii(action), NO_VERSION, lifetime, lifetime, ascii(flags), NOTHING);
        return new EntryChange(key, parameters, null);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(US_ASCII);
    }

    /**
     * Returns the same change, whose reply registers the own echo if the entry was changed.
     *
     * @param ticket the ticket of the entry that the change stores; null if it stores none that may be kept
     * @param alwaysChanges whether the change, once applied, changes the key even if there was no entry and is none
     */
    EntryChange expectingEcho(@Nullable FillTicket ticket, boolean alwaysChanges) {
        return new EntryChange(key, parameters, new OwnEcho(key, ticket, alwaysChanges));
    }

    /** Returns the call that makes this change alone; {@link ScriptReply#only} reads the reply. */
    RedisCommand<List<@Nullable Object>> command() {
        return command(List.of(this));
    }

    /** Returns the calls that make changes in their order; {@link ScriptReply#all} reads the replies. */
    static List<RedisCommand<List<@Nullable Object>>> commands(List<EntryChange> changes) {
        List<RedisCommand<List<@Nullable Object>>> commands = new ArrayList<>();
        List<EntryChange> together = new ArrayList<>();
        long bytes = 0;
        for (EntryChange each : changes) {
            bytes += each.bytes();
            if (!together.isEmpty()
                    && (together.size() == Flush.SCRIPT_KEYS_MAX
                            || bytes > Flush.BYTES_MAX
                            || each.key.epoch().number()
                                    != together.get(0).key.epoch().number())) {
                commands.add(command(together));
                together = new ArrayList<>();
                bytes = each.bytes();
            }
            together.add(each);
        }
        if (!together.isEmpty()) {
            commands.add(command(together));
        }
        return commands;
    }

    private long bytes() {
        long bytes = key.bytes().length;
        for (byte[] each : parameters) {
            bytes += each.length;
        }
        return bytes;
    }

    private static RedisCommand<List<@Nullable Object>> command(List<EntryChange> changes) {
        List<EntryKey> keys = new ArrayList<>(changes.size());
        List<byte[]> parameters = new ArrayList<>();
        List<@Nullable OwnEcho> echoes = new ArrayList<>(changes.size());
        changes.forEach(each -> {
            keys.add(each.key);
            parameters.addAll(each.parameters);
            echoes.add(each.echo);
        });
        return CacheCommands.run(Script.MUTATE, true, keys.get(0).epoch(), keys, parameters)
                .observedBy((replies, own) -> OwnEcho.replied(echoes, replies, own));
    }
}
