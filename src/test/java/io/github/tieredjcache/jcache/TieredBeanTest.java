package io.github.tieredjcache.jcache;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.Crew;
import io.github.tieredjcache.TierNumber;
import io.github.tieredjcache.TieredConfiguration;
import io.github.tieredjcache.management.CacheOperations;
import io.github.tieredjcache.management.KeyExplanation;
import io.github.tieredjcache.management.TieredCacheMXBean;
import io.github.tieredjcache.management.TieredCacheManagerMXBean;
import java.lang.management.ManagementFactory;
import java.lang.reflect.Method;
import java.net.URI;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import javax.cache.Cache;
import javax.cache.CacheManager;
import javax.cache.integration.CacheLoader;
import javax.cache.integration.CacheWriter;
import javax.management.JMX;
import javax.management.MBeanAttributeInfo;
import javax.management.MBeanInfo;
import javax.management.MBeanParameterInfo;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The library's own MXBeans, of caches without Redis. */
class TieredBeanTest {
    private static final String OURS = "io.github.tieredjcache:";

    private final MBeanServer server = ManagementFactory.getPlatformMBeanServer();
    private final TieredCachingProvider provider = new TieredCachingProvider();
    private final CacheManager manager =
            provider.getCacheManager(URI.create("some-manager"), getClass().getClassLoader(), NearOnly.properties());

    private enum Color {
        RED
    }

    @AfterEach
    void closes() {
        provider.close();
        assertEquals(Set.of(), names());
    }

    @Test
    void theBeansOfCacheAndManagerAreRegisteredWhileManagementOrStatisticsAreEnabled() {
        manager.createCache(
                "hidden",
                TieredConfiguration.builder(String.class, String.class).build());
        assertEquals(Set.of(), names());
        manager.enableStatistics("hidden", true);
        assertEquals(
                Set.of(
                        OURS + "CacheManager=some-manager,type=CacheManager",
                        OURS + "Cache=hidden,CacheManager=some-manager,type=Cache"),
                names());
        manager.enableManagement("hidden", true);
        manager.enableStatistics("hidden", false);
        assertEquals(2, names().size());
        manager.enableManagement("hidden", false);
        assertEquals(Set.of(), names());
        cache("shown", String.class, settings -> settings);
        assertEquals(2, names().size());
        manager.destroyCache("shown");
        assertEquals(Set.of(), names());
    }

    @Test
    void eachAttributeOperationAndParameterHasADescription() throws Exception {
        cache("shop", String.class, settings -> settings);
        for (ObjectName name : List.of(cacheName("shop"), managerName())) {
            MBeanInfo info = server.getMBeanInfo(name);
            assertSentence(info.getDescription(), name.toString());
            assertEquals("true", info.getDescriptor().getFieldValue("mxbean"));
            Arrays.stream(info.getAttributes()).forEach(each -> {
                assertSentence(each.getDescription(), each.getName());
                if (each.getType().equals("long") || each.getType().equals("double")) {
                    Object unit = each.getDescriptor().getFieldValue("units");
                    assertTrue(unit instanceof String text && !text.isEmpty(), each + " has no unit");
                    assertTrue(each.getDescription().endsWith(" [" + unit + "]"), each.getDescription());
                }
            });
            Arrays.stream(info.getOperations()).forEach(each -> {
                assertSentence(each.getDescription(), each.getName());
                for (MBeanParameterInfo parameter : each.getSignature()) {
                    assertSentence(parameter.getDescription(), parameter.getName());
                    assertFalse(parameter.getName().matches("p\\d"), each + " has a parameter without a name");
                }
            });
        }
    }

