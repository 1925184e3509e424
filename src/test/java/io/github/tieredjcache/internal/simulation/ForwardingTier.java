package io.github.tieredjcache.internal.simulation;

import io.github.tieredjcache.internal.coherence.FillTicket;
import io.github.tieredjcache.internal.model.Entry;
import io.github.tieredjcache.internal.model.Mutation;
import io.github.tieredjcache.internal.model.Outcome;
import io.github.tieredjcache.internal.port.Lease;
import io.github.tieredjcache.internal.port.LoadGrant;
import io.github.tieredjcache.internal.port.ReadResult;
import io.github.tieredjcache.internal.port.TierOfRecord;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/** A tier of record that does what another one does. */
class ForwardingTier implements TierOfRecord<String, String> {
    final TierOfRecord<String, String> tier;

    ForwardingTier(TierOfRecord<String, String> tier) {
        this.tier = tier;
    }

    @Override
    public ReadResult<String> read(String key, FillTicket ticket, long accessNanos) {
        return tier.read(key, ticket, accessNanos);
    }

    @Override
    public Supplier<Map<String, ReadResult<String>>> beginReadAll(Map<String, FillTicket> tickets, long accessNanos) {
        return tier.beginReadAll(tickets, accessNanos);
    }

    @Override
    public boolean contains(String key) {
        return tier.contains(key);
    }

    @Override
    public void touch(String key, Entry<String> entry, long accessNanos) {
        tier.touch(key, entry, accessNanos);
    }

    @Override
    public Outcome<String> apply(Mutation<String, String> mutation) {
        return tier.apply(mutation);
    }

    @Override
    public Supplier<List<Outcome<String>>> beginApplyAll(List<Mutation<String, String>> mutations) {
        return tier.beginApplyAll(mutations);
    }

    @Override
    public void discardAll(Collection<String> keys) {
        tier.discardAll(keys);
    }

    @Override
    public Supplier<Map<String, LoadGrant<String>>> beginLoadGrants(
            Map<String, FillTicket> tickets, Set<String> localKeys, boolean takesOver) {
        return tier.beginLoadGrants(tickets, localKeys, takesOver);
    }

    @Override
    public LoadGrant<String> awaitLoadGrant(String key, Supplier<FillTicket> tickets, long untilNanos) {
        return tier.awaitLoadGrant(key, tickets, untilNanos);
    }

    @Override
    public boolean mayRefresh(String key) {
        return tier.mayRefresh(key);
    }

    @Override
    public Supplier<List<Outcome<String>>> beginFillAll(List<Fill<String, String>> fills) {
        return tier.beginFillAll(fills);
    }

    @Override
    public List<String> inLeasingOrder(Collection<String> keys) {
        return tier.inLeasingOrder(keys);
    }

    @Override
    public List<Lease<String, String>> leaseAll(List<String> keys) {
        return tier.leaseAll(keys);
    }

    @Override
    public Lease<String, String> lease(String key) {
        return tier.lease(key);
    }

    @Override
    public Lease<String, String> leaseOfLocked(String key) {
        return tier.leaseOfLocked(key);
    }

    @Override
    public Iterator<Map.Entry<String, Entry<String>>> entries() {
        return tier.entries();
    }

    @Override
    public Iterator<Map.Entry<String, Entry<String>>> entriesToRemove() {
        return tier.entriesToRemove();
    }

    @Override
    public Runnable beginClear() {
        return tier.beginClear();
    }
}
