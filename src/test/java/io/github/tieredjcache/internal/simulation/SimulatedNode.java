package io.github.tieredjcache.internal.simulation;

import io.github.tieredjcache.TierNumber;
import io.github.tieredjcache.internal.coherence.CoherenceLease;
import io.github.tieredjcache.internal.coherence.InvalidationListener;
import io.github.tieredjcache.internal.engine.Engine;
import io.github.tieredjcache.internal.engine.common.EngineComponents;
import io.github.tieredjcache.internal.engine.common.FetchResult;
import io.github.tieredjcache.internal.engine.common.InvocationBatch;
import io.github.tieredjcache.internal.engine.common.Publisher;
import io.github.tieredjcache.internal.engine.common.StoreByValue;
import io.github.tieredjcache.internal.engine.load.LoadBulkhead;
import io.github.tieredjcache.internal.engine.load.LoadExecutor;
import io.github.tieredjcache.internal.engine.load.LoadOptions;
import io.github.tieredjcache.internal.event.Listeners;
import io.github.tieredjcache.internal.model.Expiry;
import io.github.tieredjcache.internal.model.Jitter;
import io.github.tieredjcache.internal.model.Lifetime;
import io.github.tieredjcache.internal.near.Expiration;
import io.github.tieredjcache.internal.near.InMemoryTierOfRecord;
import io.github.tieredjcache.internal.near.KeyLocks;
import io.github.tieredjcache.internal.near.NearCapacity;
import io.github.tieredjcache.internal.near.NearStore;
import io.github.tieredjcache.internal.near.NearTier;
import io.github.tieredjcache.internal.near.SingleFlights;
import io.github.tieredjcache.internal.port.FakeHealth;
import io.github.tieredjcache.internal.port.FakeRedis;
import io.github.tieredjcache.internal.port.FakeTerms;
import io.github.tieredjcache.internal.port.TierOfRecord;
import io.github.tieredjcache.internal.record.Failover;
import io.github.tieredjcache.internal.record.LocalFallback;
import io.github.tieredjcache.internal.record.NearCachedTierOfRecord;
import io.github.tieredjcache.internal.record.OutageTolerantTierOfRecord;
import io.github.tieredjcache.internal.record.Recovery;
import io.github.tieredjcache.internal.record.RecoveryJournal;
import io.github.tieredjcache.internal.record.RecoveryReport;
import io.github.tieredjcache.internal.remote.tracking.TrackedKeys;
import io.github.tieredjcache.internal.source.Source;
import io.github.tieredjcache.internal.stats.GaugeSources;
import io.github.tieredjcache.internal.stats.Statistics;
import io.github.tieredjcache.internal.stats.TierCounters;
import io.github.tieredjcache.internal.support.NanoClock;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import javax.cache.Cache;
import javax.cache.expiry.CreatedExpiryPolicy;
import javax.cache.expiry.EternalExpiryPolicy;
import javax.cache.expiry.ExpiryPolicy;

/**
 * One node, from its start to its crash: the library's engine and tiers as {@code RecordAssembly} chains them, with the simulated Redis below, and
 * what the node has promised by now.
 */
final class SimulatedNode {
    private static final long NEAR_ENTRIES = 10_000;

    final Map<String, Long> floors = new HashMap<>();
    final Map<String, Promise> floorReasons = new HashMap<>();
    /** What this node has changed in an outage, by key; the value is null after a removal. */
    final Map<String, String> localValues = new HashMap<>();

    final Map<String, Integer> localChanges = new HashMap<>();
    final Set<String> writtenLocally = new HashSet<>();
    final Set<String> loadedLocally = new HashSet<>();
    /** The operations that were made locally, and have not been recovered. */
    final Set<Long> endedLocally = new HashSet<>();

    private final World world;
    private final int number;
    private final Scenario scenario;
    private final Saboteur saboteur;
    private final SimulatedNetwork network;
    private final History history;
    private final NanoClock clock;
    private final FakeHealth health;
    private final SimulatedWire wire;
    private final FakeRedis redis;
    private final TierCounters counters;
    private final RecoveryJournal<String> journal;
    private final Recovery<String, String> recovery;
    private final Engine<String, String> engine;
    private boolean alive = true;
    private boolean recovering;
    private long recoveredNanos;
    private long pausedUntilNanos;

