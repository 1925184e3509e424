package io.github.tieredjcache.internal.remote.record;

import io.github.tieredjcache.RemoteOutOfMemoryException;
import io.github.tieredjcache.internal.codec.api.KeyCodec;
import io.github.tieredjcache.internal.coherence.FillTicket;
import io.github.tieredjcache.internal.model.Entry;
import io.github.tieredjcache.internal.model.Outcome;
import io.github.tieredjcache.internal.model.Version;
import io.github.tieredjcache.internal.model.Versions;
import io.github.tieredjcache.internal.port.LoadGrant;
import io.github.tieredjcache.internal.port.TierOfRecord.Fill;
import io.github.tieredjcache.internal.remote.connection.CommandExecutor;
import io.github.tieredjcache.internal.remote.wire.CacheCommands;
import io.github.tieredjcache.internal.remote.wire.EntryKey;
import io.github.tieredjcache.internal.remote.wire.Epoch;
import io.github.tieredjcache.internal.remote.wire.Flush;
import io.github.tieredjcache.internal.remote.wire.RedisCommand;
import io.github.tieredjcache.internal.remote.wire.Script;
import io.github.tieredjcache.internal.remote.wire.ScriptReply;
import io.github.tieredjcache.internal.remote.wire.StoredEntryHeader;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import javax.cache.CacheException;
import org.jspecify.annotations.Nullable;

/**
 * The load leases of one cache: requests for them, waits for them, and fills under them.
 *
 * <p>A load lease is a placeholder in the key and expires by itself. Any write or removal of the key replaces it, and a
 * fill is stored only in place of its own placeholder. So a load that began before a change never overwrites the
 * change, and a removed entry does not come back. Other callers wait for the server's invalidation of the placeholder.
 */
final class LoadLeases<K, V> {
    private static final byte[] TAKES_OVER = {'o'};
    private static final byte[] WAITS = {};
    /** After this time a key with an undecodable entry is read again, unless it changes before. */
    private static final long UNDECODABLE_WAIT_MILLIS = 1_000;

    private final CommandExecutor executor;
    private final EpochTracker epochs;
    private final KeyCodec<K> keys;
    private final Versions versions;
    private final EntryDecoder<V> decoder;
    private final HeldLeases heldLeases;

    LoadLeases(
            EpochTracker epochs, KeyCodec<K> keys, Versions versions, EntryDecoder<V> decoder, HeldLeases heldLeases) {
        this.executor = decoder.executor();
        this.epochs = epochs;
        this.keys = keys;
        this.versions = versions;
        this.decoder = decoder;
        this.heldLeases = heldLeases;
    }

    /**
     * Requests the load leases of keys in one flush; the result waits for the replies.
     *
     * @param unreturned receives the keys with an entry that did not fit into the reply
     */
    Supplier<Map<K, LoadGrant<V>>> beginGrants(
            List<Map.Entry<K, FillTicket>> tickets, boolean takesOver, Map<K, FillTicket> unreturned) {
        Supplier<List<LeaseRequest>> begun;
        try {
            begun = begin(tickets, takesOver);
        } catch (RemoteOutOfMemoryException e) {
            return () -> uncoordinated(tickets);
        }
        return () -> {
            Map<K, LoadGrant<V>> grants = new HashMap<>();
            try {
                List<LeaseRequest> requested = begun.get();
                for (int i = 0; i < requested.size(); i++) {
                    K key = tickets.get(i).getKey();
                    grants.put(key, requested.get(i).grant);
                    if (requested.get(i).unreturned) {
                        unreturned.put(key, requested.get(i).ticket);
                    }
                }
                return grants;
            } catch (RemoteOutOfMemoryException e) {
                return uncoordinated(tickets);
            }
        };
    }

