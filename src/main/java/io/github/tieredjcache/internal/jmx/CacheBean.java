package io.github.tieredjcache.internal.jmx;

import io.github.tieredjcache.TieredConfiguration;
import io.github.tieredjcache.TieredSettings;
import io.github.tieredjcache.UndecodableReason;
import io.github.tieredjcache.internal.assembly.CacheComponents;
import io.github.tieredjcache.internal.engine.Inspection;
import io.github.tieredjcache.internal.port.RemoteInspector;
import io.github.tieredjcache.internal.stats.Statistics;
import io.github.tieredjcache.internal.stats.TierCounters;
import io.github.tieredjcache.management.KeyExplanation;
import io.github.tieredjcache.management.LatencyData;
import io.github.tieredjcache.management.TieredCacheMXBean;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;

/** The MXBean of one cache on this node. */
public final class CacheBean<K, V> implements TieredCacheMXBean {
    private static final int HOTTEST_MAX = 1_000;

    private final Supplier<TieredConfiguration<K, V>> configuration;
    private final Statistics statistics;
    private final TierCounters tiers;
    private final Inspection<K, V> inspection;
    private final CacheComponents.ManagementInfo<K> managementInfo;

    /**
     * Creates the bean.
     *
     * @param configuration returns the present configuration of the cache
     */
    public CacheBean(Supplier<TieredConfiguration<K, V>> configuration, CacheComponents<K, V> components) {
        this.configuration = configuration;
        this.statistics = components.statistics();
        this.tiers = components.counters();
        this.inspection = components.inspection();
        this.managementInfo = components.managementInfo();
    }

    private TieredSettings settings() {
        return configuration.get().settings();
    }

    @Override
    public String getCacheName() {
        return tiers.cacheName();
    }

    @Override
    public String getRedis() {
        return managementInfo.redis();
    }

    @Override
    public String getRedisKeyPrefix() {
        return managementInfo.redisKeyPrefix();
    }

    @Override
    public String getOutagePolicy() {
        return settings().outagePolicy().name();
    }

    @Override
    public boolean isStatisticsEnabled() {
        return statistics.isEnabled();
    }

    @Override
    public long getHits() {
        return statistics.hits();
    }

    @Override
    public long getMisses() {
        return statistics.misses();
    }

    @Override
    public double getHitPercentage() {
        return percentage(getHits(), getMisses());
    }

    static double percentage(long hits, long misses) {
        return hits + misses == 0 ? 0 : 100.0 * hits / (hits + misses);
    }

    @Override
    public long getNearHits() {
        return tiers.nearHits();
    }

    @Override
    public long getRemoteHits() {
        return tiers.remoteHits();
    }

    @Override
    public long getRemoteMisses() {
        return tiers.misses();
    }

    @Override
    public LatencyData getNearLatency() {
        return LatencyData.of(tiers.nearLatency());
    }

    @Override
    public LatencyData getRemoteLatency() {
        return LatencyData.of(tiers.remoteLatency());
    }

    @Override
    public LatencyData getSourceLatency() {
        return LatencyData.of(tiers.sourceLatency());
    }

    @Override
    public long getLoads() {
        return tiers.sourceLoads();
    }

    @Override
    public long getLoadFailures() {
        return tiers.sourceLoadFailures();
    }

    @Override
    public long getLoadsRunning() {
        return tiers.loadsRunning();
    }

    @Override
    public long getLoadsWaiting() {
        return tiers.loadsWaiting();
    }

    @Override
    public long getLoadsRefused() {
        return tiers.loadsRefused();
    }

    @Override
    public long getCoalescedLookups() {
        return tiers.coalescedLookups();
    }

    @Override
    public long getLoadsAwaited() {
        return tiers.loadsAwaited();
    }

    @Override
    public long getStaleServed() {
        return tiers.staleServed();
    }

    @Override
    public long getRefreshes() {
        return tiers.refreshes();
    }

    @Override
    public long getFillsVoided() {
        return tiers.fillsRefused();
    }

    @Override
    public long getInvalidations() {
        return tiers.invalidations();
    }

