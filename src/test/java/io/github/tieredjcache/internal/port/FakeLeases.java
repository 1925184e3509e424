package io.github.tieredjcache.internal.port;

import io.github.tieredjcache.internal.coherence.FillTicket;
import io.github.tieredjcache.internal.model.Lifetime;
import io.github.tieredjcache.internal.support.NanoClock;
import java.util.ArrayList;
import java.util.List;

/** The leases of a {@link FakeRedis} that are to be renewed. */
final class FakeLeases {
    private final NanoClock clock;
    private final List<HeldLease> held = new ArrayList<>();

    FakeLeases(NanoClock clock) {
        this.clock = clock;
    }

    synchronized HeldLease hold(
            String key, long epoch, Object id, long lengthNanos, FillTicket ticket, long sentNanos) {
        HeldLease lease = new HeldLease(key, epoch, id, lengthNanos, ticket, clock, sentNanos);
        if (lengthNanos != Lifetime.ETERNAL) {
            held.add(lease);
        }
        return lease;
    }

    synchronized List<HeldLease> due() {
        held.removeIf(HeldLease::hasEnded);
        return held.stream().filter(HeldLease::isDue).toList();
    }
}
