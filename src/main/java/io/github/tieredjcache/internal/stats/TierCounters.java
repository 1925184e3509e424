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
    private final Map<TierNumber, LongAdder> counters = new EnumMap<>(TierNumber.class);
    private final Map<TierNumber, LongSupplier> numbers = new EnumMap<>(TierNumber.class);
    private final String cacheName;
    private final NanoClock clock;
    private final Map<UndecodableReason, LongAdder> undecodable = new EnumMap<>(UndecodableReason.class);
    private final AtomicBoolean remoteOutOfMemory = new AtomicBoolean();
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
        for (TierNumber each : TierNumber.values()) {
            LongAdder counter = new LongAdder();
            counters.put(each, counter);
            if (each.kind() != TierNumber.Kind.LATENCY) {
                numbers.put(each, sources.gauges().getOrDefault(each, counter::sum));
            }
        }
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
        this.recent = new RecentCounts(this::get, clock);
        this.statusCheck = new StatusCheck(this::get, recent, sources.remote(), clock);
    }

    private LongAdder counter(TierNumber number) {
        // The constructor puts every number into the map.
        return Objects.requireNonNull(counters.get(number));
    }

    private void count(TierNumber number) {
        counter(number).increment();
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
            case TIMEOUT -> count(TierNumber.REMOTE_TIMEOUTS);
            case CONNECTION -> count(TierNumber.REMOTE_DISCONNECTIONS);
            case REFUSAL -> count(TierNumber.REMOTE_REFUSALS);
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
        count(TierNumber.VALUES_REFUSED);
    }

    public void answeredLocally() {
        count(TierNumber.LOCAL_OPERATIONS);
    }

    public void nearChecked() {
        count(TierNumber.NEAR_CHECKS);
    }

    public void nearMismatched() {
        count(TierNumber.NEAR_MISMATCHES);
    }

    public void sourceChecked() {
        count(TierNumber.SOURCE_CHECKS);
    }

    /** Counts one of the numbers of mismatches with the source, by their age. */
    public void sourceMismatched(TierNumber byAge) {
        count(byAge);
    }

    public void remoteHit() {
        count(TierNumber.REMOTE_HITS);
    }

    public void missed() {
        count(TierNumber.REMOTE_MISSES);
    }

    /** Begins a call of the loader for this number of keys. */
    public SourceCall beginSourceCall(int keys) {
        counter(TierNumber.LOADS).add(keys);
        return new SourceCall(latencies, clock, counter(TierNumber.LOAD_FAILURES), JfrEvents.load(cacheName, keys));
    }

    @Override
    public void invalidated() {
        count(TierNumber.INVALIDATIONS);
    }

    @Override
    public void echoed() {
        count(TierNumber.OWN_INVALIDATIONS);
    }

    public void writeAwaited() {
        count(TierNumber.WRITES_AWAITED);
    }

    public void eventDropped() {
        count(TierNumber.EVENTS_DROPPED);
    }

    public void coalesced() {
        count(TierNumber.COALESCED_LOOKUPS);
    }

    public void servedStale() {
        count(TierNumber.STALE_SERVED);
    }

    public void refreshed() {
        count(TierNumber.REFRESHES);
    }

    public void loadStarted() {
        count(TierNumber.LOADS_RUNNING);
    }

    public void loadEnded() {
        counter(TierNumber.LOADS_RUNNING).decrement();
    }

    public void loadWaitStarted() {
        count(TierNumber.LOADS_WAITING);
    }

    public void loadWaitEnded() {
        counter(TierNumber.LOADS_WAITING).decrement();
    }

    public void loadRefused() {
        count(TierNumber.LOADS_REFUSED);
    }

    public void loadAwaited() {
        count(TierNumber.LOADS_AWAITED);
    }

    public void fillRefused() {
        count(TierNumber.FILLS_REFUSED);
    }

    public void writeVoided() {
        count(TierNumber.WRITES_VOIDED);
    }

    public void undecodableFor(UndecodableReason reason) {
        undecodable(reason).increment();
    }

    public void conflicted() {
        count(TierNumber.CONFLICTS);
        JfrEvents.conflict(cacheName);
    }
}