    @Test
    void theNumbersAmongTheAttributesAreThoseOfTheTable() throws Exception {
        cache("shop", String.class, settings -> settings);
        Map<String, MBeanAttributeInfo> attributes = Arrays.stream(
                        server.getMBeanInfo(cacheName("shop")).getAttributes())
                .collect(Collectors.toMap(MBeanAttributeInfo::getName, each -> each));
        for (TierNumber number : TierNumber.values()) {
            MBeanAttributeInfo attribute = attributes.remove(number.attributeName());
            assertNotNull(attribute, number::name);
            String unit = number.unit().isEmpty() ? "" : " [" + number.unit() + "]";
            assertEquals(number.description() + unit, attribute.getDescription());
            assertEquals(number.kind() == TierNumber.Kind.STATE, attribute.isIs(), number::name);
            assertNotNull(server.getAttribute(cacheName("shop"), number.attributeName()), number::name);
        }
        assertEquals(
                Arrays.stream(CacheOperations.class.getMethods())
                        .map(Method::getName)
                        .filter(each -> each.matches("(get|is)[A-Z].*"))
                        .map(each -> each.replaceFirst("get|is", ""))
                        .collect(Collectors.toSet()),
                attributes.keySet());
    }

    private static void assertSentence(String text, String of) {
        assertTrue(text.contains(" ") && !text.contains("management interface"), () -> of + ": " + text);
    }

    @Test
    void theOperationsOfACacheWithoutRedisAreCounted() throws Exception {
        Cache<String, String> cache = cache(
                "shop", String.class, settings -> settings.nearMaximumSize(10).readThrough(Loader::new));
        TieredCacheMXBean bean = bean("shop");
        assertEquals("loaded a", cache.get("a"));
        assertEquals("loaded a", cache.get("a"));
        assertEquals(1, bean.getHits());
        assertEquals(1, bean.getMisses());
        assertEquals(50.0, bean.getHitPercentage());
        assertEquals(1, bean.getNearHits());
        assertEquals(1, bean.getNearLatency().getCount());
        assertTrue(bean.getNearLatency().getMeanMicros() > 0);
        assertEquals(1, bean.getLoads());
        assertEquals(1, bean.getSourceLatency().getCount());
        assertEquals(0, bean.getRemoteLatency().getCount());
        assertEquals(1, bean.getNearEntries());
        assertEquals(-1, bean.getNearWeightBytes());
        for (int i = 0; i < 100; i++) {
            cache.put("key " + i, "value");
        }
        Crew.until(() -> bean.getNearEvictions() == 91);
        assertEquals("", bean.getRedis());
        assertEquals("", bean.getRedisKeyPrefix());
        assertEquals("", bean.getNodeName());
        assertEquals(0, bean.getUndecodableValuesByReason().get("checksum"));

        TieredCacheManagerMXBean all = JMX.newMXBeanProxy(server, managerName(), TieredCacheManagerMXBean.class);
        assertEquals("some-manager", all.getUri());
        assertArrayEquals(new String[] {"shop"}, all.getCacheNames());
        assertEquals(1, all.getHits());
        assertEquals(1, all.getMisses());
        assertEquals(50.0, all.getHitPercentage());
        assertEquals(1, all.getLoads());
        assertEquals(10, all.getNearEntries());
        assertEquals(0, all.getCachesWithoutRemote().length);
        assertTrue(all.getNode().matches("[0-9a-f]{16}"), all.getNode());
        assertTrue(all.getClassLoader().contains("ClassLoader"), all.getClassLoader());
    }

    @Test
    void nothingIsTimedWhileStatisticsAreDisabled() throws Exception {
        Cache<String, String> cache = cache(
                "shop",
                String.class,
                settings -> settings.statistics(false).management(true).readThrough(Loader::new));
        cache.get("a");
        cache.get("a");
        TieredCacheMXBean bean = bean("shop");
        assertFalse(bean.isStatisticsEnabled());
        assertEquals(0, bean.getNearLatency().getCount());
        assertEquals(0, bean.getSourceLatency().getCount());
        assertEquals(1, bean.getLoads());
        manager.enableStatistics("shop", true);
        cache.get("b");
        assertTrue(bean.isStatisticsEnabled());
        assertEquals(1, bean.getSourceLatency().getCount());
    }

