package io.github.tieredjcache.integration.management;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.Crew;
import io.github.tieredjcache.TieredConfiguration;
import io.github.tieredjcache.TieredSetting;
import io.github.tieredjcache.UndecodableReason;
import io.github.tieredjcache.jcache.TieredCachingProvider;
import io.github.tieredjcache.management.KeyExplanation;
import io.github.tieredjcache.management.TieredCacheMXBean;
import io.github.tieredjcache.management.TieredCacheManagerMXBean;
import io.github.tieredjcache.testkit.RedisServer;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.function.UnaryOperator;
import javax.cache.Cache;
import javax.cache.CacheManager;
import javax.cache.expiry.CreatedExpiryPolicy;
import javax.cache.integration.CacheLoader;
import javax.cache.integration.CacheLoaderException;
import javax.management.JMX;
import javax.management.MBeanAttributeInfo;
import javax.management.MBeanServerConnection;
import javax.management.ObjectName;
import javax.management.openmbean.CompositeData;
import javax.management.openmbean.TabularData;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXConnectorServer;
import javax.management.remote.JMXConnectorServerFactory;
import javax.management.remote.JMXServiceURL;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a console sees of two nodes on one Redis, over a remote connection: every attribute after known traffic. */
class ManagementIT {
    private static final String NAME = "orders";
    private static final String FAILING = "failing";
    private static final String SLOW = "slow";

    private final RedisServer redis = RedisServer.startLocal();
    private final TieredCachingProvider oneProvider = new TieredCachingProvider();
    private final TieredCachingProvider otherProvider = new TieredCachingProvider();
    private final CacheManager one = manager(oneProvider, "node-one");
    private final CacheManager other = manager(otherProvider, "node-two");
    private final CountDownLatch loading = new CountDownLatch(1);
    private final CountDownLatch answering = new CountDownLatch(1);
    private JMXConnectorServer connectors;
    private JMXConnector console;
    private MBeanServerConnection beans;

    private static CacheManager manager(TieredCachingProvider provider, String uri) {
        return provider.getCacheManager(URI.create(uri), ManagementIT.class.getClassLoader());
    }

    @BeforeEach
    @SuppressWarnings("BanJNDI") // The other end is this test.
    void connects() throws Exception {
        connectors = JMXConnectorServerFactory.newJMXConnectorServer(
                new JMXServiceURL("rmi", "127.0.0.1", 0), null, ManagementFactory.getPlatformMBeanServer());
        connectors.start();
        console = JMXConnectorFactory.connect(connectors.getAddress());
        beans = console.getMBeanServerConnection();
    }

    @AfterEach
    void closes() throws Exception {
        console.close();
        connectors.stop();
        oneProvider.close();
        otherProvider.close();
        redis.close();
    }

