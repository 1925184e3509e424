package io.github.tieredjcache.internal.remote.record;

import io.github.tieredjcache.internal.codec.api.ValueCodec;
import io.github.tieredjcache.internal.coherence.FillTicket;
import io.github.tieredjcache.internal.model.Entry;
import io.github.tieredjcache.internal.model.Outcome;
import io.github.tieredjcache.internal.model.Version;
import io.github.tieredjcache.internal.model.Versions;
import io.github.tieredjcache.internal.port.Lease;
import io.github.tieredjcache.internal.port.LeaseLostException;
import io.github.tieredjcache.internal.remote.connection.CommandExecutor;
import io.github.tieredjcache.internal.remote.wire.EntryKey;
import io.github.tieredjcache.internal.remote.wire.ScriptReply;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import javax.cache.CacheException;
import org.jspecify.annotations.Nullable;

/**
 * A write lease in Redis, held until it is given back or runs out.
 *
 * <p>In a cache that writes through, a change that cannot be applied leaves no entry behind, wherever the key stands by then:
 * the source has been told already, and what others have loaded meanwhile may be older.
 */
final class WriteLease<K, V> implements Lease<K, V> {
    /** How often the entry is voided again; each time, somebody has cleared the cache while that was under way. */
    private static final int VOIDS_MAX = 1_000;

    private final Terms<V> terms;
    private final HeldLease lease;
    private final @Nullable Entry<V> before;
    private volatile boolean hidesGarbage;
    private volatile boolean lost;

    /**
     * Creates a lease that was taken.
     *
     * @param terms what all leases of a cache have in common
     * @param lease what Redis knows it by
     * @param before the entry when it was taken, null if there was none that could be read
     * @param hidesGarbage whether there was one that could not be read
     */
    WriteLease(Terms<V> terms, HeldLease lease, @Nullable Entry<V> before, boolean hidesGarbage) {
        this.terms = terms;
        this.lease = lease;
        this.before = before;
        this.hidesGarbage = hidesGarbage;
    }

    @Override
    public @Nullable Entry<V> before() {
        return before;
    }

    @Override
    public Prepared<V> prepare(@Nullable V value) {
        boolean overtaken = lost || lease.isOvertaken();
        // Who was overtaken has happened just before that and changes nothing, unless there is a writer to tell.
        if (overtaken ? terms.vanishing : !isCertain()) {
            throw new LeaseLostException("the change was not made: " + (overtaken ? why("was taken away") : whyLate()));
        }
        Encoded<V> encoded = new Encoded<>(value, value == null ? null : terms.values.encode(key().bytes(), value));
        if (!lease.beginChange()) {
            throw new LeaseLostException("the change was not made: the cache was closed");
        }
        return encoded;
    }

    @Override
    public Outcome<V> save(Prepared<V> change, long lifetimeNanos) {
        return begin(encoded(change), lifetimeNanos, true).get();
    }

    @Override
    public Supplier<Outcome<V>> beginCommit(Prepared<V> change, long lifetimeNanos) {
        lease.end();
        return begin(encoded(change), lifetimeNanos, false);
    }

    private static <V> Encoded<V> encoded(Prepared<V> change) {
        if (change instanceof Encoded<V> encoded) {
            return encoded;
        }
        throw new IllegalArgumentException("prepared by another tier: " + change);
    }

    private Supplier<Outcome<V>> begin(Encoded<V> change, long lifetimeNanos, boolean keepsLease) {
        Version version = terms.versions.next();
        CommandExecutor executor = terms.client();
        long sentNanos = executor.clock().nanos();
        // What is under a lease is not kept.
        FillTicket ticket = keepsLease ? FillTicket.unfillable() : new FillTicket(sentNanos);
        executor.watch(key(), ticket);
        Supplier<List<@Nullable Object>> committed = executor.begin(MutateScript.echoed(
                MutateScript.commit(lease, flags(keepsLease), version, lifetimeNanos, change.bytes),
                key(),
                ticket,
                keepsLease));
        return () -> {
            Entry<V> stored = null;
            try {
                ScriptReply reply = ScriptReply.of(committed.get());
                if (reply.status() != ScriptReply.Status.APPLIED) {
                    return refused(reply);
                }
                hidesGarbage = false;
                V value = change.value;
                if (value != null && reply.hasEntry()) {
                    int encodedBytes = key().encodedBytes(change.bytes());
                    long deadlineNanos = reply.deadlineNanos(sentNanos);
                    stored = new Entry<>(value, version, deadlineNanos, encodedBytes, !keepsLease).under(ticket);
                }
                return new Outcome<>(true, before != null, before, stored);
            } finally {
                if (stored == null) {
                    ticket.invalidate();
                }
            }
        };
    }