    @Test
    void theOperationsOfManyThreadsAddUp() throws Exception {
        Cache<String, String> cache = cache("shop", String.class, settings -> settings.readThrough(Loader::new));
        int threads = 8;
        int rounds = 2_000;
        Crew.together(threads, () -> {
            for (int i = 0; i < rounds; i++) {
                cache.get("key " + i % 100);
                cache.put("key " + i % 100, "mine");
            }
            return null;
        });
        TieredCacheMXBean bean = bean("shop");
        assertEquals((long) threads * rounds, bean.getHits() + bean.getMisses());
        assertTrue(bean.getLoads() <= 100, () -> bean.getLoads() + " loads of 100 keys");
        assertEquals(bean.getLoads(), bean.getSourceLatency().getCount());
        assertEquals(100, bean.getNearEntries());
    }

    @Test
    void invalidateCallsNeitherWriterNorListener() throws Exception {
        Recording<String, String> listener = new Recording<>();
        Cache<String, String> cache = cache(
                "shop",
                String.class,
                settings -> settings.readThrough(Loader::new).writeThrough(NoDeletes::new));
        cache.get("a");
        cache.registerCacheEntryListener(listener.registered(true, false));
        assertEquals(
                "'a' was removed from the near tier and Redis", bean("shop").invalidate("a"));
        assertEquals(
                "'a' had no entry; a load in progress is not kept", bean("shop").invalidate("a"));
        assertFalse(cache.containsKey("a"));
        assertEquals(List.of(), listener.events());
        assertEquals(2, loadsAfter(cache));
    }

    /** A loader with a value for every key. */
    private static final class Loader implements CacheLoader<String, String> {
        @Override
        public String load(String key) {
            return "loaded " + key;
        }

        @Override
        public Map<String, String> loadAll(Iterable<? extends String> keys) {
            Map<String, String> loaded = new HashMap<>();
            keys.forEach(key -> loaded.put(key, load(key)));
            return loaded;
        }
    }

    private long loadsAfter(Cache<String, String> cache) throws Exception {
        cache.get("a");
        return bean("shop").getLoads();
    }

    /** invalidate removes the entry from the cache, not from the database. */
    private static final class NoDeletes implements CacheWriter<String, String> {
        @Override
        public void write(Cache.Entry<? extends String, ? extends String> entry) {}

        @Override
        public void writeAll(Collection<Cache.Entry<? extends String, ? extends String>> entries) {}

        @Override
        public void delete(Object key) {
            throw new AssertionError("the source was called");
        }

        @Override
        public void deleteAll(Collection<?> keys) {
            throw new AssertionError("the source was called");
        }
    }

    @Test
    void explainDescribesAKey() throws Exception {
        Cache<String, String> cache = cache("shop", String.class, settings -> settings);
        cache.put("a", "secret");
        KeyExplanation there = bean("shop").explain("a");
        assertEquals("a", there.getKey());
        assertEquals("present", there.getNear());
        assertEquals("none", there.getRemote());
        assertEquals("a read returns it from the near tier; the cache has no Redis", there.getSummary());
        assertEquals(-1, there.getNearRemainingMillis());
        assertEquals("", there.getVersion());
        KeyExplanation absent = bean("shop").explain("b");
        assertEquals("absent", absent.getNear());
        assertEquals("absent; a read returns null", absent.getSummary());
        assertEquals(0, bean("shop").getHits() + bean("shop").getMisses());
    }

    @Test
    void keysAreParsedFromPlainTexts() throws Exception {
        UUID uuid = UUID.randomUUID();
        explains(Long.class, 42L, "42");
        explains(Integer.class, -1, "-1");
        explains(UUID.class, uuid, uuid.toString());
        explains(Color.class, Color.RED, "RED");
        explains(String.class, "~L42", "~L42");
        explains(Object.class, "plain", "plain");
        explains(Object.class, 42L, "~L42");
    }