    @Test
    void everyAttributeHasTheNumberOfTheTraffic() throws Exception {
        Cache<String, HookedValue> here = cache(one, settings -> settings.with(TieredSetting.NODE_NAME, "web-1"));
        Cache<String, HookedValue> there = cache(other, settings -> settings);
        TieredCacheMXBean bean = bean("node-one");
        // Lookups: loaded here, near here; remote there, near there.
        assertEquals("loaded a", here.get("a").text());
        assertEquals("loaded a", here.get("a").text());
        assertEquals("loaded a", there.get("a").text());
        assertEquals("loaded a", there.get("a").text());
        // Another node's change, whose invalidation this one receives.
        there.put("a", new HookedValue("theirs"));
        Crew.until(() -> bean.getInvalidations() == 1);
        assertEquals("theirs", here.get("a").text());
        // A load that fails.
        assertThrows(CacheLoaderException.class, () -> here.get(FAILING));
        // What cannot be read.
        there.put("odd", new HookedValue("odd"));
        redis.command("SET", bean.explain("odd").getRedisKey(), "odd");
        assertEquals("loaded odd", here.get("odd").text());
        // A decision that loses against the other node, and is made again.
        HookedValue old = here.get("a");
        HookedValue.onComparison(() -> there.put("a", new HookedValue("theirs")));
        assertTrue(here.replace("a", old, new HookedValue("mine")));
        // Two threads here and one there want what one of them loads.
        Crew.Member<HookedValue> loader = Crew.start(() -> here.get(SLOW));
        Crew.await(loading);
        Crew.Member<HookedValue> joined = Crew.start(() -> here.get(SLOW));
        Crew.Member<HookedValue> remote = Crew.start(() -> there.get(SLOW));
        Crew.until(() -> bean.getCoalescedLookups() == 1 && bean("node-two").getLoadsAwaited() == 1);
        answering.countDown();
        assertEquals("loaded slow", loader.result().text());
        assertEquals("loaded slow", joined.result().text());
        assertEquals("loaded slow", remote.result().text());
        // A write that waits for a processor of the other node.
        CountDownLatch holding = new CountDownLatch(1);
        CountDownLatch done = new CountDownLatch(1);
        Crew.Member<Object> holder = Crew.start(() -> there.invoke("held", (entry, arguments) -> {
            holding.countDown();
            Crew.await(done);
            return null;
        }));
        Crew.await(holding);
        Crew.Member<Void> waiter = Crew.run(() -> here.getAndPut("held", new HookedValue("waited")));
        Crew.until(() -> bean.getWritesAwaited() == 1);
        done.countDown();
        holder.result();
        waiter.result();

        Map<String, Object> seen = attributes("node-one");
        // How often a waiter looks again is not for this test to know.
        assertTrue((long) seen.remove("Invalidations") >= 3, seen::toString);
        assertTrue((long) seen.remove("OwnInvalidations") >= 4, seen::toString);
        assertTrue((long) seen.remove("RemoteLatency") >= 10, seen::toString);
        // a, odd, slow; held only if the invalidation of the awaited lease did not come after the commit
        // began.
        long nearEntries = (long) seen.remove("NearEntries");
        assertTrue(nearEntries == 3 || nearEntries == 4, () -> nearEntries + " entries near");
        long proofAgeMillis = (long) seen.remove("CoherenceProofAgeMillis");
        assertTrue(proofAgeMillis >= 0 && proofAgeMillis <= 60_000, () -> proofAgeMillis + " ms");
        Map<String, Object> expected = hereExpected();
        assertEquals(expected.keySet(), new TreeMap<>(seen).keySet());
        assertAll(expected.keySet().stream().map(each -> () -> assertEquals(expected.get(each), seen.get(each), each)));
        TieredCacheMXBean theirs = bean("node-two");
        // Twice a; slow, when it was loaded elsewhere.
        assertEquals(1, theirs.getNearHits());
        assertEquals(1, theirs.getLoadsAwaited());
        assertEquals(0, theirs.getLoads());
        assertEquals(0, theirs.getSourceLatency().getCount());
        assertEquals(0, theirs.getConflicts());

        TieredCacheManagerMXBean manager = JMX.newMXBeanProxy(
                beans, name("type=CacheManager,CacheManager=node-one"), TieredCacheManagerMXBean.class);
        assertArrayEquals(new String[] {NAME}, manager.getCacheNames());
        assertEquals(4, manager.getHits());
        assertEquals(6, manager.getMisses());
        assertEquals(4, manager.getLoads());
    }