    private Outcome<V> refused(ScriptReply reply) {
        lost = true;
        boolean late = !lease.isOvertaken() && !isCertain();
        if (reply.status() == ScriptReply.Status.MOVED) {
            epochIsOver();
        }
        // Within its time a lease is lost only to a write that waits for nobody; later perhaps to one who relied on it.
        if (late) {
            throw new LeaseLostException("the change came too late and was not made: " + whyLate()
                    + (terms.vanishing ? "; the entry was removed, because the source may have changed" : ""));
        }
        return new Outcome<>(false, reply.existed(), null, null);
    }

    private boolean isCertain() {
        return lease.isCertainAt(terms.client().clock().nanos());
    }

    private EntryKey key() {
        return lease.entryKey();
    }

    private String flags(boolean keepsLease) {
        return (terms.vanishing ? "v" : "") + (keepsLease ? "k" : "");
    }

    private String whyLate() {
        return why("had run out and could not be renewed in time (see write.lease)");
    }

    private String why(String what) {
        return "the write lease of " + terms.length.toMillis() + " ms " + what;
    }

    /** What was loaded since the cache was cleared may be older than what the writer was told. */
    private void epochIsOver() {
        terms.epochs.isOver(key().epoch());
        if (terms.vanishing) {
            boolean interrupted = Thread.interrupted();
            try {
                voidEntry();
            } finally {
                if (interrupted) {
                    Thread.currentThread().interrupt();
                }
            }
        }
    }

    private void voidEntry() {
        byte[] encodedKey = key().epoch().encodedKey(key().bytes());
        for (int i = 0; i < VOIDS_MAX; i++) {
            EntryKey key = terms.epochs.currentToWriteIn().key(encodedKey);
            ScriptReply reply = ScriptReply.of(terms.client()
                    .callUninterruptibly(MutateScript.echoed(MutateScript.voidEntry(key), key, null, false)));
            if (reply.status() != ScriptReply.Status.MOVED) {
                return;
            }
            terms.epochs.isOver(key.epoch());
        }
        throw new CacheException("gave up on a change that " + VOIDS_MAX + " clears of the cache got in the way of");
    }

    @Override
    public void release() {
        lease.giveBack(MutateScript.release(key(), lease.guard(), hidesGarbage));
    }

    @Override
    public void abandon() {
        if (!terms.vanishing) {
            release();
            return;
        }
        lease.end();
        try {
            ScriptReply reply = ScriptReply.of(terms.client()
                    .callUninterruptibly(MutateScript.echoed(MutateScript.abandon(lease), key(), null, false)));
            if (reply.status() == ScriptReply.Status.MOVED) {
                epochIsOver();
            }
        } catch (CacheException e) {
            // Then the entry goes with the lease.
        }
    }

    /** A value and its bytes. */
    private static final class Encoded<V> implements Prepared<V> {
        private final @Nullable V value;
        private final byte @Nullable [] bytes;

        Encoded(@Nullable V value, byte @Nullable [] bytes) {
            this.value = value;
            this.bytes = bytes;
        }

        @Override
        public @Nullable V value() {
            return value;
        }

        @Override
        public int bytes() {
            return bytes == null ? 0 : bytes.length;
        }
    }

    /**
     * What all write leases of a cache have in common.
     *
     * @param epochs the epochs of the cache
     * @param values the codec of the values
     * @param versions names leases and writes
     * @param length how long a lease lasts
     * @param vanishing whether an entry whose lease was lost must go
     */
    record Terms<V>(EpochTracker epochs, ValueCodec<V> values, Versions versions, Duration length, boolean vanishing) {
        CommandExecutor client() {
            return epochs.client();
        }
    }
}