    /** Starts a node whose clock runs with an offset, and a little too fast or too slow. */
    SimulatedNode(
            World world,
            int number,
            long incarnation,
            Scenario scenario,
            SimulatedServer server,
            SimulatedSource source,
            SimulatedNetwork network,
            Saboteur saboteur) {
        this.world = world;
        this.number = number;
        this.scenario = scenario;
        this.saboteur = saboteur;
        this.network = network;
        this.history = server.history();
        long offsetNanos = world.random.nextInt() * 1_000_000L;
        long driftPpm = world.random.nextInt(10_001) - 5_000L;
        this.clock = () -> world.now() + offsetNanos + world.now() / 1_000_000 * driftPpm;
        this.health = new FakeHealth(clock);
        health.set("the node starts");
        TrackedKeys trackedKeys = new TrackedKeys();
        this.wire = new SimulatedWire(world, server, this, clock, trackedKeys, health, saboteur);
        Statistics statistics = new Statistics(clock, true);
        GaugeSources gauges = new GaugeSources("simulated", Map.of(TierNumber.NEAR_HITS, statistics::nearHits), null);
        this.counters = new TierCounters(gauges, statistics.latencies(), clock);
        boolean endless = saboteur == Saboteur.LEASES_DO_NOT_END;
        FakeTerms terms = new FakeTerms(
                1_000L * number + incarnation,
                endless ? Lifetime.ETERNAL : Scenario.LOAD_LEASE,
                endless ? Lifetime.ETERNAL : Scenario.WRITE_LEASE,
                Scenario.WRITE_WAIT,
                scenario.writes() && saboteur != Saboteur.LOST_LEASE_LEAVES_ENTRY,
                InvalidationListener.NONE,
                saboteur == Saboteur.EPOCH_IS_NOT_CHECKED,
                saboteur == Saboteur.LOAD_LEASE_IS_NOT_EXCLUSIVE);
        this.redis = new FakeRedis(clock, health, server.keyspace(), trackedKeys, wire, terms);
        this.journal = new RecoveryJournal<>(scenario.journalKeys());
        long bound = saboteur == Saboteur.COHERENCE_LEASE_NEVER_LAPSES ? Long.MAX_VALUE : Scenario.STALENESS_BOUND;
        CoherenceLease lease = new CoherenceLease(trackedKeys.proof(), bound);
        NearStore<String, String> store = new NearStore<>(NearCapacity.entries(NEAR_ENTRIES), clock, lease, () -> {});
        SingleFlights<String, FetchResult<String>> singleFlights = new SingleFlights<>(clock, lease);
        KeyLocks<String, InvocationBatch<String, String>> locks = new KeyLocks<>(TimeUnit.SECONDS.toNanos(60));
        long nearNanos = scenario.nearNanos() == 0 ? Lifetime.ETERNAL : scenario.nearNanos();
        NearTier<String, String> near = new NearTier<>(store, singleFlights, nearNanos);
        TierOfRecord<String, String> remote = saboteur == Saboteur.NONE ? redis : new SabotagedRemote(redis, saboteur);
        TierOfRecord<String, String> nearCached = new NearCachedTierOfRecord<>(near, remote, locks);
        LocalFallback<String, String> fallback = fallback(near, singleFlights, locks);
        this.recovery = new Recovery<>(
                "simulated",
                SabotagedRemote.ofRecovery(nearCached, saboteur),
                fallback,
                journal,
                health,
                new RecoveryReport("simulated", clock));
        Failover<String> failover = new Failover<>(
                saboteur == Saboteur.JOURNAL_FORGETS ? new RecoveryJournal<>(1) : journal,
                saboteur == Saboteur.CIRCUIT_BREAKER_IS_NOT_ASKED ? new FakeHealth(clock) : health,
                recovery::removeFromRedis,
                counters,
                scenario.local() != (saboteur == Saboteur.OTHER_OUTAGE_POLICY),
                scenario.writes());
        TierOfRecord<String, String> record =
                new OutageTolerantTierOfRecord<>(nearCached, fallback, failover, counters);
        this.engine = engine(store, singleFlights, record, locks, source, statistics);
    }

    private LocalFallback<String, String> fallback(
            NearTier<String, String> near, SingleFlights<String, ?> singleFlights, KeyLocks<String, ?> locks) {
        InMemoryTierOfRecord<String, String> local = new InMemoryTierOfRecord<>(
                new NearStore<>(NearCapacity.entries(NEAR_ENTRIES), clock, null, () -> {}),
                singleFlights,
                locks,
                (key, value) -> saboteur == Saboteur.LOCAL_CHANGES_ARE_DROPPED ? InMemoryTierOfRecord.DROPPED : 0,
                new Expiration<>(true, 0, (key, entry) -> {}));
        long copyNanos = saboteur == Saboteur.OUTAGE_COPIES_DO_NOT_END ? Long.MAX_VALUE : Scenario.OUTAGE_NEAR;
        return new LocalFallback<>(local, near, journal, health, copyNanos, key -> true);
    }