    private Map<String, Object> hereExpected() {
        Map<String, Object> expected = new TreeMap<>();
        expected.put("CacheName", NAME);
        expected.put("Redis", "127.0.0.1:" + redis.port());
        expected.put("RedisKeyPrefix", "tiered-jcache:orders:");
        expected.put("NodeName", "web-1");
        expected.put("OutagePolicy", "LOCAL");
        expected.put("StatisticsEnabled", true);
        // One of four loads fails, which is not yet a condition.
        expected.put("Status", "OK");
        expected.put("Severity", 0L);
        expected.put("RecentLoadFailures", 1L);
        // Two near and one remote of seven.
        expected.put("RecentHitPercentage", 42L);
        // a: near, remote, near again, and the replacement is one by JCache's count.
        expected.put("Hits", 4L);
        // a, odd, slow twice, and held by the getAndPut; a load that fails is no miss by JCache's count.
        expected.put("Misses", 6L);
        expected.put("HitPercentage", 100.0 * 4 / 10);
        expected.put("NearHits", 2L);
        expected.put("NearLatency", 2L);
        expected.put("RemoteHits", 1L);
        // a, failing, odd, slow: one for both who waited for it.
        expected.put("RemoteMisses", 4L);
        expected.put("Loads", 4L);
        expected.put("SourceLatency", 4L);
        expected.put("LoadFailures", 1L);
        expected.put("LoadsRunning", 0L);
        expected.put("LoadsWaiting", 0L);
        expected.put("LoadsRefused", 0L);
        expected.put("CoalescedLookups", 1L);
        expected.put("LoadsAwaited", 0L);
        expected.put("StaleServed", 0L);
        expected.put("Refreshes", 0L);
        expected.put("FillsRefused", 0L);
        expected.put("StalenessBoundMillis", 60_000L);
        expected.put("CoherenceLapses", 0L);
        expected.put("NearChecks", 0L);
        expected.put("NearMismatches", 0L);
        expected.put("SourceChecks", 0L);
        expected.put("SourceMismatches", 0L);
        expected.put("SourceMismatches1s", 0L);
        expected.put("SourceMismatches10s", 0L);
        expected.put("SourceMismatches60s", 0L);
        expected.put("Conflicts", 1L);
        expected.put("ValuesRefused", 0L);
        expected.put("WritesAwaited", 1L);
        expected.put("WritesVoided", 0L);
        expected.put("UndecodableValues", 1L);
        Map<String, Long> reasons = new TreeMap<>();
        for (UndecodableReason each : UndecodableReason.values()) {
            reasons.put(each.name().toLowerCase(Locale.ROOT), each == UndecodableReason.FORMAT ? 1L : 0L);
        }
        expected.put("UndecodableValuesByReason", reasons);
        expected.put("RemoteUnavailable", false);
        expected.put("RemoteOutOfMemory", false);
        expected.put("RemoteDowntimeMillis", 0L);
        expected.put("RemoteOutages", 0L);
        expected.put("RemoteTimeouts", 0L);
        expected.put("RemoteDisconnections", 0L);
        expected.put("RemoteRefusals", 0L);
        expected.put("LocalOperations", 0L);
        expected.put("JournaledKeys", 0L);
        expected.put("JournalOverflows", 0L);
        expected.put("RecoveryRemovals", 0L);
        expected.put("NearWeightBytes", -1L);
        expected.put("NearEvictions", 0L);
        expected.put("EventsDropped", 0L);
        return expected;
    }

    @Test
    void eachInvalidationIsCountedByTheNodeThatReceivesIt() {
        Cache<String, HookedValue> here = cache(one, settings -> settings);
        Cache<String, HookedValue> there = cache(other, settings -> settings);
        int keys = 50;
        for (int i = 0; i < keys; i++) {
            here.put("key " + i, new HookedValue("mine"));
        }
        // And the beginning of the cache's epoch.
        Crew.until(() -> bean("node-one").getOwnInvalidations() == 1 + keys);
        assertEquals(0, bean("node-one").getInvalidations());
        for (int i = 0; i < keys; i++) {
            there.put("key " + i, new HookedValue("theirs"));
        }
        Crew.until(() -> bean("node-one").getInvalidations() == keys);
        Crew.until(() -> bean("node-two").getOwnInvalidations() == keys);
        assertEquals(1 + keys, bean("node-one").getOwnInvalidations());
        assertEquals(0, bean("node-two").getInvalidations());
    }

