package io.github.tieredjcache.internal.remote;

import io.github.tieredjcache.internal.entry.FillTicket;
import io.github.tieredjcache.internal.entry.Version;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The leases that one cache of this node holds in Redis: renewed as long as user code runs under them, but not for ever, so that
 * code which never ends holds up others for a bounded time. Safe for use by many threads.
 */
final class HeldLeases {
    private final RemoteClient client;
    private final Set<HeldLease> held = ConcurrentHashMap.newKeySet();

    HeldLeases(RemoteClient client) {
        this.client = client;
    }

    RemoteClient client() {
        return client;
    }

    /**
     * Takes note of a lease that Redis gave.
     *
     * @param ownTicket the ticket that a renewal, which is announced as a change, leaves valid; null for none
     * @param sentNanos before it was asked for
     */
    HeldLease hold(
            EntryKey entryKey,
            LeaseKind kind,
            Version id,
            Duration length,
            @Nullable FillTicket ownTicket,
            long sentNanos) {
        HeldLease lease = new HeldLease(this, entryKey, kind, id, length, ownTicket, sentNanos);
        held.add(lease);
        return lease;
    }

    /** Renews the leases for which it is time; to be called several times in a lease's length. */
    void renew() {
        long nowNanos = client.clock().nanos();
        held.removeIf(lease -> lease.isTooOldAt(nowNanos));
        held.forEach(lease -> lease.renewIfDue(nowNanos));
    }

    /** Returns how many are held. */
    int count() {
        return held.size();
    }

    void end(HeldLease lease) {
        held.remove(lease);
    }
}
