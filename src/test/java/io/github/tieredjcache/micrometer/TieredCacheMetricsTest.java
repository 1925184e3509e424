package io.github.tieredjcache.micrometer;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.Crew;
import io.github.tieredjcache.TierStatistics;
import io.github.tieredjcache.TieredConfiguration;
import io.github.tieredjcache.jcache.TieredCachingProvider;
import io.github.tieredjcache.management.TieredCacheManagerMXBean;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.cache.JCacheMetrics;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.lang.ref.WeakReference;
import java.lang.reflect.Proxy;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import javax.cache.Cache;
import javax.cache.CacheManager;
import javax.cache.integration.CacheLoaderException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The meters of caches without Redis, as registries show them. */
class TieredCacheMetricsTest {
    private static final String MANAGER = "metrics-" + UUID.randomUUID();

    private final TieredCachingProvider provider = new TieredCachingProvider();
    private final CacheManager manager = newManager();
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final List<CacheManager> kept = new ArrayList<>();

    @AfterEach
    void close() {
        provider.close();
    }

    @Test
    void metersShowExactNumbers() {
        Cache<String, String> cache = TieredCacheMetrics.monitor(registry, create("orders"));
        drive(cache);
        assertEquals(
                new TreeMap<>(Map.of(
                        "tiered.cache.recent.hit.percentage", 50.0,
                        "tiered.cache.recent.load.failures", 1.0,
                        "tiered.cache.near.hits", 4.0,
                        "tiered.cache.remote.misses", 4.0,
                        "tiered.cache.near.latency count", 3.0,
                        "tiered.cache.source.latency count", 3.0,
                        "tiered.cache.loads", 4.0,
                        "tiered.cache.load.failures", 1.0,
                        "tiered.cache.near.entries", 3.0)),
                Readings.counts(registry, "orders"));
    }

    @Test
    void cacheAndManagerAreTagsUnlessTheCallersTagsOverrideThem() {
        TieredCacheMetrics.monitor(registry, create("orders"), "node", "one", "cache.manager", "main");
        for (Meter meter : registry.getMeters()) {
            assertEquals("orders", meter.getId().getTag("cache"));
            assertEquals("main", meter.getId().getTag("cache.manager"));
            assertEquals("one", meter.getId().getTag("node"));
        }
        registry.clear();
        TieredCacheMetrics.monitor(registry, create("customers"));
        assertEquals(
                Set.of(MANAGER),
                registry.getMeters().stream()
                        .map(meter -> meter.getId().getTag("cache.manager"))
                        .collect(Collectors.toSet()));
    }

