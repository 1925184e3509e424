package io.github.tieredjcache.internal.remote;

import io.github.tieredjcache.internal.codec.KeyCodec;
import io.github.tieredjcache.internal.entry.Entry;
import io.github.tieredjcache.internal.entry.Lease;
import io.github.tieredjcache.internal.entry.Version;
import io.github.tieredjcache.internal.stats.TierCounters;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import javax.cache.CacheException;
import org.jspecify.annotations.Nullable;

/** Takes the write leases of one cache, those of many keys in few round trips. Safe for use by many threads. */
final class WriteLeases<K, V> {
    private static final byte[] VANISHING = {'v'};
    private static final byte[] STAYING = {};

    /** How many leases are asked for together at first: each answer holds the old value, whose size nobody knows yet. */
    private static final int FIRST = 16;

    private final RemoteClient client;
    private final KeyCodec<K> keys;
    private final EntryReader<V> reader;
    private final HeldLeases held;
    private final WriteLease.Terms<V> terms;
    private final Duration writeWait;
    private final TierCounters counters;

    /**
     * Creates what takes them.
     *
     * @param writeWait how long to wait for each key that another has
     */
    WriteLeases(
            KeyCodec<K> keys,
            EntryReader<V> reader,
            HeldLeases held,
            WriteLease.Terms<V> terms,
            Duration writeWait,
            TierCounters counters) {
        this.client = terms.client();
        this.keys = keys;
        this.reader = reader;
        this.held = held;
        this.terms = terms;
        this.writeWait = writeWait;
        this.counters = counters;
    }

    /**
     * Takes the leases of all keys, or none. While it waits for one that another has it holds none behind that one: so of those who
     * take several in the same order, none waits for the other.
     *
     * @throws CacheException if another has one for too long, or Redis cannot be asked
     */
    List<Lease<K, V>> take(List<K> all) {
        return new Taking(all).all();
    }

    /** Begins the wait of one who writes, for a key that another has. */
    Patience patience() {
        return new Patience(client, client.clock().nanos() + writeWait.toNanos(), counters::writeAwaited);
    }

    /** Checks that a wait is not over. */
    void requireLeft(Patience patience, K key) {
        if (patience.isOver()) {
            throw new CacheException("busy: gave up on '" + key + "', which another call had exclusively for more than "
                    + writeWait.toMillis() + " ms; see the setting write.wait");
        }
    }

    /** One call. */
    private final class Taking {
        private final List<K> all;
        private final List<byte[]> encoded;
        private final List<Lease<K, V>> taken;
        private int together = FIRST;

        Taking(List<K> all) {
            this.all = all;
            this.encoded = all.stream().map(keys::encode).toList();
            this.taken = new ArrayList<>(all.size());
        }

        List<Lease<K, V>> all() {
            try {
                while (taken.size() < all.size()) {
                    int before = taken.size();
                    try (Patience patience = patience()) {
                        while (taken.size() == before) {
                            takeNext(patience);
                        }
                    }
                }
                return taken;
            } catch (RuntimeException | Error e) {
                taken.forEach(Lease::release);
                throw e;
            }
        }

        /** Takes those that come next as far as they are free; if the first of them is not, waits before another look. */
        private void takeNext(Patience patience) {
            int from = taken.size();
            Epoch epoch = terms.epochs().currentToWriteIn();
            List<EntryKey> asked = encoded.subList(from, Math.min(all.size(), from + together)).stream()
                    .map(epoch::key)
                    .toList();
            List<Version> ids =
                    asked.stream().map(each -> terms.versions().next()).toList();
            long sentNanos = client.clock().nanos();
            List<Answer> answers = ask(asked, ids);
            for (int i = 0; i < answers.size(); i++) {
                if (answers.get(i).status() == Answer.Status.APPLIED) {
                    Lease<K, V> lease = lease(asked.get(i), ids.get(i), sentNanos, answers.get(i));
                    if (taken.size() == from + i) {
                        taken.add(lease);
                    } else {
                        // It is behind one that another has.
                        lease.release();
                    }
                }
            }
            if (taken.size() == from) {
                requireLeft(patience, all.get(from));
                await(answers.get(0), all.get(from), asked.get(0), patience);
            }
            together = fitting(answers);
        }

        private void await(Answer answer, K key, EntryKey entryKey, Patience patience) {
            if (answer.status() == Answer.Status.BUSY) {
                patience.await(key, entryKey, answer.busyMillis());
            } else {
                terms.epochs().isOver(entryKey.epoch());
            }
        }

        /** Returns how many can be asked for together if old values are as large as these. */
        private static int fitting(List<Answer> answers) {
            long bytes = 0;
            for (Answer each : answers) {
                byte[] cell = each.cell();
                bytes += cell == null ? 0 : cell.length;
            }
            return Flush.fitting(answers.size(), bytes);
        }
    }

    private List<Answer> ask(List<EntryKey> asked, List<Version> ids) {
        List<Request<List<@Nullable Object>>> requests = new ArrayList<>(asked.size());
        for (int i = 0; i < asked.size(); i++) {
            requests.add(request(asked.get(i), ids.get(i)));
        }
        boolean wasAway = client.health().isAway();
        try {
            return client.callAll(requests).stream().map(Answer::of).toList();
        } catch (CacheException e) {
            if (!wasAway) {
                // Perhaps they were taken all the same.
                for (int i = 0; i < asked.size(); i++) {
                    held.giveBack(
                            Mutate.release(asked.get(i), LeaseKind.WRITE.guard(ids.get(i)), false), terms.length());
                }
            }
            throw e;
        }
    }

    private Request<List<@Nullable Object>> request(EntryKey key, Version id) {
        List<byte[]> parameters = List.of(
                Cell.bytes(id), Answer.lifetime(terms.length().toNanos()), terms.vanishing() ? VANISHING : STAYING);
        return Mutate.echoed(Request.run(Script.LEASE, false, key, parameters).repeatable(), key, null, true);
    }

    private Lease<K, V> lease(EntryKey key, Version id, long sentNanos, Answer answer) {
        byte[] cell = answer.cell();
        Entry<V> before = cell == null ? null : reader.decode(key, cell, answer.deadlineNanos(sentNanos));
        HeldLease one = held.hold(key, LeaseKind.WRITE, id, terms.length(), null, sentNanos);
        return new WriteLease<>(terms, one, before, cell != null && before == null);
    }
}