    /** Returns the grants while Redis has no memory for a placeholder, nor for a loaded value: every caller loads. */
    private static <K, V> Map<K, LoadGrant<V>> uncoordinated(List<Map.Entry<K, FillTicket>> tickets) {
        Map<K, LoadGrant<V>> grants = new HashMap<>();
        tickets.forEach(each -> grants.put(each.getKey(), LoadGrant.Uncoordinated.withoutWait()));
        return grants;
    }

    LoadGrant<V> await(K key, Supplier<FillTicket> tickets, long untilNanos) {
        try (LeaseWait leaseWait = new LeaseWait(executor, untilNanos, () -> {})) {
            while (true) {
                FillTicket ticket = tickets.get();
                LeaseRequest requested =
                        begin(List.of(Map.entry(key, ticket)), false).get().get(0);
                if (!(requested.grant instanceof LoadGrant.HeldElsewhere)) {
                    return requested.grant;
                }
                if (leaseWait.isOver()) {
                    return new LoadGrant.Uncoordinated<>(requested.awaitedLease);
                }
                ticket.suspend();
                leaseWait.await(key, requested.entryKey, requested.busyMillis);
            }
        } catch (RemoteOutOfMemoryException e) {
            return LoadGrant.Uncoordinated.withoutWait();
        }
    }

    private Supplier<List<LeaseRequest>> begin(List<Map.Entry<K, FillTicket>> tickets, boolean takesOver) {
        Epoch epoch = epochs.currentToWriteIn();
        List<LeaseRequest> requested = new ArrayList<>(tickets.size());
        for (Map.Entry<K, FillTicket> each : tickets) {
            requested.add(new LeaseRequest(EntryKey.of(epoch, keys.encode(each.getKey())), each.getValue()));
        }
        List<RedisCommand<List<@Nullable Object>>> commands = Flush.perScript(requested).stream()
                .map(each -> command(epoch, each, takesOver))
                .toList();
        requested.forEach(each -> executor.watch(each.entryKey, each.ticket));
        long sentNanos = executor.clock().nanos();
        Supplier<List<List<@Nullable Object>>> sent = executor.beginAll(commands);
        return () -> {
            try {
                Iterator<LeaseRequest> next = requested.iterator();
                ScriptReply.all(sent.get()).forEach(each -> next.next().replied(each, sentNanos));
                return requested;
            } catch (CacheException e) {
                // Redis may have granted the leases although the reply was lost.
                requested.forEach(each -> heldLeases.release(
                        EntryChange.release(each.entryKey, LeaseKind.LOAD.precondition(each.id), false)
                                .command(),
                        LeaseKind.LOAD));
                throw e;
            }
        };
    }

    private RedisCommand<List<@Nullable Object>> command(Epoch epoch, List<LeaseRequest> requested, boolean takesOver) {
        List<byte[]> parameters = new ArrayList<>(requested.size() + 2);
        parameters.add(ScriptReply.lifetime(heldLeases.length(LeaseKind.LOAD).toNanos()));
        parameters.add(takesOver ? TAKES_OVER : WAITS);
        requested.forEach(each -> parameters.add(StoredEntryHeader.bytes(each.id)));
        List<EntryKey> entries = requested.stream().map(each -> each.entryKey).toList();
        List<@Nullable OwnEcho> echoes = new ArrayList<>(requested.size());
        requested.forEach(each -> echoes.add(new OwnEcho(each.entryKey, each.ticket, true)));
        return CacheCommands.run(Script.LOAD, false, epoch, entries, parameters)
                .observedBy((replies, changes) -> OwnEcho.replied(echoes, replies, changes));
    }

    /** Stores loaded values in one flush. The result waits; its outcomes are in the order of the list. */
    Supplier<List<Outcome<V>>> beginFill(List<Fill<K, V>> fills, ValueEncoder<V> encoder) {
        List<PendingFill<V>> pendingFills =
                fills.stream().map(each -> pendingFill(each, encoder)).toList();
        pendingFills.forEach(PendingFill::begin);
        long sentNanos = executor.clock().nanos();
        Supplier<List<List<@Nullable Object>>> sent = executor.beginAll(EntryChange.commands(
                pendingFills.stream().map(PendingFill::change).toList()));
        return () -> {
            Iterator<PendingFill<V>> next = pendingFills.iterator();
            return ScriptReply.all(sent.get()).stream()
                    .map(reply -> next.next().outcome(reply, sentNanos))
                    .toList();
        };
    }

