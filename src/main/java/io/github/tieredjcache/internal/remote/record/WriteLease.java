package io.github.tieredjcache.internal.remote.record;

import io.github.tieredjcache.LeaseLostException;
import io.github.tieredjcache.internal.coherence.FillTicket;
import io.github.tieredjcache.internal.model.Entry;
import io.github.tieredjcache.internal.model.Outcome;
import io.github.tieredjcache.internal.model.Version;
import io.github.tieredjcache.internal.model.Versions;
import io.github.tieredjcache.internal.port.Lease;
import io.github.tieredjcache.internal.remote.connection.CommandExecutor;
import io.github.tieredjcache.internal.remote.wire.EntryKey;
import io.github.tieredjcache.internal.remote.wire.ScriptReply;
import java.util.List;
import java.util.function.Supplier;
import javax.cache.CacheException;
import org.jspecify.annotations.Nullable;

/**
 * A write lease in Redis, held until it is released or expires.
 *
 * <p>In a cache with a writer, a change that cannot be applied leaves no entry under the key, even in a later epoch:
 * the source has been written already, and a value that another node has loaded meanwhile may be older.
 */
final class WriteLease<K, V> implements Lease<K, V> {
    private final Terms<V> terms;
    private final HeldLease lease;
    private final @Nullable Entry<V> before;
    private volatile boolean hidesUndecodable;
    private volatile boolean lost;

    /**
     * Creates a lease that Redis has granted.
     *
     * @param terms common to all write leases of the cache
     * @param lease the lease in Redis
     * @param before the entry when the lease was taken, null if there was none or it could not be decoded
     * @param hidesUndecodable whether there was an entry that could not be decoded
     */
    WriteLease(Terms<V> terms, HeldLease lease, @Nullable Entry<V> before, boolean hidesUndecodable) {
        this.terms = terms;
        this.lease = lease;
        this.before = before;
        this.hidesUndecodable = hidesUndecodable;
    }

    @Override
    public @Nullable Entry<V> before() {
        return before;
    }

    @Override
    public Prepared<V> prepare(@Nullable V value) {
        boolean overwritten = lost || lease.isOverwritten();
        // Without a writer, a change whose lease was overwritten counts as made just before the overwriting one, and is
        // not stored.
        if (overwritten ? terms.expiresWithLease : !isCertainlyHeld()) {
            throw new LeaseLostException("the change was not made: "
                    + (overwritten ? reason("was lost to another change of the key") : expiredReason()));
        }
        Encoded<V> encoded = new Encoded<>(value, terms.values.encode(key().bytes(), value));
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
        CommandExecutor executor = terms.executor();
        long sentNanos = executor.clock().nanos();
        // An entry under a lease is not kept in the near tier.
        FillTicket ticket = keepsLease ? FillTicket.unfillable() : new FillTicket(sentNanos);
        executor.watch(key(), ticket);
        Supplier<List<@Nullable Object>> committed = executor.sendUninterruptibly(
                EntryChange.commit(key(), lease.precondition(), flags(keepsLease), version, lifetimeNanos, change.bytes)
                        .expectingEcho(ticket, keepsLease)
                        .command());
        return () -> {
            Entry<V> stored = null;
            try {
                ScriptReply reply = ScriptReply.only(keepsLease ? committed.get() : orRelease(committed));
                if (reply.status() != ScriptReply.Status.APPLIED) {
                    return refused(reply);
                }
                hidesUndecodable = false;
                V value = change.value;
                if (value != null && reply.hasEntry()) {
                    int encodedBytes = key().encodedBytes(change.bytes());
                    long deadlineNanos = reply.deadlineNanos(sentNanos);
                    stored = Entry.of(value, version, deadlineNanos, encodedBytes, !keepsLease)
                            .withTicket(ticket);
                }
                return new Outcome<>(true, before != null, before, stored);
            } finally {
                if (stored == null) {
                    ticket.invalidate();
                }
            }
        };
    }

    /**
     * Returns the reply to a commit. Without a reply, releases the lease, since other callers wait until it ends. A commit
     * that reaches Redis after the release is not applied.
     */
    private List<@Nullable Object> orRelease(Supplier<List<@Nullable Object>> committed) {
        try {
            return committed.get();
        } catch (CacheException e) {
            // The source may have been written.
            release(terms.expiresWithLease || hidesUndecodable);
            throw e;
        }
    }

    private Outcome<V> refused(ScriptReply reply) {
        lost = true;
        boolean late = !lease.isOverwritten() && !isCertainlyHeld();
        if (reply.status() == ScriptReply.Status.EPOCH_OVER) {
            handleEpochOver();
        }
        // Before its end a lease is lost only to a write that waits for no lease. After its end another holder may have
        // read the entry that this change would have replaced.
        if (late) {
            throw new LeaseLostException("the change came too late and was not made: " + expiredReason()
                    + (terms.expiresWithLease ? "; the entry was removed, because the source may have changed" : ""));
        }
        return new Outcome<>(false, reply.existed(), null, null);
    }

    private boolean isCertainlyHeld() {
        return lease.isCertainlyHeldAt(terms.executor().clock().nanos());
    }

    private EntryKey key() {
        return lease.entryKey();
    }

    private String flags(boolean keepsLease) {
        return (terms.expiresWithLease ? "v" : "") + (keepsLease ? "k" : "");
    }

    private String expiredReason() {
        return reason("expired before it was renewed; see the setting write.lease");
    }

    private String reason(String event) {
        return "the write lease of " + lease.length().toMillis() + " ms " + event;
    }

    /**
     * Notes that the cache was cleared. In a cache with a writer, also invalidates the entry of the new epoch: a value
     * that was loaded since the clear may be older than the value that the writer has written.
     */
    private void handleEpochOver() {
        terms.epochs.markOver(key().epoch());
        if (terms.expiresWithLease) {
            boolean interrupted = Thread.interrupted();
            try {
                invalidateEntry();
            } finally {
                if (interrupted) {
                    Thread.currentThread().interrupt();
                }
            }
        }
    }

    private void invalidateEntry() {
        CommandExecutor executor = terms.executor();
        Invalidation.of(
                List.of(key().epoch().encodedKey(key().bytes())),
                terms.epochs,
                commands -> commands.stream()
                        .<List<@Nullable Object>>map(executor::callUninterruptibly)
                        .toList());
    }

    @Override
    public void release() {
        release(hidesUndecodable);
    }

    private void release(boolean removesEntry) {
        lease.release(
                EntryChange.release(key(), lease.precondition(), removesEntry).command());
    }

    @Override
    public void abandon() {
        if (!terms.expiresWithLease) {
            release();
            return;
        }
        lease.end();
        try {
            ScriptReply reply = ScriptReply.only(terms.executor()
                    .callUninterruptibly(
                            EntryChange.abandon(key(), lease.precondition()).command()));
            if (reply.status() == ScriptReply.Status.EPOCH_OVER) {
                handleEpochOver();
            }
        } catch (CacheException e) {
            // If that fails, too, the entry expires with the lease.
            release(true);
        }
    }

    /** A value and its encoded bytes; without bytes the entry is removed. */
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
     * The common parts of all write leases of a cache.
     *
     * @param epochs the epochs of the cache
     * @param values encodes the values
     * @param versions gives the ids of leases and the versions of writes
     * @param expiresWithLease whether an entry whose lease was lost is removed
     */
    record Terms<V>(EpochTracker epochs, ValueEncoder<V> values, Versions versions, boolean expiresWithLease) {
        CommandExecutor executor() {
            return epochs.executor();
        }
    }
}
