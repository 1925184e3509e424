package io.github.tieredjcache.internal.remote.record;

import io.github.tieredjcache.internal.coherence.FillTicket;
import io.github.tieredjcache.internal.model.Version;
import io.github.tieredjcache.internal.port.LoadLease;
import io.github.tieredjcache.internal.remote.wire.EntryKey;
import io.github.tieredjcache.internal.remote.wire.RedisCommand;
import io.github.tieredjcache.internal.remote.wire.ScriptReply;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A lease of a Redis key that this node holds, renewed until it is given back. Safe for use by many threads.
 *
 * <p>What it guards is guarded in Redis, by its identity: nothing is decided by what this node thinks of it.
 */
final class HeldLease implements LoadLease {
    private final HeldLeases leases;
    private final EntryKey entryKey;
    private final LeaseKind kind;
    private final Version id;
    private final Duration length;
    private final @Nullable FillTicket ownTicket;
    private final long sinceNanos;
    private volatile long provenNanos;
    private volatile boolean asking;
    private volatile boolean overtaken;
    // Guarded by this.
    private boolean changing;
    private boolean givenUp;

    HeldLease(
            HeldLeases leases,
            EntryKey entryKey,
            LeaseKind kind,
            Version id,
            Duration length,
            @Nullable FillTicket ownTicket,
            long sentNanos) {
        this.leases = leases;
        this.entryKey = entryKey;
        this.kind = kind;
        this.id = id;
        this.length = length;
        this.ownTicket = ownTicket;
        this.sinceNanos = sentNanos;
        this.provenNanos = sentNanos;
    }

    EntryKey entryKey() {
        return entryKey;
    }

    Version id() {
        return id;
    }

    /** Returns the guard of a script that only the holder of this lease may run. */
    byte[] guard() {
        return kind.guard(id);
    }

    /** Returns whether nobody else can have had it until now. */
    boolean isCertainAt(long nowNanos) {
        return nowNanos - provenNanos < length.toNanos();
    }

    /** Returns whether it ended in its time, by a change that waits for nobody. */
    boolean isOvertaken() {
        return overtaken;
    }

    /** Returns whether it has been renewed for long enough. */
    boolean isTooOldAt(long nowNanos) {
        return nowNanos - sinceNanos > kind.longest().toNanos();
    }

    /** Renews it if a third of its time is over; neither waits nor throws. */
    void renewIfDue(long nowNanos) {
        boolean due = nowNanos - provenNanos >= length.toNanos() / 3;
        if (!due || asking) {
            return;
        }
        asking = true;
        leases.client()
                .sendOwn(
                        MutateScript.echoed(MutateScript.renew(this, length), entryKey, ownTicket, true),
                        (reply, failure) -> renewed(reply, nowNanos));
    }

    private void renewed(@Nullable List<@Nullable Object> reply, long sentNanos) {
        if (reply != null && ScriptReply.of(reply).status() == ScriptReply.Status.APPLIED) {
            provenNanos = sentNanos;
        } else if (reply != null) {
            overtaken = isCertainAt(leases.client().clock().nanos());
            end();
        }
        asking = false;
    }

    @Override
    public void giveUp() {
        giveBack(MutateScript.release(entryKey, guard(), false));
    }

    /** Gives it back in another way than {@link #giveUp}. */
    void giveBack(RedisCommand<?> release) {
        end();
        leases.giveBack(release, length);
    }

    /** Says that its holder is about to change something with it; returns false if it was given up before. */
    synchronized boolean beginChange() {
        changing = !givenUp;
        return changing;
    }

    /** Gives it up, unless its holder is about to change something with it. */
    void giveUpUnlessChanging() {
        boolean ends;
        synchronized (this) {
            ends = !changing;
            givenUp = ends;
        }
        if (ends) {
            giveUp();
        }
    }

    /** Ends the renewals; to be called before it is given back. */
    void end() {
        leases.end(this);
    }
}
