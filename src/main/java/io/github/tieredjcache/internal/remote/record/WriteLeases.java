package io.github.tieredjcache.internal.remote.record;

import io.github.tieredjcache.internal.codec.api.KeyCodec;
import io.github.tieredjcache.internal.model.Entry;
import io.github.tieredjcache.internal.model.Version;
import io.github.tieredjcache.internal.port.Lease;
import io.github.tieredjcache.internal.remote.connection.CommandExecutor;
import io.github.tieredjcache.internal.remote.wire.CacheCommands;
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
    private static final byte[] EXPIRES_WITH_LEASE = {'v'};
    private static final byte[] STAYS = {};

    /** How many leases are requested together at first: each reply holds the old value, of unknown length. */
    private static final int FIRST_BATCH = 16;

    private final CommandExecutor executor;
    private final KeyCodec<K> keys;
    private final EntryDecoder<V> decoder;
    private final HeldLeases held;
    private final WriteLease.Terms<V> terms;
    private final Duration writeWait;
    private final TierCounters counters;

    /**
     * Creates the write leases of a cache.
     *
     * @param writeWait how long to wait for each key that another holder has leased
     */
    WriteLeases(
            KeyCodec<K> keys,
            EntryDecoder<V> decoder,
            HeldLeases held,
            WriteLease.Terms<V> terms,
            Duration writeWait,
            TierCounters counters) {
        this.executor = terms.executor();
        this.keys = keys;
        this.decoder = decoder;
        this.held = held;
        this.terms = terms;
        this.writeWait = writeWait;
        this.counters = counters;
    }

    /**
     * Takes the leases of all keys, or none. While the call waits for a key, it holds no lease of a key behind it: so
     * two calls that take leases in the same order never wait for each other.
     *
     * @throws CacheException if another holder has a key for too long, or if Redis is unavailable
     */
    List<Lease<K, V>> take(List<K> all) {
        return new LeaseRound(all).all();
    }

    /** Begins the wait of a write for the lease of another holder. */
    LeaseWait beginWait() {
        return new LeaseWait(executor, executor.clock().nanos() + writeWait.toNanos(), counters::writeAwaited);
    }

    /**
     * Checks that a wait is not over.
     *
     * @throws CacheException if it is
     */
    void requireTimeLeft(LeaseWait leaseWait, K key) {
        if (leaseWait.isOver()) {
            throw new CacheException("busy: gave up on '" + key + "', which another call had leased for more than "
                    + writeWait.toMillis() + " ms; see the setting write.wait");
        }
    }

    /** The leases of one call. */
    private final class LeaseRound {
        private final List<K> all;
        private final List<byte[]> encoded;
        private int batchSize = FIRST_BATCH;

        LeaseRound(List<K> all) {
            this.all = all;
            this.encoded = all.stream().map(keys::encode).toList();
        }

        List<Lease<K, V>> all() {
            return Lease.allOrNone(all.size(), taken -> {
                int before = taken.size();
                try (LeaseWait leaseWait = beginWait()) {
                    while (taken.size() == before) {
                        takeNext(taken, leaseWait);
                    }
                }
            });
        }

        /** Takes the next leases up to the first key that is busy; waits if that is the very next one. */
        private void takeNext(List<Lease<K, V>> taken, LeaseWait leaseWait) {
            int from = taken.size();
            Epoch epoch = terms.epochs().currentToWriteIn();
            List<EntryKey> entryKeys = encoded.subList(from, Math.min(all.size(), from + batchSize)).stream()
                    .map(each -> EntryKey.of(epoch, each))
                    .toList();
            List<Version> ids =
                    entryKeys.stream().map(each -> terms.versions().next()).toList();
            long sentNanos = executor.clock().nanos();
            List<ScriptReply> replies = request(entryKeys, ids);
            for (int i = 0; i < replies.size(); i++) {
                if (replies.get(i).status() == ScriptReply.Status.APPLIED) {
                    Lease<K, V> lease = lease(entryKeys.get(i), ids.get(i), sentNanos, replies.get(i));
                    if (taken.size() == from + i) {
                        taken.add(lease);
                    } else {
                        // A key before this one is busy.
                        lease.release();
                    }
                }
            }
            if (taken.size() == from) {
                requireTimeLeft(leaseWait, all.get(from));
                await(replies.get(0), all.get(from), entryKeys.get(0), leaseWait);
            }
            batchSize = nextBatchSize(replies);
        }

        private void await(ScriptReply reply, K key, EntryKey entryKey, LeaseWait leaseWait) {
            if (reply.status() == ScriptReply.Status.BUSY) {
                leaseWait.await(key, entryKey, reply.busyMillis());
            } else {
                terms.epochs().markOver(entryKey.epoch());
            }
        }

        /** Returns how many leases to request next if old values are as large as these. */
        private static int nextBatchSize(List<ScriptReply> replies) {
            long bytes = 0;
            for (ScriptReply each : replies) {
                byte[] stored = each.storedEntry();
                bytes += stored == null ? 0 : stored.length;
            }
            return Flush.valuesPerFlush(replies.size(), bytes);
        }
    }

    private List<ScriptReply> request(List<EntryKey> entryKeys, List<Version> ids) {
        List<RedisCommand<List<@Nullable Object>>> commands = new ArrayList<>(entryKeys.size());
        for (int i = 0; i < entryKeys.size(); i++) {
            commands.add(command(entryKeys.get(i), ids.get(i)));
        }
        boolean wasUnavailable = executor.health().isUnavailable();
        try {
            return executor.callAll(commands).stream().map(ScriptReply::of).toList();
        } catch (CacheException e) {
            if (!wasUnavailable) {
                // Redis may have granted the leases although the reply was lost.
                for (int i = 0; i < entryKeys.size(); i++) {
                    held.release(
                            EntryChange.release(entryKeys.get(i), LeaseKind.WRITE.precondition(ids.get(i)), false)
                                    .command(),
                            LeaseKind.WRITE);
                }
            }
            throw e;
        }
    }

    private RedisCommand<List<@Nullable Object>> command(EntryKey key, Version id) {
        List<byte[]> parameters = List.of(
                StoredEntryHeader.bytes(id),
                ScriptReply.lifetime(held.length(LeaseKind.WRITE).toNanos()),
                terms.expiresWithLease() ? EXPIRES_WITH_LEASE : STAYS);
        return CacheCommands.run(Script.LEASE, false, key, parameters)
                .repeatable()
                .observedBy(new OwnEcho(key, null, true)::replied);
    }

    private Lease<K, V> lease(EntryKey key, Version id, long sentNanos, ScriptReply reply) {
        byte[] stored = reply.storedEntry();
        Entry<V> before = stored == null ? null : decoder.decode(key, stored, reply.deadlineNanos(sentNanos));
        HeldLease heldLease = held.hold(key, LeaseKind.WRITE, id, null, sentNanos);
        return new WriteLease<>(terms, heldLease, before, stored != null && before == null);
    }
}
