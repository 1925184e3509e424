package io.github.tieredjcache.internal.stats;

import io.github.tieredjcache.TierLatency;
import io.github.tieredjcache.TierStatistics;
import io.github.tieredjcache.UndecodableReason;
import io.github.tieredjcache.internal.coherence.CoherenceLease;
import io.github.tieredjcache.internal.coherence.CoherenceProof;
import io.github.tieredjcache.internal.coherence.InvalidationListener;
import io.github.tieredjcache.internal.port.RemoteUnavailableException;
import io.github.tieredjcache.internal.support.NanoClock;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * The counters of one cache by tier, on this node. Always on, except near hits and latencies, which are counted while
 * statistics are enabled. Safe for use by many threads.
 */
public final class TierCounters implements TierStatistics, InvalidationListener {
    private final String cacheName;
    private final @Nullable CoherenceLease lease;
    private final NanoClock clock;
    private final LongAdder nearHits = new LongAdder();
    private final LongAdder nearMismatches = new LongAdder();
    private final LongAdder remoteHits = new LongAdder();
    private final LongAdder misses = new LongAdder();
    private final LongAdder sourceLoads = new LongAdder();
    private final LongAdder sourceLoadFailures = new LongAdder();
    private final LongAdder coalescedLookups = new LongAdder();
    private final LongAdder staleServed = new LongAdder();
    private final LongAdder refreshes = new LongAdder();
    private final LongAdder loadsRunning = new LongAdder();
    private final LongAdder loadsWaiting = new LongAdder();
    private final LongAdder loadsRefused = new LongAdder();
    private final LongAdder loadsAwaited = new LongAdder();
    private final LongAdder fillsRefused = new LongAdder();
    private final LongAdder writesVoided = new LongAdder();
    private final Map<UndecodableReason, LongAdder> undecodable = new EnumMap<>(UndecodableReason.class);
    private final LongAdder conflicts = new LongAdder();
    private final LongAdder remoteTimeouts = new LongAdder();
    private final LongAdder remoteDisconnections = new LongAdder();
    private final LongAdder remoteRefusals = new LongAdder();
    private final LongAdder refusedValues = new LongAdder();
    private final LongAdder localOperations = new LongAdder();
    private final LongAdder localHits = new LongAdder();
    private final LongAdder invalidations = new LongAdder();
    private final LongAdder ownEchoes = new LongAdder();
    private final LongAdder writesAwaited = new LongAdder();
    private final LongAdder eventsDropped = new LongAdder();
    private final @Nullable OutageGauges outage;
    private final NearGauges near;
    private final Latencies latencies;

    /**
     * Creates counters that are 0.
     *
     * @param sources the numbers that are read rather than counted
     * @param latencies the latencies of the tiers
     * @param clock the clock of the node
     */
    public TierCounters(GaugeSources sources, Latencies latencies, NanoClock clock) {
        this.cacheName = sources.cacheName();
        this.lease = sources.lease();
        this.outage = sources.outage();
        this.near = sources.near();
        this.latencies = latencies;
        this.clock = clock;
        for (UndecodableReason each : UndecodableReason.values()) {
            undecodable.put(each, new LongAdder());
        }
    }

    @Override
    public long stalenessBoundMillis() {
        return lease == null ? 0 : TimeUnit.NANOSECONDS.toMillis(lease.boundNanos());
    }

    @Override
    public long coherenceProofAgeMillis() {
        long ageNanos = lease == null ? CoherenceProof.NEVER : lease.proofAgeNanos(clock.nanos());
        return ageNanos == CoherenceProof.NEVER ? -1 : TimeUnit.NANOSECONDS.toMillis(ageNanos);
    }

    @Override
    public long coherenceLapses() {
        return lease == null ? 0 : lease.lapses();
    }

    @Override
    public long nearHits() {
        return nearHits.sum();
    }

    @Override
    public long nearMismatches() {
        return nearMismatches.sum();
    }

    @Override
    public long remoteHits() {
        // The engine counts a hit of the local fallback as a remote hit, because it cannot distinguish them.
        return Math.max(0, remoteHits.sum() - localHits.sum());
    }

    @Override
    public long misses() {
        return misses.sum();
    }

    @Override
    public long sourceLoads() {
        return sourceLoads.sum();
    }

    @Override
    public long sourceLoadFailures() {
        return sourceLoadFailures.sum();
    }

    @Override
    public long coalescedLookups() {
        return coalescedLookups.sum();
    }

    @Override
    public long staleServed() {
        return staleServed.sum();
    }

    @Override
    public long refreshes() {
        return refreshes.sum();
    }

    @Override
    public TierLatency nearLatency() {
        return latencies.near();
    }

    @Override
    public TierLatency remoteLatency() {
        return latencies.remote();
    }

    @Override
    public TierLatency sourceLatency() {
        return latencies.source();
    }

    @Override
    public long nearEntries() {
        return near.entries().getAsLong();
    }

    @Override
    public long nearWeightBytes() {
        return near.bytes().getAsLong();
    }