    @Test
    void aKeyIsExplainedInEachOfItsStates() throws Exception {
        Cache<String, HookedValue> here = cache(one, settings -> settings);
        Cache<String, HookedValue> there = cache(other, settings -> settings);
        TieredCacheMXBean bean = bean("node-one");
        KeyExplanation absent = bean.explain("a");
        assertEquals("absent", absent.getNear());
        assertEquals("absent", absent.getRemote());
        assertEquals("absent; a read calls the CacheLoader", absent.getSummary());
        there.put("a", new HookedValue("theirs"));
        KeyExplanation remote = bean.explain("a");
        assertEquals("absent", remote.getNear());
        assertEquals("present", remote.getRemote());
        assertEquals("a read returns it from Redis", remote.getSummary());
        assertEquals(node("node-two"), remote.getLastWriter());
        assertTrue(remote.getVersion().startsWith(node("node-two") + "-"), remote.getVersion());
        assertTrue(
                remote.getRedisKey().startsWith("tiered-jcache:orders:" + remote.getEpoch() + ":a"),
                remote.getRedisKey());
        assertTrue(remote.getRemoteRemainingMillis() > 3_500_000, () -> remote.getRemoteRemainingMillis() + " ms");
        assertTrue(remote.getRemoteBytes() > 0);
        assertEquals("this node", bean("node-two").explain("a").getLastWriter());
        here.get("a");
        KeyExplanation both = bean.explain("a");
        assertEquals("present", both.getNear());
        assertEquals("a read returns it from the near tier, and Redis has the same", both.getSummary());
        assertTrue(both.getNearAgeMillis() >= 0);
        assertTrue(both.getNearRemainingMillis() > 3_500_000);
        assertFalse(both.isJournaled());

        Crew.Member<HookedValue> loader = Crew.start(() -> there.get(SLOW));
        Crew.await(loading);
        KeyExplanation loaded = bean.explain(SLOW);
        assertEquals("absent being loaded", loaded.getRemote());
        assertEquals(node("node-two"), loaded.getLeaseHolder());
        assertTrue(loaded.getLeaseMillis() > 0);
        answering.countDown();
        loader.result();

        CountDownLatch holding = new CountDownLatch(1);
        CountDownLatch done = new CountDownLatch(1);
        Crew.Member<Object> holder = Crew.start(() -> there.invoke("a", (entry, arguments) -> {
            holding.countDown();
            Crew.await(done);
            return null;
        }));
        Crew.await(holding);
        assertEquals("being written", bean.explain("a").getRemote());
        assertEquals(node("node-two"), bean.explain("a").getLeaseHolder());
        done.countDown();
        holder.result();

        redis.command("SET", remote.getRedisKey(), "not ours");
        assertEquals("foreign", bean.explain("a").getRemote());
        redis.command("DEL", remote.getRedisKey());
        redis.command("LPUSH", remote.getRedisKey(), "not ours");
        assertEquals("foreign", bean.explain("a").getRemote());
        assertEquals(2, bean.getHits() + bean.getMisses() + 1, "looking is no lookup");
    }

    @Test
    void theOperationsRemoveKeysDropTheNearTierAndCount() {
        Cache<String, HookedValue> here = cache(one, settings -> settings.warmKeys(100));
        Cache<String, HookedValue> there = cache(other, settings -> settings);
        TieredCacheMXBean bean = bean("node-one");
        for (int i = 0; i < 1_200; i++) {
            here.put("key " + i, new HookedValue("mine"));
        }
        there.get("key 7");
        assertEquals("about 1200", bean.countRemoteKeys(1_000_000));
        assertEquals("at least 10", bean.countRemoteKeys(10));
        assertEquals("'key 7' was removed from the near tier and Redis", bean.invalidate("key 7"));
        assertEquals("absent", bean.explain("key 7").getNear());
        Crew.until(() -> !bean("node-two").explain("key 7").getNear().equals("present"));
        assertEquals("loaded key 7", there.get("key 7").text());
        assertTrue(bean.clearNear().startsWith("removed about 1"), "about 1199");
        assertEquals(0, bean.getNearEntries());
        assertEquals("mine", here.get("key 8").text());
        assertEquals(1, bean.getRemoteHits());
        Crew.until(() -> {
            for (int i = 0; i < 100; i++) {
                here.get("key 8");
            }
            return bean.hottestKeys(1).length == 1 && bean.hottestKeys(1)[0].equals("key 8");
        });
        assertTrue(bean.warm().startsWith("read 0 of 0 hot keys"), bean::warm);
    }

    @Test
    void aLoadIsNotKeptIfItsKeyIsInvalidatedDuringIt() throws Exception {
        Cache<String, HookedValue> here = cache(one, settings -> settings);
        Crew.Member<HookedValue> loader = Crew.start(() -> here.get(SLOW));
        Crew.await(loading);
        assertEquals(
                "'slow' had no entry; a load in progress is not kept",
                bean("node-one").invalidate(SLOW));
        answering.countDown();
        assertEquals("loaded slow", loader.result().text());
        assertFalse(here.containsKey(SLOW));
    }

