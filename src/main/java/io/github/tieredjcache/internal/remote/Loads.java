package io.github.tieredjcache.internal.remote;

import io.github.tieredjcache.internal.codec.KeyCodec;
import io.github.tieredjcache.internal.codec.ValueCodec;
import io.github.tieredjcache.internal.entry.Entry;
import io.github.tieredjcache.internal.entry.FillTicket;
import io.github.tieredjcache.internal.entry.LoadTurn;
import io.github.tieredjcache.internal.entry.Outcome;
import io.github.tieredjcache.internal.entry.RemoteFullException;
import io.github.tieredjcache.internal.entry.TierOfRecord.Fill;
import io.github.tieredjcache.internal.entry.Version;
import io.github.tieredjcache.internal.entry.Versions;
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
final class Loads<K, V> {
    private static final byte[] TAKES_OVER = {'o'};
    private static final byte[] WAITS = {};
    /** After so long a key is looked at again that held what cannot be read, unless it changes before. */
    private static final long GARBAGE_MILLIS = 1_000;

    private final RemoteClient client;
    private final Epochs epochs;
    private final KeyCodec<K> keys;
    private final ValueCodec<V> values;
    private final Versions versions;
    private final EntryReader<V> reader;
    private final HeldLeases leases;
    private final Duration length;

    Loads(
            Epochs epochs,
            KeyCodec<K> keys,
            Versions versions,
            EntryReader<V> reader,
            HeldLeases leases,
            Duration length) {
        this.client = reader.client();
        this.epochs = epochs;
        this.keys = keys;
        this.values = reader.values();
        this.versions = versions;
        this.reader = reader;
        this.leases = leases;
        this.length = length;
    }

    /** Asks for keys in one flush. */
    Map<K, LoadTurn<V>> turns(List<Map.Entry<K, FillTicket>> tickets, boolean takesOver) {
        Map<K, LoadTurn<V>> turns = new HashMap<>();
        try {
            List<Asked> asked = ask(tickets, takesOver);
            for (int i = 0; i < asked.size(); i++) {
                turns.put(tickets.get(i).getKey(), asked.get(i).turn);
            }
        } catch (RemoteFullException e) {
            // There is no room for a placeholder, and none for what is loaded: everybody loads for himself.
            tickets.forEach(each -> turns.put(each.getKey(), LoadTurn.Alone.forItself()));
        }
        return turns;
    }

    LoadTurn<V> await(K key, Supplier<FillTicket> tickets, long untilNanos) {
        try (Patience patience = new Patience(client, untilNanos, () -> {})) {
            while (true) {
                FillTicket ticket = tickets.get();
                Asked asked = ask(List.of(Map.entry(key, ticket)), false).get(0);
                if (!(asked.turn instanceof LoadTurn.Theirs)) {
                    return asked.turn;
                }
                if (patience.isOver()) {
                    return new LoadTurn.Alone<>(asked.holder);
                }
                ticket.rest();
                patience.await(key, asked.entryKey, asked.busyMillis);
            }
        } catch (RemoteFullException e) {
            return LoadTurn.Alone.forItself();
        }
    }

    private List<Asked> ask(List<Map.Entry<K, FillTicket>> tickets, boolean takesOver) {
        Epoch epoch = epochs.currentToWriteIn();
        List<Asked> asked = new ArrayList<>(tickets.size());
        for (Map.Entry<K, FillTicket> each : tickets) {
            asked.add(new Asked(epoch.key(keys.encode(each.getKey())), each.getValue()));
        }
        List<Request<List<@Nullable Object>>> requests = Flush.scripts(asked).stream()
                .map(each -> request(epoch, each, takesOver))
                .toList();
        asked.forEach(each -> client.watch(each.entryKey, each.ticket));
        long sentNanos = client.clock().nanos();
        List<List<@Nullable Object>> replies;
        boolean wasAway = client.health().isAway();
        try {
            replies = client.callAll(requests);
        } catch (CacheException e) {
            if (!wasAway) {
                // Perhaps they were given all the same.
                asked.forEach(each ->
                        leases.giveBack(Mutate.release(each.entryKey, LeaseKind.LOAD.guard(each.id), true), length));
            }
            throw e;
        }
        Iterator<Asked> answered = asked.iterator();
        replies.forEach(
                reply -> Answer.each(reply).forEach(each -> answered.next().answered(each, sentNanos)));
        return asked;
    }

