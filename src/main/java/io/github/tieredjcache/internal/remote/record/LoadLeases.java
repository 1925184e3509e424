package io.github.tieredjcache.internal.remote.record;

import io.github.tieredjcache.internal.codec.api.KeyCodec;
import io.github.tieredjcache.internal.codec.api.ValueCodec;
import io.github.tieredjcache.internal.coherence.FillTicket;
import io.github.tieredjcache.internal.model.Entry;
import io.github.tieredjcache.internal.model.Outcome;
import io.github.tieredjcache.internal.model.Version;
import io.github.tieredjcache.internal.model.Versions;
import io.github.tieredjcache.internal.port.LoadGrant;
import io.github.tieredjcache.internal.port.RemoteOutOfMemoryException;
import io.github.tieredjcache.internal.port.TierOfRecord.Fill;
import io.github.tieredjcache.internal.remote.connection.CommandExecutor;
import io.github.tieredjcache.internal.remote.wire.EntryKey;
import io.github.tieredjcache.internal.remote.wire.Epoch;
import io.github.tieredjcache.internal.remote.wire.Flush;
import io.github.tieredjcache.internal.remote.wire.RedisCommand;
import io.github.tieredjcache.internal.remote.wire.Script;
import io.github.tieredjcache.internal.remote.wire.ScriptReply;
import io.github.tieredjcache.internal.remote.wire.StoredEntryHeader;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import javax.cache.CacheException;
import org.jspecify.annotations.Nullable;

/**
 * Who loads which key of one cache, and what becomes of it.
 *
 * <p>The right to load is a placeholder in the key, with a life of its own. Whoever writes or removes the key replaces it, and
 * a fill is stored in place of the very placeholder only: so a load that began before a change never overwrites it, and what
 * was removed does not come back. Others wait for the placeholder's change, of which the server tells them.
 */
final class LoadLeases<K, V> {
    private static final byte[] TAKES_OVER = {'o'};
    private static final byte[] WAITS = {};
    /** After so long a key is looked at again that held what cannot be read, unless it changes before. */
    private static final long GARBAGE_MILLIS = 1_000;

    private final CommandExecutor executor;
    private final EpochTracker epochs;
    private final KeyCodec<K> keys;
    private final ValueCodec<V> values;
    private final Versions versions;
    private final EntryDecoder<V> reader;
    private final HeldLeases leases;
    private final Duration length;

    LoadLeases(
            EpochTracker epochs,
            KeyCodec<K> keys,
            Versions versions,
            EntryDecoder<V> reader,
            HeldLeases leases,
            Duration length) {
        this.executor = reader.client();
        this.epochs = epochs;
        this.keys = keys;
        this.values = reader.values();
        this.versions = versions;
        this.reader = reader;
        this.leases = leases;
        this.length = length;
    }

    /** Asks for keys in one flush. */
    Map<K, LoadGrant<V>> turns(List<Map.Entry<K, FillTicket>> tickets, boolean takesOver) {
        Map<K, LoadGrant<V>> turns = new HashMap<>();
        try {
            List<Asked> asked = ask(tickets, takesOver);
            for (int i = 0; i < asked.size(); i++) {
                turns.put(tickets.get(i).getKey(), asked.get(i).grant);
            }
        } catch (RemoteOutOfMemoryException e) {
            // There is no room for a placeholder, and none for what is loaded: everybody loads for himself.
            tickets.forEach(each -> turns.put(each.getKey(), LoadGrant.Uncoordinated.forItself()));
        }
        return turns;
    }

    LoadGrant<V> await(K key, Supplier<FillTicket> tickets, long untilNanos) {
        try (LeaseWait leaseWait = new LeaseWait(executor, untilNanos, () -> {})) {
            while (true) {
                FillTicket ticket = tickets.get();
                Asked asked = ask(List.of(Map.entry(key, ticket)), false).get(0);
                if (!(asked.grant instanceof LoadGrant.HeldElsewhere)) {
                    return asked.grant;
                }
                if (leaseWait.isOver()) {
                    return new LoadGrant.Uncoordinated<>(asked.holder);
                }
                ticket.suspend();
                leaseWait.await(key, asked.entryKey, asked.busyMillis);
            }
        } catch (RemoteOutOfMemoryException e) {
            return LoadGrant.Uncoordinated.forItself();
        }
    }