    @Override
    public long getOwnEchoes() {
        return tiers.ownEchoes();
    }

    @Override
    public long getStalenessBoundMillis() {
        return tiers.stalenessBoundMillis();
    }

    @Override
    public long getLeaseAgeMillis() {
        return tiers.coherenceProofAgeMillis();
    }

    @Override
    public long getLeaseLapses() {
        return tiers.coherenceLapses();
    }

    @Override
    public long getNearMismatches() {
        return tiers.nearMismatches();
    }

    @Override
    public long getConflicts() {
        return tiers.conflicts();
    }

    @Override
    public long getLeaseWaits() {
        return tiers.writesAwaited();
    }

    @Override
    public long getWritesVoided() {
        return tiers.writesVoided();
    }

    @Override
    public long getUndecodableValues() {
        return tiers.undecodableValues();
    }

    @Override
    public Map<String, Long> getUndecodableValuesByReason() {
        Map<String, Long> byReason = new TreeMap<>();
        for (UndecodableReason each : UndecodableReason.values()) {
            byReason.put(each.name().toLowerCase(Locale.ROOT), tiers.undecodableValues(each));
        }
        return byReason;
    }

    @Override
    public boolean isRemoteAway() {
        return tiers.isRemoteAway();
    }

    @Override
    public long getRemoteAwayMillis() {
        return tiers.remoteAwayMillis();
    }

    @Override
    public long getRemoteOutages() {
        return tiers.remoteOutages();
    }

    @Override
    public Map<String, Long> getRemoteErrors() {
        return new TreeMap<>(Map.of(
                "timeout", tiers.remoteTimeouts(),
                "disconnection", tiers.remoteDisconnections(),
                "refusal", tiers.remoteRefusals()));
    }

    @Override
    public long getLocalOperations() {
        return tiers.localOperations();
    }

    @Override
    public long getJournaledKeys() {
        return tiers.journaledKeys();
    }

    @Override
    public long getJournalOverflows() {
        return tiers.journalOverflows();
    }

    @Override
    public long getJournalVoided() {
        return tiers.journalVoided();
    }

    @Override
    public long getNearEntries() {
        return tiers.nearEntries();
    }

    @Override
    public long getNearWeightBytes() {
        return tiers.nearWeightBytes();
    }

    @Override
    public long getNearEvictions() {
        return tiers.nearEvictions();
    }

    @Override
    public long getEventsDropped() {
        return tiers.eventsDropped();
    }

    @Override
    public KeyExplanation explain(String key) {
        K parsed = managementInfo.keyParser().parse(key);
        return KeyReport.of(inspection, parsed, configuration.get().isReadThrough())
                .explanation(managementInfo.keyParser().format(parsed), managementInfo.node());
    }

    @Override
    public String invalidate(String key) {
        K parsed = managementInfo.keyParser().parse(key);
        boolean existed = inspection.invalidate(parsed);
        return "'" + managementInfo.keyParser().format(parsed) + "' "
                + (existed
                        ? "was removed from the near tier and Redis"
                        : "had no entry; a load in progress is not kept");
    }

    @Override
    public String clearNear() {
        long held = tiers.nearEntries();
        inspection.dropNear();
        return "removed about " + held + " near copies of this node";
    }

    @Override
    public String warm() {
        return managementInfo.warm().get();
    }

    @Override
    public String[] hottestKeys(int maximum) {
        if (maximum < 1 || maximum > HOTTEST_MAX) {
            throw new IllegalArgumentException("maximum must be 1 to " + HOTTEST_MAX + ", was " + maximum);
        }
        return inspection.hottest(maximum).stream()
                .map(managementInfo.keyParser()::format)
                .toArray(String[]::new);
    }

    @Override
    public String countRemoteKeys(long maximum) {
        if (maximum < 1) {
            throw new IllegalArgumentException("maximum must be at least 1, was " + maximum);
        }
        RemoteInspector.KeyCount count = inspection.countRemote(maximum);
        return (count.complete() ? "about " : "at least ") + count.keys();
    }
}
