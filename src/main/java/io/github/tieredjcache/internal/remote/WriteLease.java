package io.github.tieredjcache.internal.remote;

import io.github.tieredjcache.internal.codec.ValueCodec;
import io.github.tieredjcache.internal.entry.Entry;
import io.github.tieredjcache.internal.entry.FillTicket;
import io.github.tieredjcache.internal.entry.Lease;
import io.github.tieredjcache.internal.entry.LeaseLostException;
import io.github.tieredjcache.internal.entry.Mutation;
import io.github.tieredjcache.internal.entry.Outcome;
import io.github.tieredjcache.internal.entry.Version;
import io.github.tieredjcache.internal.entry.Versions;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A write lease in Redis, held until it is given back or runs out. Used by one thread. */
final class WriteLease<K, V> implements Lease<K, V> {
    private final Terms<V> terms;
    private final HeldLease lease;
    private final @Nullable Entry<V> before;
    private final boolean hidesGarbage;
    private @Nullable V encodedValue;
    private byte @Nullable [] encoded;

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
    public void prepare(@Nullable V value) {
        if (!lease.isCertainAt(terms.client.clock().nanos())) {
            throw new LeaseLostException("the change was not made: " + whyLost());
        }
        body(value);
    }

    private byte @Nullable [] body(@Nullable V value) {
        if (value == null || value == encodedValue) {
            return value == null ? null : encoded;
        }
        encoded = terms.values.encode(lease.entryKey().bytes(), value);
        encodedValue = value;
        return encoded;
    }

    @Override
    public Outcome<V> save(Mutation<K, V> mutation) {
        return change(mutation, body(mutation.value()), true);
    }

    @Override
    public Outcome<V> commit(Mutation<K, V> mutation) {
        byte[] body;
        try {
            body = body(mutation.value());
        } catch (RuntimeException | Error e) {
            release();
            throw e;
        }
        lease.end();
        return change(mutation, body, false);
    }

    private Outcome<V> change(Mutation<K, V> mutation, byte @Nullable [] body, boolean keepsLease) {
        V value = mutation.value();
        Version version = terms.versions.next();
        long lifetimeNanos = before == null ? mutation.creationNanos() : mutation.updateNanos();
        RemoteClient client = terms.client;
        long sentNanos = client.clock().nanos();
        // What is under a lease is not kept.
        FillTicket ticket = keepsLease ? FillTicket.unfillable() : new FillTicket(sentNanos);
        client.watch(lease.entryKey(), ticket);
        Answer answer;
        try {
            answer = Answer.of(client.call(Mutate.echoed(
                    Mutate.commit(lease, flags(keepsLease), version, lifetimeNanos, body),
                    lease.entryKey(),
                    ticket,
                    keepsLease)));
        } catch (RuntimeException | Error e) {
            ticket.voidIt();
            throw e;
        }
        if (answer.status() != Answer.Status.APPLIED) {
            ticket.voidIt();
            requireInTime(client.clock().nanos());
            return new Outcome<>(false, answer.existed(), null, null);
        }
        if (value == null || body == null || !answer.hasEntry()) {
            ticket.voidIt();
            return new Outcome<>(true, before != null, before, null);
        }
        int encodedBytes = lease.entryKey().encodedBytes(body.length);
        Entry<V> after = new Entry<>(value, version, answer.deadlineNanos(sentNanos), encodedBytes, !keepsLease);
        return new Outcome<>(true, before != null, before, after.under(ticket));
    }

    private String flags(boolean keepsLease) {
        return (terms.vanishing ? "v" : "") + (keepsLease ? "k" : "");
    }

    /** Within its time a lease is lost only to a write that waits for nobody; later perhaps to one who relied on it. */
    private void requireInTime(long nowNanos) {
        if (!lease.isCertainAt(nowNanos)) {
            throw new LeaseLostException("the change came too late and was not made: " + whyLost()
                    + (terms.vanishing ? "; the entry was removed, because the source may have changed" : ""));
        }
    }

    private String whyLost() {
        return "the write lease of " + terms.length.toMillis()
                + " ms had run out and could not be renewed in time (see write.lease)";
    }

    @Override
    public void release() {
        lease.end();
        terms.client.send(Mutate.release(lease.entryKey(), lease.guard(), hidesGarbage));
    }

    /**
     * What all write leases of a cache have in common.
     *
     * @param client the way to Redis
     * @param values the codec of the values
     * @param versions names leases and writes
     * @param length how long a lease lasts
     * @param vanishing whether an entry whose lease was lost must go
     */
    record Terms<V>(RemoteClient client, ValueCodec<V> values, Versions versions, Duration length, boolean vanishing) {}
}