    private Engine<String, String> engine(
            NearStore<String, String> store,
            SingleFlights<String, FetchResult<String>> singleFlights,
            TierOfRecord<String, String> record,
            KeyLocks<String, InvocationBatch<String, String>> locks,
            SimulatedSource source,
            Statistics statistics) {
        StoreByValue<String, String> storeByValue = StoreByValue.none();
        EngineComponents<String, String> components = new EngineComponents<>(
                store,
                singleFlights,
                record,
                locks,
                true,
                true,
                new Source<>(source.loader(this), source.writer(this), counters),
                new Expiry("simulated", policy(), Jitter.NONE, clock),
                storeByValue,
                new Publisher<>(
                        "simulated",
                        new Listeners<>(nobody(), Runnable::run, () -> {}),
                        statistics,
                        storeByValue,
                        clock),
                statistics,
                counters,
                null);
        Duration unlimited = Duration.ofDays(36_500);
        LoadOptions loads = new LoadOptions(
                scenario.loads(),
                Duration.ofNanos(Scenario.LOAD_WAIT),
                unlimited,
                unlimited,
                0,
                LoadExecutor.of(Runnable::run),
                new LoadBulkhead("simulated", 0, Duration.ZERO, counters, clock));
        return new Engine<>(components, loads, clock);
    }

    private ExpiryPolicy policy() {
        return scenario.lifetimeNanos() == 0
                ? new EternalExpiryPolicy()
                : new CreatedExpiryPolicy(new javax.cache.expiry.Duration(
                        TimeUnit.MILLISECONDS, TimeUnit.NANOSECONDS.toMillis(scenario.lifetimeNanos())));
    }

    @SuppressWarnings("unchecked")
    private static Cache<String, String> nobody() {
        return (Cache<String, String>) Proxy.newProxyInstance(
                SimulatedNode.class.getClassLoader(), new Class<?>[] {Cache.class}, (proxy, method, arguments) -> {
                    throw new AssertionError("called " + method);
                });
    }

    /** Connects, and begins the periodic work. */
    void start() {
        wire.open();
        upkeep();
    }

    private void upkeep() {
        if (!alive) {
            return;
        }
        if (!isPaused()) {
            wire.heartbeat();
            redis.renewLeases();
            recover();
        }
        world.at(Math.max(world.now() + Scenario.UPKEEP, pausedUntilNanos), this::upkeep);
    }

    /** Removes journaled keys from Redis, as a thread in the background does. */
    private void recover() {
        if (recovering || !recovery.isDue()) {
            return;
        }
        recovering = true;
        world.frames.push(new Frame(-1, this, Operation.RECOVERY, List.of(), world.now()));
        try {
            recovery.run();
        } catch (Crash e) {
            world.trace(() -> this + " has crashed in its recovery");
        } finally {
            world.frames.pop();
            recovering = false;
            recoveredNanos = world.now();
            forgetRecovered();
        }
    }

    /** Returns whether keys may have been removed from Redis and from this node since a moment. */
    boolean hasRecoveredSince(long nanos) {
        return recoveredNanos >= nanos;
    }

    /** Forgets the local changes of keys that are not journaled any more. */
    void forgetRecovered() {
        localValues.keySet().removeIf(key -> !journal.has(key));
        if (journal.isEmpty()) {
            history.recovered(endedLocally);
            endedLocally.clear();
        }
    }

    Engine<String, String> engine() {
        return engine;
    }

    SimulatedNetwork network() {
        return network;
    }

    SimulatedWire wire() {
        return wire;
    }

    boolean isLocalPolicy() {
        return scenario.local();
    }

    boolean isInOutage() {
        return health.isUnavailable();
    }

    /** Returns how long Redis has been unavailable, by this node's clock. */
    long outageNanos() {
        return health.isUnavailable() ? clock.nanos() - health.unavailableSinceNanos() : 0;
    }

    boolean isJournaled(String key) {
        return journal.has(key);
    }

    boolean hasJournal() {
        return !journal.isEmpty();
    }

    long localAnswers() {
        return counters.get(TierNumber.LOCAL_OPERATIONS);
    }

    /** Adds what the counters of this node have counted. */
    void countInto(Report report) {
        for (TierNumber each : List.of(
                TierNumber.NEAR_HITS,
                TierNumber.REMOTE_HITS,
                TierNumber.REMOTE_MISSES,
                TierNumber.FILLS_REFUSED,
                TierNumber.CONFLICTS,
                TierNumber.LOADS_AWAITED,
                TierNumber.LOCAL_OPERATIONS,
                TierNumber.WRITES_VOIDED)) {
            report.count("counter " + each, counters.get(each));
        }
        report.count("journal: removals", journal.removedCount());
        report.count("journal: overflows", journal.overflows());
    }

    boolean isPaused() {
        return alive && world.now() < pausedUntilNanos;
    }

    long pausedUntil() {
        return pausedUntilNanos;
    }

    void pause(long untilNanos) {
        pausedUntilNanos = Math.max(pausedUntilNanos, untilNanos);
    }

    boolean isAlive() {
        return alive;
    }

    void crash() {
        alive = false;
        wire.die();
    }

    void requireAlive() {
        if (!alive) {
            throw new Crash();
        }
    }

    @Override
    public String toString() {
        return "node " + number + (alive ? "" : " (crashed)");
    }
}