    private <K> void explains(Class<K> type, K key, String text) throws Exception {
        Cache<K, String> cache = cache("keys", type, settings -> settings);
        cache.put(key, "value");
        assertEquals("present", bean("keys").explain(text).getNear());
        cache.close();
    }

    @Test
    void aTextThatIsNotAKeyIsRefusedWithTheRule() throws Exception {
        cache("shop", Long.class, settings -> settings);
        Exception refused =
                assertThrows(IllegalArgumentException.class, () -> bean("shop").invalidate("forty-two"));
        assertEquals(
                "'forty-two' is not a key of the cache 'shop', whose keys are java.lang.Long: give a string, number, UUID or enum"
                        + " constant as it is, or the part of the Redis key after the number of the epoch",
                refused.getMessage());
    }

    @Test
    void theReportOfAVerificationSaysWhichSettingIsOff() throws Exception {
        cache("shop", String.class, settings -> settings);
        assertArrayEquals(
                new String[] {
                    "near hits are not compared with Redis (near.verify-sample is 0)",
                    "Redis is not compared with the source (load.verify-per-minute is 0)"
                },
                bean("shop").verificationReport());
    }

    @Test
    void operationsThatNeedRedisAreRefusedWithTheReason() throws Exception {
        cache("shop", String.class, settings -> settings);
        TieredCacheMXBean bean = bean("shop");
        assertTrue(assertThrows(IllegalStateException.class, bean::clearNear)
                .getMessage()
                .contains("has no Redis"));
        assertTrue(assertThrows(IllegalStateException.class, () -> bean.countRemoteKeys(10))
                .getMessage()
                .contains("has no Redis"));
        assertTrue(assertThrows(IllegalStateException.class, bean::warm)
                .getMessage()
                .contains("warm.keys"));
        assertEquals(
                "maximum must be 1 to 1000, was 0",
                assertThrows(IllegalArgumentException.class, () -> bean.hottestKeys(0))
                        .getMessage());
    }

    @Test
    void theHottestKeysAreTheMostReadOnes() throws Exception {
        Cache<String, String> cache = cache("shop", String.class, settings -> settings.nearMaximumSize(20));
        for (int i = 0; i < 20; i++) {
            cache.put("key " + i, "value");
        }
        // Caffeine records reads in the background, and not all of them.
        Crew.until(() -> {
            for (int i = 0; i < 100; i++) {
                cache.get("key 7");
            }
            return bean("shop").hottestKeys(1)[0].equals("key 7");
        });
        assertEquals(20, bean("shop").hottestKeys(1_000).length);
    }

    private <K> Cache<K, String> cache(
            String name, Class<K> keyType, UnaryOperator<TieredConfiguration.Builder<K, String>> settings) {
        return manager.createCache(
                name,
                settings.apply(TieredConfiguration.builder(keyType, String.class)
                                .statistics(true))
                        .build());
    }

    private TieredCacheMXBean bean(String cache) {
        return JMX.newMXBeanProxy(server, cacheName(cache), TieredCacheMXBean.class);
    }

    private static ObjectName cacheName(String cache) {
        return name(OURS + "type=Cache,CacheManager=some-manager,Cache=" + cache);
    }

    private static ObjectName managerName() {
        return name(OURS + "type=CacheManager,CacheManager=some-manager");
    }

    private static ObjectName name(String text) {
        try {
            return new ObjectName(text);
        } catch (javax.management.MalformedObjectNameException e) {
            throw new AssertionError(e);
        }
    }

    private Set<String> names() {
        return server.queryNames(name(OURS + "CacheManager=some-manager,*"), null).stream()
                .map(ObjectName::getCanonicalName)
                .collect(Collectors.toSet());
    }
}