    @Test
    void aCacheOfAnotherProviderIsRefused() {
        Cache<?, ?> foreign = (Cache<?, ?>) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {Cache.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("unwrap")) {
                        throw new IllegalArgumentException("not mine");
                    }
                    return method.getName().equals("getCacheManager") ? manager : "foreign";
                });
        assertThrows(IllegalArgumentException.class, () -> TieredCacheMetrics.monitor(registry, foreign));
        assertEquals(Set.of(), names());
    }

    @Test
    void aClosedCacheShowsItsLastNumbersUntilACacheOfTheSameNameReplacesIt() {
        Cache<String, String> cache = TieredCacheMetrics.monitor(registry, create("orders"));
        drive(cache);
        cache.close();
        assertEquals(4, gets("orders"));
        assertTrue(Readings.all(registry).size() >= TierMeters.ALL.size());

        Cache<String, String> again = TieredCacheMetrics.monitor(registry, create("orders"));
        assertEquals(0, gets("orders"));
        again.get("a");
        again.get("a");
        assertEquals(1, gets("orders"));
    }

    @Test
    void neitherMetersNorBinderPreventTheGarbageCollectionOfACache() {
        TieredCacheMetrics.monitor(registry, manager);
        Cache<String, String> cache = create("orders");
        WeakReference<Cache<String, String>> seen = new WeakReference<>(cache);
        WeakReference<TierStatistics> counted = new WeakReference<>(cache.unwrap(TierStatistics.class));
        TieredCacheMetrics binder = new TieredCacheMetrics(cache, Tags.of("node", "one"));
        binder.bindTo(registry);
        Readings.all(registry);
        manager.destroyCache("orders");
        cache = null;
        Crew.until(() -> {
            System.gc();
            return seen.refersTo(null) && counted.refersTo(null);
        });
        Readings.all(registry);
        SimpleMeterRegistry late = new SimpleMeterRegistry();
        binder.bindTo(late);
        assertEquals(0, late.getMeters().size());
    }

    @Test
    void theMetersOfAManagerFollowItsCaches() {
        drive(create("orders"));
        TieredCacheMetrics.monitor(registry, manager, "node", "one");
        assertEquals(Set.of("orders"), caches());
        assertEquals(4, gets("orders"));

        drive(create("customers"));
        assertEquals(2, open());
        assertEquals(Set.of("orders", "customers"), caches());
        assertEquals(4, gets("customers"));

        manager.getCache("orders").close();
        assertEquals(1, open());
        assertEquals(Set.of("customers"), caches());

        // The same name, but another cache.
        manager.destroyCache("customers");
        create("customers");
        assertEquals(1, open());
        assertEquals(0, gets("customers"));

        manager.close();
        assertEquals(0, open());
        assertEquals(Set.of(), names());
    }

    @Test
    void neitherBindingNorReadingOpensACacheOfTheFile(@TempDir Path directory) throws Exception {
        Path file = Files.writeString(
                directory.resolve("shop.conf"), "tiered-jcache.caches { orders { near.maximum-size = 10 } }");
        CacheManager configured =
                provider.getCacheManager(file.toUri(), getClass().getClassLoader(), new Properties());
        TieredCacheMetrics.monitor(registry, configured);
        assertEquals(0, open());
        Cache<String, Integer> orders = configured.getCache("orders", String.class, Integer.class);
        assertEquals(1, open());
        orders.close();
        assertEquals(0, open());
    }

    @Test
    void aManagerThatIsBoundTwiceIsShownOnce() {
        create("orders");
        TieredCacheMetrics binder = new TieredCacheMetrics(manager, Tags.empty());
        binder.bindTo(registry);
        Set<String> once = names();
        binder.bindTo(registry);
        assertEquals(once, names());
        create("customers");
        assertEquals(2, open());
        assertEquals(Set.of("orders", "customers"), caches());
    }

    @Test
    void readingTheGaugeWhileCachesAreBoundDoesNotWait() {
        create("orders");
        AtomicInteger bindings = new AtomicInteger();
        registry.config().onMeterAdded(added -> {
            bindings.incrementAndGet();
            askForCaches();
            Crew.Member<Void> another = Crew.run(this::askForCaches);
            assertDoesNotThrow(another::result);
        });
        TieredCacheMetrics.monitor(registry, manager);
        create("customers");
        assertEquals(2, open());
        assertEquals(Set.of("orders", "customers"), caches());
        assertEquals(2 * TierMeters.ALL.size() + 1, bindings.get());
    }

    @Test
    void aNewManagerReplacesAClosedOneOfTheSameUri() {
        create("orders");
        TieredCacheMetrics.monitor(registry, manager);
        manager.close();
        CacheManager again = newManager();
        again.createCache(
                "orders",
                TieredConfiguration.builder(String.class, String.class).build());
        TieredCacheMetrics.monitor(registry, again);
        assertEquals(1, open());
        assertEquals(Set.of("orders"), caches());
    }

    @Test
    void aManagerThatIsClosedDuringAReadHasNoCaches() {
        TieredCacheManagerMXBean named = (TieredCacheManagerMXBean) Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {TieredCacheManagerMXBean.class},
                (proxy, method, arguments) -> new String[] {"gone"});
        TieredCacheMetrics.monitor(registry, fakeManager(Map.of("unwrap", named)));
        assertEquals(0, open());
        registry.clear();
        TieredCacheMetrics.monitor(registry, fakeManager(Map.of()));
        assertEquals(0, open());
        assertEquals(Set.of(), names());
    }

    @Test
    void aScrapeDetectsCreatedAndClosedCaches() throws Exception {
        PrometheusMeterRegistry prometheus = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        TieredCacheMetrics.monitor(prometheus, manager);
        Crew.together(4, () -> {
            for (int i = 0; i < 20; i++) {
                String name = "cache-" + UUID.randomUUID();
                create(name).get("key");
                prometheus.scrape();
                manager.destroyCache(name);
            }
            return null;
        });
        create("orders");
        prometheus.scrape();
        Set<String> seen = prometheus.getMeters().stream()
                .map(meter -> meter.getId().getTag("cache"))
                .filter(name -> name != null)
                .collect(Collectors.toSet());
        assertEquals(Set.of("orders"), seen);
    }

    @Test
    void metersDoNotCollideWithThoseOfJCacheMetrics() {
        PrometheusMeterRegistry prometheus = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        Cache<String, String> cache = create("orders");
        JCacheMetrics.monitor(prometheus, cache);
        TieredCacheMetrics.monitor(prometheus, manager);
        drive(cache);
        cache.put("x", "1");
        cache.remove("x");
        Map<String, String> lines = prometheus
                .scrape()
                .lines()
                .filter(line -> !line.startsWith("#"))
                .collect(Collectors.toMap(
                        line -> line.substring(0, line.lastIndexOf(' ')),
                        line -> line.substring(line.lastIndexOf(' ') + 1)));
        // JCache's statistics count a lookup that loads as a miss, also if the load fails.
        assertEquals("4.0", lines.get("cache_gets_total{cache=\"orders\",result=\"hit\"}"));
        assertEquals("4.0", lines.get("cache_gets_total{cache=\"orders\",result=\"miss\"}"));
        assertEquals("1.0", lines.get("cache_puts_total{cache=\"orders\"}"));
        assertEquals("1.0", lines.get("cache_removals{cache=\"orders\"}"));
        assertEquals("0.0", lines.get("cache_evictions_total{cache=\"orders\"}"));
        String tags = "cache=\"orders\",cache_manager=\"" + MANAGER + "\"";
        assertEquals("4.0", lines.get("tiered_cache_near_hits_total{" + tags + "}"));
        assertEquals("4.0", lines.get("tiered_cache_remote_misses_total{" + tags + "}"));
        assertEquals("3", lines.get("tiered_cache_source_latency_seconds_count{" + tags + "}"));
        assertEquals("0.0", lines.get("tiered_cache_remote_unavailable{" + tags + "}"));
        assertEquals("0.0", lines.get("tiered_cache_remote_downtime_seconds_total{" + tags + "}"));
        assertEquals("NaN", lines.get("tiered_cache_near_weight_bytes{" + tags + "}"));
        assertTrue(
                lines.keySet().stream().anyMatch(name -> name.startsWith("tiered_cache_coherence_proof_age_seconds")));
    }

    private void drive(Cache<String, String> cache) {
        assertEquals("of a", cache.get("a"));
        assertEquals("of a", cache.get("a"));
        assertEquals(Set.of("a", "b", "c"), cache.getAll(Set.of("a", "b", "c")).keySet());
        assertEquals("of b", cache.get("b"));
        assertEquals("of c", cache.get("c"));
        assertThrows(CacheLoaderException.class, () -> cache.get("fails"));
    }

    private Cache<String, String> create(String name) {
        return manager.createCache(
                name,
                TieredConfiguration.builder(String.class, String.class)
                        .readThrough(Source::new)
                        .statistics(true)
                        .build());
    }

    private CacheManager newManager() {
        Properties properties = new Properties();
        properties.setProperty("tiered-jcache.redis.uri", "");
        return provider.getCacheManager(URI.create(MANAGER), getClass().getClassLoader(), properties);
    }

    /** An open manager without caches; every other method throws, as on a closed manager. */
    private CacheManager fakeManager(Map<String, Object> answers) {
        CacheManager fake = (CacheManager) Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {CacheManager.class},
                (proxy, method, arguments) -> switch (method.getName()) {
                    case "isClosed" -> false;
                    case "getURI" -> URI.create("fake");
                    case "getCache" -> null;
                    default -> {
                        Object answer = answers.get(method.getName());
                        if (answer == null) {
                            throw new IllegalStateException("closed");
                        }
                        yield answer;
                    }
                });
        kept.add(fake);
        return fake;
    }

    private void askForCaches() {
        registry.find("tiered.cache.caches").gauges().forEach(Gauge::value);
    }

    private double open() {
        return registry.get("tiered.cache.caches").gauge().value();
    }

    private double gets(String cache) {
        return registry.get("tiered.cache.near.hits")
                .tag("cache", cache)
                .functionCounter()
                .count();
    }

    private Set<String> names() {
        return registry.getMeters().stream()
                .map(meter -> meter.getId().toString())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private Set<@Nullable String> caches() {
        return registry.find("tiered.cache.loads").meters().stream()
                .map(meter -> meter.getId().getTag("cache"))
                .collect(Collectors.toSet());
    }
}
