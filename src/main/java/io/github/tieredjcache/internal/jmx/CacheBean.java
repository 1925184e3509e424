package io.github.tieredjcache.internal.jmx;

import io.github.tieredjcache.TierNumber;
import io.github.tieredjcache.TieredConfiguration;
import io.github.tieredjcache.TieredSetting;
import io.github.tieredjcache.TieredSettings;
import io.github.tieredjcache.UndecodableReason;
import io.github.tieredjcache.internal.assembly.CacheComponents;
import io.github.tieredjcache.internal.engine.Inspection;
import io.github.tieredjcache.internal.port.RemoteInspector;
import io.github.tieredjcache.internal.stats.Statistics;
import io.github.tieredjcache.internal.stats.TierCounters;
import io.github.tieredjcache.management.CacheOperations;
import io.github.tieredjcache.management.KeyExplanation;
import io.github.tieredjcache.management.LatencyData;
import io.github.tieredjcache.management.TieredCacheMXBean;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** The part of the MXBean of one cache that is not numbers; {@link #of} adds these. */
public final class CacheBean<K, V> implements CacheOperations {
    private static final int HOTTEST_MAX = 1_000;

    private final Supplier<TieredConfiguration<K, V>> configuration;
    private final Statistics statistics;
    private final TierCounters tiers;
    private final Inspection<K, V> inspection;
    private final CacheComponents.ManagementInfo<K> managementInfo;

    private CacheBean(Supplier<TieredConfiguration<K, V>> configuration, CacheComponents<K, V> components) {
        this.configuration = configuration;
        this.statistics = components.statistics();
        this.tiers = components.counters();
        this.inspection = components.inspection();
        this.managementInfo = components.managementInfo();
    }

    /**
     * Returns the MXBean of a cache.
     *
     * @param configuration returns the present configuration of the cache
     */
    public static <K, V> TieredCacheMXBean of(
            Supplier<TieredConfiguration<K, V>> configuration, CacheComponents<K, V> components) {
        CacheBean<K, V> others = new CacheBean<>(configuration, components);
        Map<String, TierNumber> numbers = new HashMap<>();
        for (TierNumber each : TierNumber.values()) {
            numbers.put((each.kind() == TierNumber.Kind.STATE ? "is" : "get") + each.attributeName(), each);
        }
        return (TieredCacheMXBean) Proxy.newProxyInstance(
                TieredCacheMXBean.class.getClassLoader(),
                new Class<?>[] {TieredCacheMXBean.class},
                (proxy, method, arguments) -> {
                    TierNumber number = numbers.get(method.getName());
                    return number == null ? others.call(method, arguments) : others.read(number);
                });
    }

    private Object read(TierNumber number) {
        return switch (number.kind()) {
            case COUNTER, GAUGE -> tiers.get(number);
            case STATE -> tiers.get(number) != 0;
            case LATENCY -> LatencyData.of(tiers.latency(number));
        };
    }

    private Object call(Method method, Object[] arguments) throws Throwable {
        try {
            return method.invoke(this, arguments);
        } catch (InvocationTargetException e) {
            throw e.getTargetException();
        }
    }

    private TieredSettings settings() {
        return configuration.get().settings();
    }

    @Override
    public String getCacheName() {
        return tiers.cacheName();
    }

    @Override
    public String getStatus() {
        return tiers.status().text();
    }

    @Override
    public String getRedis() {
        return managementInfo.redis();
    }

    @Override
    public String getNodeName() {
        return managementInfo.nodeName();
    }

    @Override
    public String getRedisKeyPrefix() {
        return managementInfo.redisKeyPrefix();
    }

    @Override
    public String getOutagePolicy() {
        return settings().get(TieredSetting.OUTAGE_POLICY).name();
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
    public Map<String, Long> getUndecodableValuesByReason() {
        Map<String, Long> byReason = new TreeMap<>();
        for (UndecodableReason each : UndecodableReason.values()) {
            byReason.put(each.name().toLowerCase(Locale.ROOT), tiers.undecodableValues(each));
        }
        return byReason;
    }

    @Override
    public KeyExplanation explain(String key) {
        K parsed = managementInfo.keyParser().parse(key);
        return KeyReport.of(inspection, parsed, configuration.get().isReadThrough())
                .explanation(
                        managementInfo.keyParser().format(parsed),
                        managementInfo.node().getAsLong());
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
    public String[] verificationReport() {
        String near = settings().get(TieredSetting.NEAR_VERIFY_SAMPLE) == 0
                ? "near hits are not compared with Redis (near.verify-sample is 0)"
                : tiers.nearMismatches() + " of " + tiers.nearChecks() + " near hits differed from Redis";
        String source = settings().get(TieredSetting.LOAD_VERIFY_PER_MINUTE) == 0
                ? "Redis is not compared with the source (load.verify-per-minute is 0)"
                : "of " + tiers.sourceChecks() + " reads, older than the source: " + tiers.sourceMismatches()
                        + "; for 1 s: " + tiers.sourceMismatches1s() + "; for 10 s: " + tiers.sourceMismatches10s()
                        + "; for 60 s: " + tiers.sourceMismatches60s();
        Stream<String> keys = inspection.mismatches().stream()
                .map(each -> "'" + managementInfo.keyParser().format(each.key())
                        + "' has differed from the source for at least "
                        + each.age().toSeconds() + " s; last writer "
                        + KeyReport.node(
                                each.version().node(), managementInfo.node().getAsLong()));
        return Stream.concat(Stream.of(near, source), keys).toArray(String[]::new);
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
