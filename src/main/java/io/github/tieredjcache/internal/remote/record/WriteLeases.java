package io.github.tieredjcache.internal.remote.record;

import io.github.tieredjcache.internal.codec.api.KeyCodec;
import io.github.tieredjcache.internal.model.Entry;
import io.github.tieredjcache.internal.model.Version;
import io.github.tieredjcache.internal.port.Lease;
import io.github.tieredjcache.internal.remote.connection.CommandExecutor;
import io.github.tieredjcache.internal.remote.wire.EntryKey;
import io.github.tieredjcache.internal.remote.wire.Epoch;
import io.github.tieredjcache.internal.remote.wire.Flush;
import io.github.tieredjcache.internal.remote.wire.RedisCommand;
import io.github.tieredjcache.internal.remote.wire.Script;
import io.github.tieredjcache.internal.remote.wire.ScriptReply;
import io.github.tieredjcache.internal.remote.wire.StoredEntryHeader;
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

    private final CommandExecutor executor;
    private final KeyCodec<K> keys;
    private final EntryDecoder<V> reader;
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
            EntryDecoder<V> reader,
            HeldLeases held,
            WriteLease.Terms<V> terms,
            Duration writeWait,
            TierCounters counters) {
        this.executor = terms.client();
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
        return new LeaseRound(all).all();
    }

    /** Begins the wait of one who writes, for a key that another has. */
    LeaseWait patience() {
        return new LeaseWait(executor, executor.clock().nanos() + writeWait.toNanos(), counters::writeAwaited);
    }

    /** Checks that a wait is not over. */
    void requireLeft(LeaseWait leaseWait, K key) {
        if (leaseWait.isOver()) {
            throw new CacheException("busy: gave up on '" + key + "', which another call had exclusively for more than "
                    + writeWait.toMillis() + " ms; see the setting write.wait");
        }
    }

    /** One call. */
    private final class LeaseRound {
        private final List<K> all;
        private final List<byte[]> encoded;
        private final List<Lease<K, V>> taken;
        private int together = FIRST;

        LeaseRound(List<K> all) {
            this.all = all;
            this.encoded = all.stream().map(keys::encode).toList();
            this.taken = new ArrayList<>(all.size());
        }

        List<Lease<K, V>> all() {
            try {
                while (taken.size() < all.size()) {
                    int before = taken.size();
                    try (LeaseWait leaseWait = patience()) {
                        while (taken.size() == before) {
                            takeNext(leaseWait);
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
        private void takeNext(LeaseWait leaseWait) {
            int from = taken.size();
            Epoch epoch = terms.epochs().currentToWriteIn();
            List<EntryKey> asked = encoded.subList(from, Math.min(all.size(), from + together)).stream()
                    .map(epoch::key)
                    .toList();
            List<Version> ids =
                    asked.stream().map(each -> terms.versions().next()).toList();
            long sentNanos = executor.clock().nanos();
            List<ScriptReply> answers = ask(asked, ids);
            for (int i = 0; i < answers.size(); i++) {
                if (answers.get(i).status() == ScriptReply.Status.APPLIED) {
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
                requireLeft(leaseWait, all.get(from));
                await(answers.get(0), all.get(from), asked.get(0), leaseWait);
            }
            together = fitting(answers);
        }

        private void await(ScriptReply reply, K key, EntryKey entryKey, LeaseWait leaseWait) {
            if (reply.status() == ScriptReply.Status.BUSY) {
                leaseWait.await(key, entryKey, reply.busyMillis());
            } else {
                terms.epochs().isOver(entryKey.epoch());
            }
        }

        /** Returns how many can be asked for together if old values are as large as these. */
        private static int fitting(List<ScriptReply> answers) {
            long bytes = 0;
            for (ScriptReply each : answers) {
                byte[] cell = each.cell();
                bytes += cell == null ? 0 : cell.length;
            }
            return Flush.fitting(answers.size(), bytes);
        }
    }

    private List<ScriptReply> ask(List<EntryKey> asked, List<Version> ids) {
        List<RedisCommand<List<@Nullable Object>>> requests = new ArrayList<>(asked.size());
        for (int i = 0; i < asked.size(); i++) {
            requests.add(request(asked.get(i), ids.get(i)));
        }
        boolean wasAway = executor.health().isUnavailable();
        try {
            return executor.callAll(requests).stream().map(ScriptReply::of).toList();
        } catch (CacheException e) {
            if (!wasAway) {
                // Perhaps they were taken all the same.
                for (int i = 0; i < asked.size(); i++) {
                    held.giveBack(
                            MutateScript.release(asked.get(i), LeaseKind.WRITE.guard(ids.get(i)), false),
                            terms.length());
                }
            }
            throw e;
        }
    }

    private RedisCommand<List<@Nullable Object>> request(EntryKey key, Version id) {
        List<byte[]> parameters = List.of(
                StoredEntryHeader.bytes(id),
                ScriptReply.lifetime(terms.length().toNanos()),
                terms.vanishing() ? VANISHING : STAYING);
        return MutateScript.echoed(
                RedisCommand.run(Script.LEASE, false, key, parameters).repeatable(), key, null, true);
    }

    private Lease<K, V> lease(EntryKey key, Version id, long sentNanos, ScriptReply reply) {
        byte[] cell = reply.cell();
        Entry<V> before = cell == null ? null : reader.decode(key, cell, reply.deadlineNanos(sentNanos));
        HeldLease one = held.hold(key, LeaseKind.WRITE, id, terms.length(), null, sentNanos);
        return new WriteLease<>(terms, one, before, cell != null && before == null);
    }
}