    @Test
    void anOutageIsShown() {
        Cache<String, HookedValue> here = cache(one, settings -> settings);
        TieredCacheMXBean bean = bean("node-one");
        here.put("a", new HookedValue("mine"));
        redis.kill();
        Crew.until(bean::isRemoteUnavailable);
        here.put("b", new HookedValue("meanwhile"));
        assertEquals(1, bean.getRemoteOutages());
        assertEquals(1, bean.getJournaledKeys());
        assertTrue(bean.getLocalOperations() >= 1);
        KeyExplanation missed = bean.explain("b");
        assertTrue(missed.isJournaled());
        assertTrue(missed.getRemote().startsWith("not known: "), missed.getRemote());
        assertTrue(missed.getSummary().startsWith("this node answers locally"), missed.getSummary());
        TieredCacheManagerMXBean manager = JMX.newMXBeanProxy(
                beans, name("type=CacheManager,CacheManager=node-one"), TieredCacheManagerMXBean.class);
        assertArrayEquals(new String[] {NAME}, manager.getCachesWithoutRemote());
        redis.restart();
        Crew.until(() -> !bean.isRemoteUnavailable() && bean.getJournaledKeys() == 0);
        assertEquals(1, bean.getRecoveryRemovals());
        assertTrue(bean.getRemoteDowntimeMillis() > 0);
    }

    @Test
    void noPasswordIsShown() throws Exception {
        String uri = "redis://somebody:s3cret@127.0.0.1:" + redis.port();
        one.createCache(
                NAME,
                TieredConfiguration.builder(String.class, HookedValue.class)
                        .redisUri(uri)
                        .statistics(true)
                        .with(TieredSetting.REDIS_CONNECT_TIMEOUT, Duration.ofMillis(300))
                        .build());
        String all = attributes("node-one") + bean("node-one").explain("a").getRemote();
        assertTrue(all.contains("127.0.0.1"), all);
        assertFalse(all.contains("s3cret"), all);
    }

    private String node(String manager) {
        return JMX.newMXBeanProxy(
                        beans, name("type=CacheManager,CacheManager=" + manager), TieredCacheManagerMXBean.class)
                .getNode();
    }

    private Map<String, Object> attributes(String node) throws Exception {
        ObjectName name = cacheName(node);
        Map<String, Object> all = new HashMap<>();
        for (MBeanAttributeInfo each : beans.getMBeanInfo(name).getAttributes()) {
            Object value = beans.getAttribute(name, each.getName());
            all.put(each.getName(), plain(value));
        }
        return all;
    }

    /** Of latencies their count, which is known. */
    private static Object plain(Object value) {
        if (value instanceof CompositeData latency) {
            return latency.get("count");
        }
        if (value instanceof TabularData table) {
            Map<Object, Object> rows = new TreeMap<>();
            table.values()
                    .forEach(row -> rows.put(((CompositeData) row).get("key"), ((CompositeData) row).get("value")));
            return rows;
        }
        return value;
    }

    private Cache<String, HookedValue> cache(
            CacheManager manager, UnaryOperator<TieredConfiguration.Builder<String, HookedValue>> settings) {
        return manager.createCache(
                NAME,
                settings.apply(TieredConfiguration.builder(String.class, HookedValue.class)
                                .redisUri(redis.uri())
                                .statistics(true)
                                // A busy machine is no outage, and no lapse.
                                .commandTimeout(Duration.ofSeconds(5))
                                .stalenessBound(Duration.ofMinutes(1))
                                .expiry(CreatedExpiryPolicy.factoryOf(javax.cache.expiry.Duration.ONE_HOUR))
                                .readThrough(Loader::new))
                        .build());
    }

    private TieredCacheMXBean bean(String node) {
        return JMX.newMXBeanProxy(beans, cacheName(node), TieredCacheMXBean.class);
    }

    private static ObjectName cacheName(String node) {
        return name("type=Cache,CacheManager=" + node + ",Cache=" + NAME);
    }

    private static ObjectName name(String properties) {
        try {
            return new ObjectName("io.github.tieredjcache:" + properties);
        } catch (javax.management.MalformedObjectNameException e) {
            throw new AssertionError(e);
        }
    }

    /** Loads {@code loaded <key>}; fails for one key, and takes its time for another. */
    private final class Loader implements CacheLoader<String, HookedValue> {
        @Override
        public HookedValue load(String key) {
            if (key.equals(FAILING)) {
                throw new IllegalStateException("no source");
            }
            if (key.equals(SLOW)) {
                loading.countDown();
                Crew.await(answering);
            }
            return new HookedValue("loaded " + key);
        }

        @Override
        public Map<String, HookedValue> loadAll(Iterable<? extends String> keys) {
            Map<String, HookedValue> loaded = new HashMap<>();
            keys.forEach(key -> loaded.put(key, load(key)));
            return loaded;
        }
    }
}