    private Request<List<@Nullable Object>> request(Epoch epoch, List<Asked> asked, boolean takesOver) {
        List<byte[]> parameters = new ArrayList<>(asked.size() + 2);
        parameters.add(Answer.lifetime(length.toNanos()));
        parameters.add(takesOver ? TAKES_OVER : WAITS);
        asked.forEach(each -> parameters.add(Cell.bytes(each.id)));
        List<EntryKey> entries = asked.stream().map(each -> each.entryKey).toList();
        return Request.run(Script.LOAD, false, epoch, entries, parameters).seenBy((reply, changes) -> {
            for (int i = 0; i < asked.size(); i++) {
                if (reply.get(i) instanceof List<?> answer) {
                    Mutate.echo(answer, asked.get(i).entryKey, asked.get(i).ticket, true, changes);
                }
            }
        });
    }

    /** Stores what was loaded in one flush. The outcomes are in the order of the list. */
    List<Outcome<V>> fill(List<Fill<K, V>> fills) {
        List<Filling<V>> fillings = fills.stream().map(this::filling).toList();
        fillings.forEach(Filling::begin);
        long sentNanos = client.clock().nanos();
        List<List<@Nullable Object>> replies =
                client.callAll(fillings.stream().map(Filling::request).toList());
        List<Outcome<V>> outcomes = new ArrayList<>(replies.size());
        for (int i = 0; i < replies.size(); i++) {
            outcomes.add(fillings.get(i).outcome(Answer.of(replies.get(i)), sentNanos));
        }
        return outcomes;
    }

    private Filling<V> filling(Fill<K, V> fill) {
        if (!(fill.right() instanceof HeldLease right)) {
            throw new IllegalArgumentException("a right that another tier gave: " + fill.right());
        }
        return new Filling<>(
                fill, right, versions.next(), values.encode(right.entryKey().bytes(), fill.value()));
    }

    /** One key that it is asked for. */
    private final class Asked {
        private final EntryKey entryKey;
        private final FillTicket ticket;
        private final Version id = versions.next();
        private LoadTurn<V> turn = new LoadTurn.Theirs<>(null);
        private long busyMillis;
        private @Nullable Object holder;

        Asked(EntryKey entryKey, FillTicket ticket) {
            this.entryKey = entryKey;
            this.ticket = ticket;
        }

        void answered(Answer answer, long sentNanos) {
            switch (answer.status()) {
                case APPLIED -> {
                    HeldLease right = leases.hold(entryKey, LeaseKind.LOAD, id, length, ticket, sentNanos);
                    turn = new LoadTurn.Mine<>(right, ended(answer));
                }
                case FAILED -> found(answer);
                case BUSY -> {
                    busyMillis = answer.busyMillis();
                    byte[] lease = answer.holder();
                    holder = lease == null ? null : ByteBuffer.wrap(lease);
                    turn = new LoadTurn.Theirs<>(ended(answer));
                }
                case MOVED -> epochs.isOver(entryKey.epoch());
                case DROPPED -> throw new IllegalStateException("a right to load was dropped");
            }
        }

        private @Nullable Entry<V> ended(Answer answer) {
            byte[] cell = answer.cell();
            return cell == null ? null : reader.decode(entryKey, cell);
        }

        private void found(Answer answer) {
            byte[] cell = answer.cell();
            // One that cannot be read is removed, or will be by whoever has the key; then it may be loaded.
            busyMillis = GARBAGE_MILLIS;
            Entry<V> entry = cell == null ? null : reader.find(entryKey, cell);
            if (entry != null) {
                turn = new LoadTurn.Present<>(entry);
            }
        }
    }
}
