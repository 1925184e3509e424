package io.github.tieredjcache.jcache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.OutagePolicy;
import io.github.tieredjcache.TierStatistics;
import io.github.tieredjcache.TieredConfiguration;
import io.github.tieredjcache.TieredSetting;
import io.github.tieredjcache.TieredSettings;
import io.github.tieredjcache.faults.Covers;
import io.github.tieredjcache.faults.FaultRow;
import io.github.tieredjcache.integration.LogLines;
import io.github.tieredjcache.internal.assembly.SettingSources;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.UUID;
import javax.cache.Cache;
import javax.cache.CacheException;
import javax.cache.CacheManager;
import javax.cache.configuration.CompleteConfiguration;
import javax.cache.configuration.Configuration;
import javax.cache.configuration.MutableConfiguration;
import javax.cache.configuration.OptionalFeature;
import javax.cache.integration.CacheLoader;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class BadInputTest {
    private final NearOnly node = new NearOnly();

    @AfterEach
    void close() {
        node.close();
    }

    @Test
    void nullIsRefusedByEveryOperationAndChangesNothing() {
        TieredCache<String, String> cache = node.strings(builder -> builder);
        cache.put("a", "1");
        Set<String> withNull = new HashSet<>(Arrays.asList("a", null));
        Map<String, String> nullKey = new HashMap<>(Map.of("a", "2"));
        nullKey.put(null, "2");
        Map<String, String> nullValue = new HashMap<>(Map.of("a", "2"));
        nullValue.put("b", null);
        List<Runnable> operations = List.of(
                () -> cache.get(null),
                () -> cache.getAll(null),
                () -> cache.getAll(withNull),
                () -> cache.containsKey(null),
                () -> cache.loadAll(null, true, null),
                () -> cache.loadAll(withNull, true, null),
                () -> cache.put(null, "2"),
                () -> cache.put("a", null),
                () -> cache.getAndPut(null, "2"),
                () -> cache.getAndPut("a", null),
                () -> cache.putAll(null),
                () -> cache.putAll(nullKey),
                () -> cache.putAll(nullValue),
                () -> cache.putIfAbsent(null, "2"),
                () -> cache.putIfAbsent("b", null),
                () -> cache.remove(null),
                () -> cache.remove(null, "1"),
                () -> cache.remove("a", null),
                () -> cache.getAndRemove(null),
                () -> cache.replace(null, "1", "2"),
                () -> cache.replace("a", null, "2"),
                () -> cache.replace("a", "1", null),
                () -> cache.replace(null, "2"),
                () -> cache.replace("a", null),
                () -> cache.getAndReplace(null, "2"),
                () -> cache.getAndReplace("a", null),
                () -> cache.removeAll(null),
                () -> cache.removeAll(withNull),
                () -> cache.invoke(null, (entry, arguments) -> null),
                () -> cache.invoke("a", null),
                () -> cache.invokeAll(null, (entry, arguments) -> null),
                () -> cache.invokeAll(withNull, (entry, arguments) -> {
                    entry.remove();
                    return null;
                }),
                () -> cache.invokeAll(Set.of("a"), null),
                () -> cache.getConfiguration(null),
                () -> cache.unwrap(null));
        for (Runnable each : operations) {
            assertThrows(NullPointerException.class, each::run);
        }
        assertEquals("1", cache.get("a"));
        assertFalse(cache.containsKey("b"));
    }

    @Test
    void setsAndMapsThatThrowOnContainsNullAreAccepted() {
        TieredCache<String, String> cache = node.strings(builder -> builder);
        cache.putAll(Map.of("a", "1"));
        assertEquals(Map.of("a", "1"), cache.getAll(Set.of("a", "b")));
        cache.loadAll(Set.of("a"), false, null);
        cache.invokeAll(Set.of("a"), (entry, arguments) -> null);
        cache.removeAll(Set.of("a"));
        assertEquals(Map.of(), cache.getAll(Collections.emptySet()));
    }

    @Test
    @SuppressWarnings({"unchecked", "rawtypes"})
    void wrongTypesAreRefusedWithTheirNames() {
        Cache<Object, Object> cache = (Cache) node.cache(String.class, Integer.class, builder -> builder);
        List<Runnable> operations = List.of(
                () -> cache.put(1, 1),
                () -> cache.put("a", "1"),
                () -> cache.get(1),
                () -> cache.containsKey(1),
                () -> cache.putAll(Map.of("a", 1, "b", "2")),
                () -> cache.replace("a", "1", 1),
                () -> cache.getAll(Set.of("a", 1)));
        for (Runnable each : operations) {
            var refused = assertThrows(ClassCastException.class, each::run);
            assertTrue(refused.getMessage().contains("java.lang."), refused.getMessage());
        }
        assertFalse(cache.iterator().hasNext());
    }

    @Test
    void aSecondCacheOfTheSameNameIsRefusedAndTheFirstStaysOpen() {
        TieredCache<String, String> cache = node.strings(builder -> builder);
        cache.put("a", "1");
        var refused = assertThrows(
                CacheException.class, () -> node.manager().createCache("cache", new MutableConfiguration<>()));
        assertTrue(refused.getMessage().contains("'cache'"), refused.getMessage());
        assertEquals("1", cache.get("a"));
        assertSame(cache, node.manager().getCache("cache"));
    }

    @Test
    void cachesAreFoundByNameAndType() {
        CacheManager manager = node.manager();
        TieredCache<String, String> cache = node.strings(builder -> builder);
        assertSame(cache, manager.getCache("cache", String.class, String.class));
        assertSame(cache, manager.getCache("cache"));
        assertNull(manager.getCache("other"));
        assertNull(manager.getCache("other", String.class, String.class));
        var refused =
                assertThrows(ClassCastException.class, () -> manager.getCache("cache", String.class, Integer.class));
        assertTrue(refused.getMessage().contains("java.lang.Integer"), refused.getMessage());
        assertThrows(ClassCastException.class, () -> manager.getCache("cache", Object.class, String.class));
        assertThrows(NullPointerException.class, () -> manager.getCache(null));
        assertThrows(NullPointerException.class, () -> manager.getCache("cache", null, String.class));
        assertThrows(NullPointerException.class, () -> manager.createCache(null, new MutableConfiguration<>()));
        assertThrows(NullPointerException.class, () -> manager.createCache("x", (Configuration<?, ?>) null));
        assertThrows(NullPointerException.class, () -> manager.enableStatistics(null, true));
    }

    @Test
    void unwrapReturnsTheObjectOrItsTierStatistics() {
        TieredCache<String, String> cache = node.strings(builder -> builder);
        assertSame(cache, cache.unwrap(Cache.class));
        assertSame(cache, cache.unwrap(TieredCache.class));
        assertSame(cache, cache.unwrap(Object.class));
        assertInstanceOf(TierStatistics.class, cache.unwrap(TierStatistics.class));
        assertThrows(IllegalArgumentException.class, () -> cache.unwrap(String.class));
        assertSame(node.manager(), node.manager().unwrap(TieredCacheManager.class));
        assertThrows(IllegalArgumentException.class, () -> node.manager().unwrap(String.class));
        cache.put("a", "1");
        Cache.Entry<String, String> entry = cache.iterator().next();
        assertSame(entry, entry.unwrap(Cache.Entry.class));
        assertThrows(IllegalArgumentException.class, () -> entry.unwrap(String.class));
    }

    @Test
    @SuppressWarnings("unchecked")
    void theConfigurationInForceIsReturnedAsEveryType() {
        Properties properties = NearOnly.properties();
        properties.setProperty("tiered-jcache.near.maximum-size", "77");
        try (CacheManager manager = manager(properties)) {
            Cache<String, String> cache = manager.createCache(
                    "plain", new MutableConfiguration<String, String>().setTypes(String.class, String.class));
            assertEquals(77, settings(cache).get(TieredSetting.NEAR_MAXIMUM_SIZE));
            assertEquals(
                    String.class,
                    cache.getConfiguration(CompleteConfiguration.class).getKeyType());
            assertEquals(
                    String.class, cache.getConfiguration(Configuration.class).getKeyType());
            assertThrows(IllegalArgumentException.class, () -> cache.getConfiguration(MutableConfiguration.class));
            Cache<String, String> coded = manager.createCache(
                    "coded",
                    TieredConfiguration.builder(String.class, String.class)
                            .nearMaximumSize(5)
                            .build());
            assertEquals(5, settings(coded).get(TieredSetting.NEAR_MAXIMUM_SIZE));
        }
    }

    @Test
    void systemPropertiesComeAfterTheManagersProperties() {
        String name = "tiered-jcache.near.maximum-size";
        System.setProperty(name, "33");
        try {
            try (CacheManager manager = manager(NearOnly.properties())) {
                assertEquals(
                        33,
                        settings(manager.createCache("c", new MutableConfiguration<String, String>()))
                                .get(TieredSetting.NEAR_MAXIMUM_SIZE));
            }
            Properties properties = NearOnly.properties();
            properties.setProperty(name, "44");
            try (CacheManager manager = manager(properties)) {
                assertEquals(
                        44,
                        settings(manager.createCache("c", new MutableConfiguration<String, String>()))
                                .get(TieredSetting.NEAR_MAXIMUM_SIZE));
            }
            System.setProperty(name, "-1");
            try (CacheManager manager = manager(NearOnly.properties())) {
                var refused = assertThrows(
                        IllegalArgumentException.class,
                        () -> manager.createCache("c", new MutableConfiguration<String, String>()));
                assertEquals(
                        "near.maximum-size must be positive, was -1 in the system properties", refused.getMessage());
                assertFalse(manager.getCacheNames().iterator().hasNext());
            }
        } finally {
            System.clearProperty(name);
        }
    }

    @Test
    void theEnvironmentComesLastWithNamesThatAShellCanSet() {
        Map<String, String> environment = Map.of(
                "TIERED_JCACHE_NEAR_MAXIMUM_SIZE", "22",
                "TIERED_JCACHE_REDIS_URI", "redis://one",
                "REDIS_URL", "redis://other");
        assertEquals(22, read(new Properties(), environment).get(TieredSetting.NEAR_MAXIMUM_SIZE));
        assertEquals("redis://one", read(new Properties(), environment).get(TieredSetting.REDIS_URI));
        assertEquals(
                "redis://other",
                read(new Properties(), Map.of("REDIS_URL", "redis://other")).get(TieredSetting.REDIS_URI));
        assertEquals("", read(NearOnly.properties(), environment).get(TieredSetting.REDIS_URI));
        var refused = assertThrows(
                IllegalArgumentException.class,
                () -> read(new Properties(), Map.of("REDIS_URL", "http://u:s3cret@host")));
        assertTrue(refused.getMessage().endsWith("in the environment variable REDIS_URL"), refused.getMessage());
        assertFalse(everythingOf(refused).contains("s3cret"));
    }

    private static TieredSettings read(Properties properties, Map<String, String> environment) {
        return SettingSources.read(TieredSettings.NONE, properties, TieredSettings.NONE, environment);
    }

    @Test
    void theUrlOfThePlatformIsParsedOnlyIfNothingElseSetsTheUri() {
        Map<String, String> ofAnotherProgram = Map.of("REDIS_URL", "unix:/socket");
        TieredSettings one =
                TieredSettings.from(name -> name.equals("redis.uri") ? "redis://one" : null, "the source of the test");
        assertEquals("", read(NearOnly.properties(), ofAnotherProgram).get(TieredSetting.REDIS_URI));
        assertEquals(
                "the environment",
                read(new Properties(), Map.of("TIERED_JCACHE_REDIS_URI", "redis://one", "REDIS_URL", "unix:/socket"))
                        .origin(TieredSetting.REDIS_URI));
        assertEquals(one, SettingSources.read(TieredSettings.NONE, new Properties(), one, ofAnotherProgram));
        assertEquals(one, SettingSources.read(one, new Properties(), TieredSettings.NONE, ofAnotherProgram));
    }

    @Test
    void theEnvironmentIsNotReadAgainIfTheSectionsContainIt() {
        Map<String, String> environment = Map.of("TIERED_JCACHE_CODEC_LEARNING", "false", "REDIS_URL", "redis://other");
        Properties properties = new Properties();
        var refused = assertThrows(IllegalArgumentException.class, () -> read(properties, environment));
        assertEquals("codec.learning must be on or off, was 'false' in the environment", refused.getMessage());
        properties.put(TieredCachingProvider.ENVIRONMENT_IN_SECTIONS, true);
        assertFalse(read(properties, environment).isSet(TieredSetting.CODEC_LEARNING));
        assertEquals("redis://other", read(properties, environment).get(TieredSetting.REDIS_URI));
    }

    @Test
    @Covers(FaultRow.F105)
    void anUnknownPropertyIsRefusedWithTheNearestName() {
        Map<String, String> mistakes = Map.of(
                "tiered-jcache.near.maximum-sizes", "tiered-jcache.near.maximum-size",
                "tiered-jcache.redis.url", "tiered-jcache.redis.uri",
                "tiered-jcache.write-wait", "tiered-jcache.write.wait",
                "tiered-jcache.near.timeToLive", "tiered-jcache.near.time-to-live");
        mistakes.forEach((wrong, right) -> {
            Properties properties = NearOnly.properties();
            properties.setProperty(wrong, "s3cret");
            try (CacheManager manager = manager(properties)) {
                var refused = assertThrows(
                        IllegalArgumentException.class,
                        () -> manager.createCache("c", new MutableConfiguration<String, String>()));
                assertTrue(refused.getMessage().contains("'" + wrong + "'"), refused.getMessage());
                assertTrue(refused.getMessage().contains("did you mean '" + right + "'"), refused.getMessage());
                assertFalse(refused.getMessage().contains("s3cret"));
            }
        });
        Properties foreign = NearOnly.properties();
        foreign.setProperty("some.other.library", "1");
        foreign.setProperty("tiered-jcache-of-mine", "1");
        try (CacheManager manager = manager(foreign)) {
            assertNull(manager.createCache("c", new MutableConfiguration<String, String>())
                    .get("a"));
        }
    }

    @Test
    void anUnknownSystemPropertyOrVariableIsReportedWithTheNearestName() {
        assertEquals(
                List.of(
                        "the system property 'tiered-jcache.near.max-size' is not a setting and has no effect; did you"
                                + " mean 'tiered-jcache.near.maximum-size'?",
                        "the environment variable 'TIERED_JCACHE_REDIS_URL' is not a setting and has no effect; did you"
                                + " mean 'TIERED_JCACHE_REDIS_URI'?"),
                SettingSources.unknownNames(
                        new Properties(),
                        Set.of(
                                "tiered-jcache.near.max-size",
                                "tiered-jcache.config",
                                "tiered-jcache.warm.keys",
                                // Of Spring Boot's auto-configuration.
                                "tiered-jcache.caches.orders.near.maximum-size",
                                "tiered-jcache.health.without-redis",
                                "tiered-jcache.expiry.created",
                                "tiered-jcache.statistics",
                                "tiered-jcache.codec.allowed[0]",
                                "java.home"),
                        Set.of(
                                "TIERED_JCACHE_REDIS_URL",
                                "TIERED_JCACHE_CONFIG",
                                "TIERED_JCACHE_WRITE_WAIT",
                                "TIERED_JCACHE_HEALTH_WITHOUT_REDIS",
                                "TIERED_JCACHE_EXPIRY_CREATED",
                                "TIERED_JCACHE_STATISTICS",
                                "TIERED_JCACHE_STORE_BY_VALUE",
                                "TIERED_JCACHE_CODEC_ALLOWED_0",
                                "TIERED_JCACHE_CACHES_ORDERS_EXPIRY_CREATED",
                                "REDIS_URL",
                                "PATH")));
    }

    @Test
    void aMisplacedPasswordInAnUnknownNameIsNotShown() {
        List<String> messages = SettingSources.unknownNames(
                new Properties(), Set.of("tiered-jcache.redis://user:s3cret@host"), Set.of());
        assertEquals(1, messages.size());
        assertFalse(messages.toString().contains("s3cret"), messages::toString);
    }

    @Test
    void anUnknownSystemPropertyIsReportedOnce() {
        String name = "tiered-jcache.write-wait";
        System.setProperty(name, "1s");
        try (LogLines log = new LogLines();
                TieredCachingProvider provider = new TieredCachingProvider()) {
            for (String uri : List.of("one", "other")) {
                provider.getCacheManager(URI.create(uri), null, NearOnly.properties());
            }
            assertEquals(
                    List.of("WARNING the system property '" + name
                            + "' is not a setting and has no effect; did you mean" + " 'tiered-jcache.write.wait'?"),
                    log.lines().stream().filter(line -> line.contains(name)).toList());
        } finally {
            System.clearProperty(name);
        }
    }

    @Test
    void defaultsOfPropertiesCount() {
        Properties defaults = NearOnly.properties();
        defaults.setProperty("tiered-jcache.near.maximum-size", "55");
        try (CacheManager manager = manager(new Properties(defaults))) {
            assertEquals(
                    55,
                    settings(manager.createCache("c", new MutableConfiguration<String, String>()))
                            .get(TieredSetting.NEAR_MAXIMUM_SIZE));
            assertEquals("55", manager.getProperties().getProperty("tiered-jcache.near.maximum-size"));
        }
    }

    @Test
    void aPropertyThatIsNotAStringIsRefused() {
        Properties properties = NearOnly.properties();
        properties.put("tiered-jcache.near.maximum-size", 66);
        try (CacheManager manager = manager(properties)) {
            long inForce;
            try {
                inForce = settings(manager.createCache("c", new MutableConfiguration<String, String>()))
                        .get(TieredSetting.NEAR_MAXIMUM_SIZE);
            } catch (IllegalArgumentException e) {
                // A refusal is as valid as a read.
                assertTrue(e.getMessage().contains("near.maximum-size"), e.getMessage());
                return;
            }
            assertEquals(66, inForce);
        }
    }

    @Test
    void thePropertiesOfAManagerAreACopy() {
        Properties properties = NearOnly.properties();
        try (CacheManager manager = manager(properties)) {
            properties.setProperty("tiered-jcache.near.maximum-size", "-1");
            manager.getProperties().setProperty("tiered-jcache.near.maximum-size", "-1");
            assertNull(manager.createCache("c", new MutableConfiguration<String, String>())
                    .get("a"));
        }
    }

    @Test
    @Covers(FaultRow.F103)
    void aMalformedRedisUriIsRefusedWithoutItsPassword() {
        for (String uri : List.of(
                "redis://user:s3cret@ho st", "redis://user:s3cret", "http://user:s3cret@host", "user:s3cret@host")) {
            Properties properties = new Properties();
            properties.setProperty("tiered-jcache.redis.uri", uri);
            try (CacheManager manager = manager(properties)) {
                var refused = assertThrows(
                        IllegalArgumentException.class,
                        () -> manager.createCache("c", new MutableConfiguration<String, String>()));
                assertTrue(refused.getMessage().startsWith("redis.uri must "), refused.getMessage());
                assertFalse(everythingOf(refused).contains("s3cret"), refused.getMessage());
                assertFalse(manager.toString().contains("s3cret"));
            }
        }
    }

    @Test
    @Covers(FaultRow.F93)
    void byThePolicyFailAValueThatCannotBeCopiedIsRefusedWithItsClassAndAKeyAlways() {
        TieredCache<Object, Object> cache =
                node.cache(Object.class, Object.class, builder -> builder.outagePolicy(OutagePolicy.FAIL));
        cache.put("a", "1");
        Thread uncopyable = new Thread("uncopyable");
        List<Runnable> operations = List.of(
                () -> cache.put("a", uncopyable),
                () -> cache.put(uncopyable, "1"),
                () -> cache.putAll(Map.of("a", "2", "b", uncopyable)),
                () -> cache.replace("a", "1", uncopyable),
                () -> cache.invoke("a", (entry, arguments) -> {
                    entry.setValue(uncopyable);
                    return null;
                }));
        for (Runnable each : operations) {
            var refused = assertThrows(CacheException.class, each::run);
            assertTrue(everythingOf(refused).contains("java.lang.Thread"), refused.getMessage());
        }
        assertEquals("1", cache.get("a"));
        assertFalse(cache.containsKey("b"));
        cache.put("a", "2");
        assertEquals("2", cache.get("a"));
    }

    @Test
    void byThePolicyFailALoadedValueThatCannotBeCopiedIsAnErrorAndLeavesTheKeyUnlocked() throws Exception {
        boolean[] copyable = new boolean[1];
        TieredCache<String, Object> cache = node.cache(
                String.class,
                Object.class,
                builder -> builder.outagePolicy(OutagePolicy.FAIL).readThrough(NearOnly.factory(new CacheLoader<>() {
                    @Override
                    public Object load(String key) {
                        return copyable[0] ? "v" : new Thread("uncopyable");
                    }

                    @Override
                    public Map<String, Object> loadAll(Iterable<? extends String> keys) {
                        return Map.of("a", load("a"));
                    }
                })));
        assertThrows(CacheException.class, () -> cache.get("a"));
        assertThrows(CacheException.class, () -> cache.getAll(Set.of("a", "b")));
        copyable[0] = true;
        assertEquals(
                "v", io.github.tieredjcache.Crew.start(() -> cache.get("a")).result());
    }

    @Test
    void aCacheWithoutRedisAcceptsKeysAndValuesOfFiveMegabytes() {
        TieredCache<String, byte[]> cache = node.cache(String.class, byte[].class, builder -> builder);
        String key = "k".repeat(5 << 20);
        byte[] value = new byte[5 << 20];
        cache.put(key, value);
        assertEquals(5 << 20, cache.get(key).length);
    }

    @Test
    void anIteratorThrowsBeyondItsEndAndOnAnInvalidRemove() {
        TieredCache<String, String> cache = node.strings(builder -> builder);
        cache.put("a", "1");
        var entries = cache.iterator();
        assertThrows(IllegalStateException.class, entries::remove);
        entries.next();
        entries.remove();
        assertThrows(IllegalStateException.class, entries::remove);
        assertThrows(java.util.NoSuchElementException.class, entries::next);
        assertFalse(cache.containsKey("a"));
    }

    @Test
    void theProviderTreatsNullAsTheDefault() {
        TieredCachingProvider provider = new TieredCachingProvider();
        assertSame(provider.getCacheManager(), provider.getCacheManager(null, null, null));
        assertEquals(provider.getDefaultURI(), provider.getCacheManager().getURI());
        assertEquals(
                provider.getDefaultClassLoader(), provider.getCacheManager().getClassLoader());
        assertTrue(provider.isSupported(OptionalFeature.STORE_BY_REFERENCE));
        assertEquals(new Properties(), provider.getDefaultProperties());
        assertSame(provider, provider.getCacheManager().getCachingProvider());
        provider.close(null);
        provider.close(null, null);
        provider.close();
    }

    private static CacheManager manager(Properties properties) {
        return new TieredCachingProvider()
                .getCacheManager(URI.create("bad-input-" + UUID.randomUUID()), null, properties);
    }

    @SuppressWarnings("unchecked")
    private static io.github.tieredjcache.TieredSettings settings(Cache<String, String> cache) {
        TieredConfiguration<String, String> inForce = cache.getConfiguration(TieredConfiguration.class);
        return inForce.settings();
    }

    private static String everythingOf(Throwable failure) {
        StringWriter text = new StringWriter();
        failure.printStackTrace(new PrintWriter(text));
        List<String> messages = new ArrayList<>(List.of(text.toString()));
        for (Throwable each = failure; each != null; each = each.getCause()) {
            messages.add(String.valueOf(each.getMessage()));
        }
        return String.join("\n", messages);
    }
}
