package io.github.tieredjcache.internal.remote.record;

import io.github.tieredjcache.internal.coherence.FillTicket;
import io.github.tieredjcache.internal.model.Version;
import io.github.tieredjcache.internal.port.LoadLease;
import io.github.tieredjcache.internal.remote.connection.CommandExecutor;
import io.github.tieredjcache.internal.remote.wire.EntryKey;
import io.github.tieredjcache.internal.remote.wire.RedisCommand;
import io.github.tieredjcache.internal.remote.wire.ScriptReply;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A lease of a Redis key that this node holds, renewed until it is released. Safe for use by many threads.
 *
 * <p>The scripts in Redis check the lease by its id; the state in this object never decides whether a change is
 * applied.
 */
final class HeldLease implements LoadLease {
    private final Holder holder;
    private final EntryKey entryKey;
    private final LeaseKind kind;
    private final Version id;
    private final Duration length;
    private final @Nullable FillTicket ownTicket;
    private final long takenNanos;
    private volatile long confirmedNanos;
    private volatile boolean renewing;
    private volatile boolean overwritten;
    // The next two fields are guarded by this.
    private boolean changing;
    private boolean released;

    HeldLease(
            Holder holder,
            EntryKey entryKey,
            LeaseKind kind,
            Version id,
            @Nullable FillTicket ownTicket,
            long sentNanos) {
        this.holder = holder;
        this.entryKey = entryKey;
        this.kind = kind;
        this.id = id;
        this.length = holder.length(kind);
        this.ownTicket = ownTicket;
        this.takenNanos = sentNanos;
        this.confirmedNanos = sentNanos;
    }

    EntryKey entryKey() {
        return entryKey;
    }

    Duration length() {
        return length;
    }

    /** Returns the precondition of a script: the lease still holds in Redis. */
    byte[] precondition() {
        return kind.precondition(id);
    }

    /** Returns whether the lease cannot have expired by then. */
    boolean isCertainlyHeldAt(long nowNanos) {
        return nowNanos - confirmedNanos < length.toNanos();
    }

    /** Returns whether a write that waits for no lease replaced the lease before its end. */
    boolean isOverwritten() {
        return overwritten;
    }

    /** Returns whether the lease has been renewed for the maximum time of its kind. */
    boolean isTooOldAt(long nowNanos) {
        return nowNanos - takenNanos > kind.renewedMax().toNanos();
    }

    /** Renews the lease if a third of its length is over; neither waits nor throws. */
    void renewIfDue(long nowNanos) {
        boolean due = nowNanos - confirmedNanos >= length.toNanos() / 3;
        if (!due || renewing) {
            return;
        }
        renewing = true;
        holder.executor()
                .sendReserved(
                        EntryChange.renew(entryKey, precondition(), length)
                                .expectingEcho(ownTicket, true)
                                .command(),
                        (reply, failure) -> renewed(reply, nowNanos));
    }

    private void renewed(@Nullable List<@Nullable Object> reply, long sentNanos) {
        if (reply != null && ScriptReply.only(reply).status() == ScriptReply.Status.APPLIED) {
            confirmedNanos = sentNanos;
        } else if (reply != null) {
            overwritten = isCertainlyHeldAt(holder.executor().clock().nanos());
            end();
        }
        renewing = false;
    }

    @Override
    public void giveUp() {
        release(EntryChange.release(entryKey, precondition(), false).command());
    }

    /** Releases the lease by another command than {@link #giveUp}. */
    void release(RedisCommand<?> release) {
        end();
        holder.release(release, kind);
    }

    /**
     * Notes that its holder is about to change the entry or the source; returns false if the lease was released before.
     */
    synchronized boolean beginChange() {
        changing = !released;
        return changing;
    }

    /** Releases the lease, unless its holder is about to change the entry or the source. */
    void releaseUnlessChanging() {
        boolean releases;
        synchronized (this) {
            releases = !changing;
            released = releases;
        }
        if (releases) {
            giveUp();
        }
    }

    /** Stops the renewals; to be called before the lease is released. */
    void end() {
        holder.end(this);
    }

    /** The leases that this one belongs to. */
    interface Holder {
        CommandExecutor executor();

        /** Returns the length of the leases of a kind. */
        Duration length(LeaseKind kind);

        /** Releases a lease of this kind; neither waits nor throws. */
        void release(RedisCommand<?> release, LeaseKind kind);

        /** Stops the renewals of a lease. */
        void end(HeldLease lease);
    }
}