    private PendingFill<V> pendingFill(Fill<K, V> fill, ValueEncoder<V> encoder) {
        if (!(fill.lease() instanceof HeldLease lease)) {
            throw new IllegalArgumentException("the load lease was granted by another tier: " + fill.lease());
        }
        Version version = versions.next();
        byte[] body = encoder.encode(lease.entryKey().bytes(), fill.value());
        EntryChange change = EntryChange.fill(
                        lease.entryKey(), lease.precondition(), version, fill.creationNanos(), body)
                .expectingEcho(fill.ticket(), false);
        int encodedBytes = lease.entryKey().encodedBytes(body == null ? 0 : body.length);
        return new PendingFill<>(fill, lease, version, encodedBytes, change);
    }

    /** One loaded value that is sent to Redis once. */
    private record PendingFill<V>(
            Fill<?, V> fill, HeldLease lease, Version version, int encodedBytes, EntryChange change) {
        /** Stops the renewal of the load lease: the fill replaces it. */
        void begin() {
            lease.end();
        }

        /** Returns the outcome; not applied if the key has changed since the load began. */
        Outcome<V> outcome(ScriptReply reply, long sentNanos) {
            boolean applied = reply.status() == ScriptReply.Status.APPLIED;
            Entry<V> after = applied && reply.hasEntry()
                    ? Entry.of(fill.value(), version, reply.deadlineNanos(sentNanos), encodedBytes, true)
                            .withTicket(fill.ticket())
                    : null;
            return new Outcome<>(applied, reply.existed(), null, after);
        }
    }

    /** The request for the load lease of one key, and its result. */
    private final class LeaseRequest {
        private final EntryKey entryKey;
        private final FillTicket ticket;
        private final Version id = versions.next();
        private LoadGrant<V> grant = new LoadGrant.HeldElsewhere<>(null);
        private long busyMillis;
        private boolean unreturned;
        private @Nullable Object awaitedLease;

        LeaseRequest(EntryKey entryKey, FillTicket ticket) {
            this.entryKey = entryKey;
            this.ticket = ticket;
        }

        void replied(ScriptReply reply, long sentNanos) {
            switch (reply.status()) {
                case APPLIED -> {
                    HeldLease lease = heldLeases.hold(entryKey, LeaseKind.LOAD, id, ticket, sentNanos);
                    grant = new LoadGrant.Granted<>(lease, expired(reply));
                }
                case FAILED -> entryFound(reply);
                case BUSY -> {
                    busyMillis = reply.busyMillis();
                    byte[] lease = reply.awaitedLoadLease();
                    awaitedLease = lease == null ? null : ByteBuffer.wrap(lease);
                    grant = new LoadGrant.HeldElsewhere<>(expired(reply));
                }
                case EPOCH_OVER -> epochs.markOver(entryKey.epoch());
                case DROPPED -> throw new IllegalStateException("Redis dropped a load lease, which no script does");
            }
        }

        private @Nullable Entry<V> expired(ScriptReply reply) {
            byte[] stored = reply.storedEntry();
            return stored == null ? null : decoder.decode(entryKey, stored);
        }

        private void entryFound(ScriptReply reply) {
            byte[] stored = reply.storedEntry();
            unreturned = stored == null;
            // An undecodable entry is removed, by the decoder or by the holder of the key; then the key may be loaded.
            busyMillis = UNDECODABLE_WAIT_MILLIS;
            Entry<V> entry = stored == null ? null : decoder.findOrRemove(entryKey, stored);
            if (entry != null) {
                grant = new LoadGrant.Found<>(entry, false);
            }
        }
    }
}