    private List<Asked> ask(List<Map.Entry<K, FillTicket>> tickets, boolean takesOver) {
        Epoch epoch = epochs.currentToWriteIn();
        List<Asked> asked = new ArrayList<>(tickets.size());
        for (Map.Entry<K, FillTicket> each : tickets) {
            asked.add(new Asked(epoch.key(keys.encode(each.getKey())), each.getValue()));
        }
        List<RedisCommand<List<@Nullable Object>>> requests = Flush.scripts(asked).stream()
                .map(each -> request(epoch, each, takesOver))
                .toList();
        asked.forEach(each -> executor.watch(each.entryKey, each.ticket));
        long sentNanos = executor.clock().nanos();
        List<List<@Nullable Object>> replies;
        boolean wasAway = executor.health().isUnavailable();
        try {
            replies = executor.callAll(requests);
        } catch (CacheException e) {
            if (!wasAway) {
                // Perhaps they were given all the same.
                asked.forEach(each -> leases.giveBack(
                        MutateScript.release(each.entryKey, LeaseKind.LOAD.guard(each.id), true), length));
            }
            throw e;
        }
        Iterator<Asked> answered = asked.iterator();
        replies.forEach(
                reply -> ScriptReply.each(reply).forEach(each -> answered.next().answered(each, sentNanos)));
        return asked;
    }

    private RedisCommand<List<@Nullable Object>> request(Epoch epoch, List<Asked> asked, boolean takesOver) {
        List<byte[]> parameters = new ArrayList<>(asked.size() + 2);
        parameters.add(ScriptReply.lifetime(length.toNanos()));
        parameters.add(takesOver ? TAKES_OVER : WAITS);
        asked.forEach(each -> parameters.add(StoredEntryHeader.bytes(each.id)));
        List<EntryKey> entries = asked.stream().map(each -> each.entryKey).toList();
        return RedisCommand.run(Script.LOAD, false, epoch, entries, parameters).observedBy((reply, changes) -> {
            for (int i = 0; i < asked.size(); i++) {
                if (reply.get(i) instanceof List<?> answer) {
                    MutateScript.echo(answer, asked.get(i).entryKey, asked.get(i).ticket, true, changes);
                }
            }
        });
    }

    /** Stores what was loaded in one flush. The outcomes are in the order of the list. */
    List<Outcome<V>> fill(List<Fill<K, V>> fills) {
        List<PendingFill<V>> fillings = fills.stream().map(this::filling).toList();
        fillings.forEach(PendingFill::begin);
        long sentNanos = executor.clock().nanos();
        List<List<@Nullable Object>> replies =
                executor.callAll(fillings.stream().map(PendingFill::request).toList());
        List<Outcome<V>> outcomes = new ArrayList<>(replies.size());
        for (int i = 0; i < replies.size(); i++) {
            outcomes.add(fillings.get(i).outcome(ScriptReply.of(replies.get(i)), sentNanos));
        }
        return outcomes;
    }

    private PendingFill<V> filling(Fill<K, V> fill) {
        if (!(fill.right() instanceof HeldLease right)) {
            throw new IllegalArgumentException("a right that another tier gave: " + fill.right());
        }
        return new PendingFill<>(
                fill, right, versions.next(), values.encode(right.entryKey().bytes(), fill.value()));
    }

    /** One key that it is asked for. */
    private final class Asked {
        private final EntryKey entryKey;
        private final FillTicket ticket;
        private final Version id = versions.next();
        private LoadGrant<V> grant = new LoadGrant.HeldElsewhere<>(null);
        private long busyMillis;
        private @Nullable Object holder;

        Asked(EntryKey entryKey, FillTicket ticket) {
            this.entryKey = entryKey;
            this.ticket = ticket;
        }

        void answered(ScriptReply reply, long sentNanos) {
            switch (reply.status()) {
                case APPLIED -> {
                    HeldLease right = leases.hold(entryKey, LeaseKind.LOAD, id, length, ticket, sentNanos);
                    grant = new LoadGrant.Granted<>(right, ended(reply));
                }
                case FAILED -> found(reply);
                case BUSY -> {
                    busyMillis = reply.busyMillis();
                    byte[] lease = reply.holder();
                    holder = lease == null ? null : ByteBuffer.wrap(lease);
                    grant = new LoadGrant.HeldElsewhere<>(ended(reply));
                }
                case MOVED -> epochs.isOver(entryKey.epoch());
                case DROPPED -> throw new IllegalStateException("a right to load was dropped");
            }
        }

        private @Nullable Entry<V> ended(ScriptReply reply) {
            byte[] cell = reply.cell();
            return cell == null ? null : reader.decode(entryKey, cell);
        }

        private void found(ScriptReply reply) {
            byte[] cell = reply.cell();
            // One that cannot be read is removed, or will be by whoever has the key; then it may be loaded.
            busyMillis = GARBAGE_MILLIS;
            Entry<V> entry = cell == null ? null : reader.find(entryKey, cell);
            if (entry != null) {
                grant = new LoadGrant.Found<>(entry);
            }
        }
    }
}
