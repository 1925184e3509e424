package io.github.tieredjcache.jcache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.faults.Covers;
import io.github.tieredjcache.faults.FaultRow;
import io.github.tieredjcache.integration.LogLines;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import javax.cache.Cache;
import javax.cache.CacheManager;
import javax.cache.configuration.MutableConfiguration;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JmxTest {
    private final MBeanServer server = ManagementFactory.getPlatformMBeanServer();
    private final Set<ObjectName> others = queried();
    private final TieredCachingProvider provider = new TieredCachingProvider();

    @AfterEach
    void close() throws Exception {
        provider.close();
        assertEquals(Set.of(), beans());
        Set<ObjectName> left = queried();
        left.removeAll(others);
        assertEquals(Set.of(), left);
    }

    @Test
    @Covers(FaultRow.F106)
    void aCacheHasExactlyTheTwoBeansOfTheSpecification() throws Exception {
        CacheManager manager = manager("some-manager");
        create(manager, "shop", true, true);
        assertEquals(
                Set.of(
                        "javax.cache:Cache=shop,CacheManager=some-manager,type=CacheConfiguration",
                        "javax.cache:Cache=shop,CacheManager=some-manager,type=CacheStatistics"),
                beans());
        ObjectName configuration =
                new ObjectName("javax.cache:type=CacheConfiguration,CacheManager=some-manager,Cache=shop");
        assertEquals("java.lang.String", server.getAttribute(configuration, "KeyType"));
        assertEquals("java.lang.Integer", server.getAttribute(configuration, "ValueType"));
        assertEquals(true, server.getAttribute(configuration, "StoreByValue"));
        assertEquals(true, server.getAttribute(configuration, "StatisticsEnabled"));
        assertEquals(true, server.getAttribute(configuration, "ManagementEnabled"));
        assertEquals(false, server.getAttribute(configuration, "ReadThrough"));
        assertEquals(false, server.getAttribute(configuration, "WriteThrough"));
    }

    @Test
    void beansAreRegisteredWhileTheirSwitchIsOn() {
        CacheManager manager = manager("some-manager");
        create(manager, "shop", false, false);
        assertEquals(Set.of(), beans());
        manager.enableManagement("shop", true);
        manager.enableManagement("shop", true);
        assertEquals(1, beans().size());
        manager.enableStatistics("shop", true);
        assertEquals(2, beans().size());
        manager.enableManagement("shop", false);
        manager.enableManagement("shop", false);
        assertEquals(1, beans().size());
        manager.enableStatistics("shop", false);
        assertEquals(Set.of(), beans());
        manager.enableStatistics("no such cache", true);
        assertEquals(Set.of(), beans());
    }

    @Test
    void theBeanShowsTheConfigurationInForce() throws Exception {
        CacheManager manager = manager("some-manager");
        create(manager, "shop", false, true);
        ObjectName configuration =
                new ObjectName("javax.cache:type=CacheConfiguration,CacheManager=some-manager,Cache=shop");
        assertEquals(false, server.getAttribute(configuration, "StatisticsEnabled"));
        manager.enableStatistics("shop", true);
        assertEquals(true, server.getAttribute(configuration, "StatisticsEnabled"));
    }

    @ParameterizedTest
    @Covers(FaultRow.F73)
    @ValueSource(strings = {"close", "destroy", "manager", "provider"})
    void closingACacheUnregistersItsBeans(String how) {
        CacheManager manager = manager("some-manager");
        Cache<String, Integer> cache = create(manager, "shop", true, true);
        switch (how) {
            case "close" -> cache.close();
            case "destroy" -> manager.destroyCache("shop");
            case "manager" -> manager.close();
            default -> provider.close();
        }
        assertEquals(Set.of(), beans());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"a*b", "a?b", "a:b", "a\"b", "a b", "a=b", "a,b", "a\nb", "a\rb", "com.shop.*", "", "ä€", "a\\b"
            })
    void everyCacheNameCanBeRegistered(String cacheName) throws Exception {
        CacheManager manager = manager("some-manager");
        create(manager, cacheName, true, true);
        assertEquals(2, beans().size());
        ObjectName name = new ObjectName("javax.cache:type=CacheStatistics,CacheManager=some-manager,Cache="
                + cacheName.replaceAll("[,:=\n\r*?\"]", "."));
        assertFalse(name.isPattern());
        assertTrue(server.isRegistered(name), beans()::toString);
        manager.getCache(cacheName).close();
        assertEquals(Set.of(), beans());
    }

    @Test
    void specialCharactersOfAManagerUriAreReplaced() throws Exception {
        create(manager("redis:x?a=1,2*"), "shop", true, true);
        assertTrue(server.isRegistered(
                new ObjectName("javax.cache:type=CacheStatistics,CacheManager=redis.x.a.1.2.,Cache=shop")));
    }

    /** As of two application contexts in one JVM, and of two applications in one server. */
    @Test
    void aSecondManagerOfTheSameUriHasBeansUnderANumberedName() throws Exception {
        Cache<String, Integer> first = create(manager("some-manager"), "shop", true, true);
        TieredCachingProvider otherProvider = new TieredCachingProvider();
        CacheManager second = otherProvider.getCacheManager(
                URI.create("some-manager"), getClass().getClassLoader(), NearOnly.properties());
        try (LogLines log = new LogLines()) {
            Cache<String, Integer> other = create(second, "shop", true, true);
            create(second, "more", true, false);
            first.put("a", 1);
            other.put("a", 1);
            other.put("b", 2);
            assertEquals(
                    List.of("INFO the cache manager some-manager is named some-manager-2 in JMX, because another cache"
                            + " manager of this JVM has its URI"),
                    log.lines());
        }
        assertEquals(1L, server.getAttribute(statistics("some-manager", "shop"), "CachePuts"));
        assertEquals(2L, server.getAttribute(statistics("some-manager-2", "shop"), "CachePuts"));
        assertTrue(server.isRegistered(statistics("some-manager-2", "more")));
        ObjectName managerBean = new ObjectName("io.github.tieredjcache:type=CacheManager,CacheManager=some-manager-2");
        assertEquals("some-manager", server.getAttribute(managerBean, "Uri"));
        otherProvider.close();
        assertEquals(2, beans().size());
        assertFalse(server.isRegistered(managerBean));
    }

    private static ObjectName statistics(String manager, String cache) throws JMException {
        return new ObjectName("javax.cache:type=CacheStatistics,CacheManager=" + manager + ",Cache=" + cache);
    }

    @Test
    void ofTwoCachesWithOneNameInJmxTheFirstIsShown() {
        CacheManager manager = manager("some-manager");
        create(manager, "a:b", true, false);
        try (LogLines log = new LogLines()) {
            create(manager, "a=b", true, false).close();
            assertEquals(
                    "WARNING the cache 'a=b' is not shown in JMX: a bean named javax.cache:type=CacheStatistics,"
                            + "CacheManager=some-manager,Cache=a.b is already registered; rename the cache",
                    log.lines().get(0));
        }
        assertEquals(1, beans().size());
    }

    @Test
    void aBeanThatOtherCodeUnregisteredDoesNotMatter() throws Exception {
        CacheManager manager = manager("some-manager");
        Cache<String, Integer> cache = create(manager, "shop", true, true);
        server.unregisterMBean(new ObjectName("javax.cache:type=CacheStatistics,CacheManager=some-manager,Cache=shop"));
        cache.close();
        assertTrue(cache.isClosed());
        assertEquals(Set.of(), beans());
    }

    /** 1. A thread finds the cache. 2. Another thread closes the cache. 3. The first thread enables its beans. */
    @Test
    void enablingTheBeansOfAClosedCacheRegistersNone() {
        CacheManager manager = manager("some-manager");
        TieredCache<?, ?> cache = create(manager, "shop", false, false).unwrap(TieredCache.class);
        cache.close();
        try {
            cache.enableStatistics(true);
            cache.enableManagement(true);
        } catch (IllegalStateException e) {
            assertTrue(e.getMessage().contains("closed"));
        }
        assertEquals(Set.of(), beans());
    }

    private CacheManager manager(String uri) {
        return provider.getCacheManager(URI.create(uri), getClass().getClassLoader(), NearOnly.properties());
    }

    private static Cache<String, Integer> create(
            CacheManager manager, String name, boolean statistics, boolean management) {
        return manager.createCache(
                name,
                new MutableConfiguration<String, Integer>()
                        .setTypes(String.class, Integer.class)
                        .setStatisticsEnabled(statistics)
                        .setManagementEnabled(management));
    }

    /** Returns the beans of JCache that this test has registered. */
    private Set<String> beans() {
        return queried().stream()
                .filter(name -> name.getDomain().equals("javax.cache") && !others.contains(name))
                .map(ObjectName::getCanonicalName)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** Returns all beans of caches and managers in this JVM, those of other tests included. */
    private Set<ObjectName> queried() {
        try {
            Set<ObjectName> all = new HashSet<>(server.queryNames(new ObjectName("javax.cache:*"), null));
            all.addAll(server.queryNames(new ObjectName("io.github.tieredjcache:*"), null));
            return all;
        } catch (javax.management.MalformedObjectNameException e) {
            throw new AssertionError(e);
        }
    }
}
