package io.github.tieredjcache.internal.stats;

import io.github.tieredjcache.RemoteUnavailableException;
import io.github.tieredjcache.TierLatency;
import io.github.tieredjcache.TierNumber;
import io.github.tieredjcache.TierStatistics;
import io.github.tieredjcache.TierStatus;
import io.github.tieredjcache.UndecodableReason;
import io.github.tieredjcache.internal.coherence.InvalidationListener;
import io.github.tieredjcache.internal.support.NanoClock;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;

/**
 * The counters of one cache by tier, on this node. Always on, except near hits and latencies, which are counted while
 * statistics are enabled. Safe for use by many threads.
 */
public final class TierCounters implements TierStatistics, InvalidationListener {
    private final Map<TierNumber, LongSupplier> numbers = new EnumMap<>(TierNumber.class);
    private final String cacheName;
    private final NanoClock clock;
    private final LongAdder nearHits = counter(TierNumber.NEAR_HITS);
    private final LongAdder nearMismatches = counter(TierNumber.NEAR_MISMATCHES);
    private final LongAdder remoteHits = counter(TierNumber.REMOTE_HITS);
    private final LongAdder remoteMisses = counter(TierNumber.REMOTE_MISSES);
    private final LongAdder loads = counter(TierNumber.LOADS);
    private final LongAdder loadFailures = counter(TierNumber.LOAD_FAILURES);
    private final LongAdder coalescedLookups = counter(TierNumber.COALESCED_LOOKUPS);
    private final LongAdder staleServed = counter(TierNumber.STALE_SERVED);
    private final LongAdder refreshes = counter(TierNumber.REFRESHES);
    private final LongAdder loadsRunning = counter(TierNumber.LOADS_RUNNING);
    private final LongAdder loadsWaiting = counter(TierNumber.LOADS_WAITING);
    private final LongAdder loadsRefused = counter(TierNumber.LOADS_REFUSED);
    private final LongAdder loadsAwaited = counter(TierNumber.LOADS_AWAITED);
    private final LongAdder fillsRefused = counter(TierNumber.FILLS_REFUSED);
    private final LongAdder writesVoided = counter(TierNumber.WRITES_VOIDED);
    private final Map<UndecodableReason, LongAdder> undecodable = new EnumMap<>(UndecodableReason.class);
    private final LongAdder conflicts = counter(TierNumber.CONFLICTS);
    private final LongAdder remoteTimeouts = counter(TierNumber.REMOTE_TIMEOUTS);
    private final LongAdder remoteDisconnections = counter(TierNumber.REMOTE_DISCONNECTIONS);
    private final LongAdder remoteRefusals = counter(TierNumber.REMOTE_REFUSALS);
    private final AtomicBoolean remoteOutOfMemory = new AtomicBoolean();
    private final LongAdder valuesRefused = counter(TierNumber.VALUES_REFUSED);
    private final LongAdder localOperations = counter(TierNumber.LOCAL_OPERATIONS);
    private final LongAdder invalidations = counter(TierNumber.INVALIDATIONS);
    private final LongAdder ownInvalidations = counter(TierNumber.OWN_INVALIDATIONS);
    private final LongAdder writesAwaited = counter(TierNumber.WRITES_AWAITED);
    private final LongAdder eventsDropped = counter(TierNumber.EVENTS_DROPPED);
    private final Latencies latencies;
    private final RecentCounts recent;
    private final StatusCheck statusCheck;

    /**
     * Creates counters that are 0.
     *
     * @param sources the numbers that are read rather than counted
     * @param latencies the latencies of the tiers
     * @param clock the clock of the node
     */
    public TierCounters(GaugeSources sources, Latencies latencies, NanoClock clock) {
        this.cacheName = sources.cacheName();
        this.latencies = latencies;
        this.clock = clock;
        for (UndecodableReason each : UndecodableReason.values()) {
            undecodable.put(each, new LongAdder());
        }
        numbers.put(
                TierNumber.UNDECODABLE_VALUES,
                () -> undecodable.values().stream().mapToLong(LongAdder::sum).sum());
        numbers.put(TierNumber.REMOTE_OUT_OF_MEMORY, () -> remoteOutOfMemory.get() ? 1 : 0);
        numbers.put(TierNumber.SEVERITY, () -> status().severity().level());
        numbers.put(
                TierNumber.RECENT_HIT_PERCENTAGE,
                () -> latencies.isEnabled() ? recentGrowth().hitPercentage() : -1);
        numbers.put(TierNumber.RECENT_LOAD_FAILURES, () -> recentGrowth().of(TierNumber.LOAD_FAILURES));
        for (TierNumber each : TierNumber.values()) {
            if (each.kind() != TierNumber.Kind.LATENCY) {
                numbers.putIfAbsent(each, sources.gauges().getOrDefault(each, () -> 0));
            }
        }
        this.recent = new RecentCounts(this::get, clock);
        this.statusCheck = new StatusCheck(this::get, recent, sources.remote(), clock);
    }

    private LongAdder counter(TierNumber number) {
        LongAdder counter = new LongAdder();
        numbers.put(number, counter::sum);
        return counter;
    }

    private RecentCounts.Growth recentGrowth() {
        return recent.growth();
    }

    @Override
    public TierStatus status() {
        return statusCheck.status();
    }

    /** Notes the present counts and status, for numbers of the last minute; to be called every ten seconds. */
    public void sample() {
        var unused = statusCheck.status();
    }

    @Override
    public long get(TierNumber number) {
        LongSupplier read = numbers.get(number);
        if (read == null) {
            throw new IllegalArgumentException(number + " is a latency, not a number");
        }
        return read.getAsLong();
    }

    @Override
    public TierLatency latency(TierNumber number) {
        return latencies.get(number);
    }

    @Override
    public long undecodableValues(UndecodableReason reason) {
        return undecodable(reason).sum();
    }

    private LongAdder undecodable(UndecodableReason reason) {
        // The constructor puts every reason into the map.
        return Objects.requireNonNull(undecodable.get(reason));
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

    /**
     * Records whether Redis is out of memory.
     *
     * @return whether that is a change
     */
    public boolean remoteOutOfMemory(boolean now) {
        // Read first: nearly every call changes nothing.
        return remoteOutOfMemory.get() != now && remoteOutOfMemory.compareAndSet(!now, now);
    }

    public void valueRefused() {
        valuesRefused.increment();
    }

    public void answeredLocally() {
        localOperations.increment();
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
        remoteMisses.increment();
    }

    /** Begins a call of the loader for this number of keys. */
    public SourceCall beginSourceCall(int keys) {
        loads.add(keys);
        return new SourceCall(latencies, clock, loadFailures, JfrEvents.load(cacheName, keys));
    }

    @Override
    public void invalidated() {
        invalidations.increment();
    }

    @Override
    public void echoed() {
        ownInvalidations.increment();
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