    @Override
    public long nearEvictions() {
        return near.evictions().getAsLong();
    }

    @Override
    public long invalidations() {
        return invalidations.sum();
    }

    @Override
    public long ownEchoes() {
        return ownEchoes.sum();
    }

    @Override
    public long writesAwaited() {
        return writesAwaited.sum();
    }

    @Override
    public long eventsDropped() {
        return eventsDropped.sum();
    }

    @Override
    public long loadsRunning() {
        return loadsRunning.sum();
    }

    @Override
    public long loadsWaiting() {
        return loadsWaiting.sum();
    }

    @Override
    public long loadsRefused() {
        return loadsRefused.sum();
    }

    @Override
    public long loadsAwaited() {
        return loadsAwaited.sum();
    }

    @Override
    public long fillsRefused() {
        return fillsRefused.sum();
    }

    @Override
    public long writesVoided() {
        return writesVoided.sum();
    }

    @Override
    public long undecodableValues() {
        return undecodable.values().stream().mapToLong(LongAdder::sum).sum();
    }

    @Override
    public long undecodableValues(UndecodableReason reason) {
        return undecodable(reason).sum();
    }

    private LongAdder undecodable(UndecodableReason reason) {
        // The constructor puts every reason into the map.
        return Objects.requireNonNull(undecodable.get(reason));
    }

    @Override
    public long conflicts() {
        return conflicts.sum();
    }

    @Override
    public boolean isRemoteAway() {
        return outage != null && outage.health().isUnavailable();
    }

    @Override
    public long remoteOutages() {
        return outage == null ? 0 : outage.health().outages();
    }

    @Override
    public long remoteAwayMillis() {
        return outage == null
                ? 0
                : TimeUnit.NANOSECONDS.toMillis(outage.health().unavailableNanos());
    }

    @Override
    public long remoteTimeouts() {
        return remoteTimeouts.sum();
    }

    @Override
    public long remoteDisconnections() {
        return remoteDisconnections.sum();
    }

    @Override
    public long remoteRefusals() {
        return remoteRefusals.sum();
    }

    @Override
    public long localOperations() {
        return localOperations.sum();
    }

    @Override
    public long journaledKeys() {
        return outage == null ? 0 : outage.journaled().getAsLong();
    }

    @Override
    public long journalOverflows() {
        return outage == null ? 0 : outage.overflows().getAsLong();
    }

    @Override
    public long journalVoided() {
        return outage == null ? 0 : outage.voided().getAsLong();
    }

    /** Returns the name of the cache. */
    public String cacheName() {
        return cacheName;
    }

    public void remoteCallFailed(RemoteUnavailableException.Kind kind) {
        switch (kind) {
            case TIMEOUT -> remoteTimeouts.increment();
            case CONNECTION -> remoteDisconnections.increment();
            case REFUSAL -> remoteRefusals.increment();
            case UNAVAILABLE -> {}
        }
    }

    public void valueRefused() {
        refusedValues.increment();
    }

    public void answeredLocally() {
        localOperations.increment();
    }

    public void hitLocally() {
        localHits.increment();
    }

    public void nearHit() {
        nearHits.increment();
    }

    public void nearHits(int count) {
        nearHits.add(count);
    }

    public void nearMismatched() {
        nearMismatches.increment();
    }

    public void remoteHit() {
        remoteHits.increment();
    }

    public void missed() {
        misses.increment();
    }

    /** Begins a call of the loader for this number of keys. */
    public SourceCall beginSourceCall(int keys) {
        sourceLoads.add(keys);
        return new SourceCall(this, clock.nanos(), JfrEvents.load(cacheName, keys));
    }

    void sourceCalled(long beganNanos, boolean succeeded) {
        latencies.sourceCalled(beganNanos, clock.nanos());
        if (!succeeded) {
            sourceLoadFailures.increment();
        }
    }

    @Override
    public void invalidated() {
        invalidations.increment();
    }

    @Override
    public void echoed() {
        ownEchoes.increment();
    }

    public void writeAwaited() {
        writesAwaited.increment();
    }

    public void eventDropped() {
        eventsDropped.increment();
    }

    public void coalesced() {
        coalescedLookups.increment();
    }

    public void servedStale() {
        staleServed.increment();
    }

    public void refreshed() {
        refreshes.increment();
    }

    public void loadStarted() {
        loadsRunning.increment();
    }

    public void loadEnded() {
        loadsRunning.decrement();
    }

    public void loadWaitStarted() {
        loadsWaiting.increment();
    }

    public void loadWaitEnded() {
        loadsWaiting.decrement();
    }

    public void loadRefused() {
        loadsRefused.increment();
    }

    public void loadAwaited() {
        loadsAwaited.increment();
    }

    public void fillRefused() {
        fillsRefused.increment();
    }

    public void writeVoided() {
        writesVoided.increment();
    }

    public void undecodableFor(UndecodableReason reason) {
        undecodable(reason).increment();
    }

    public void conflicted() {
        conflicts.increment();
        JfrEvents.conflict(cacheName);
    }
}
