package io.github.tieredjcache.faults;

import static io.github.tieredjcache.faults.FaultSite.KEY;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.OutagePolicy;
import io.github.tieredjcache.TieredConfiguration;
import io.github.tieredjcache.TieredSetting;
import io.github.tieredjcache.integration.LogLines;
import io.github.tieredjcache.integration.Node;
import io.github.tieredjcache.jcache.TieredCachingProvider;
import java.lang.management.ManagementFactory;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import javax.cache.Cache;
import javax.cache.CacheManager;
import javax.cache.configuration.MutableConfiguration;
import javax.management.MBeanAttributeInfo;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.junit.jupiter.api.Test;

/** The rows of the matrix about what nobody is to see, and nobody is to decide. */
class SecurityFaultsIT {
    private static final MBeanServer BEANS = ManagementFactory.getPlatformMBeanServer();

    @Test
    @Covers({FaultRow.F103, FaultRow.F106})
    void neitherBeansNorConfigurationNorLogShowValuesOrCredentials() throws Exception {
        // No server listens there, so that there is something to log.
        try (LogLines log = new LogLines();
                Node node = new Node("redis://us3r:s3cret@127.0.0.1:1")) {
            Cache<String, String> cache = node.cache(
                    "guarded",
                    String.class,
                    String.class,
                    settings -> settings.outagePolicy(OutagePolicy.LOCAL)
                            .statistics(true)
                            .management(true));
            cache.put(KEY, "s3cret value");
            assertEquals("s3cret value", cache.get(KEY));
            Set<ObjectName> beans = BEANS.queryNames(new ObjectName("javax.cache:Cache=guarded,*"), null);
            assertEquals(2, beans.size(), beans::toString);
            for (ObjectName bean : beans) {
                for (MBeanAttributeInfo each : BEANS.getMBeanInfo(bean).getAttributes()) {
                    assertHidden(each.getName() + " is " + BEANS.getAttribute(bean, each.getName()));
                }
            }
            assertHidden(cache.toString());
            assertHidden(node.manager().toString());
            assertHidden(configuration(cache).toString());
            assertFalse(log.lines().isEmpty());
            log.lines().forEach(SecurityFaultsIT::assertHidden);
        }
    }

    private static void assertHidden(String text) {
        assertFalse(text.contains("s3cret") || text.contains("us3r"), text);
    }

    @Test
    @Covers(FaultRow.F105)
    void theTextOfASettingIsNeitherSubstitutedNorLoaded() {
        Map<String, String> refused = Map.of(
                "load.threads", "com.example.Evil",
                "outage.policy", "${outage}",
                "codec.allowed", "file:///etc/passwd",
                "near.maximum-size", "${java.specification.version}",
                "redis.uri", "file:///etc/passwd");
        refused.forEach((name, text) -> {
            IllegalArgumentException thrown =
                    assertThrows(IllegalArgumentException.class, () -> namespaceWith(name, text), name);
            assertTrue(String.valueOf(thrown.getMessage()).startsWith(name + " must "), thrown.getMessage());
        });
        assertEquals("${user.home}", namespaceWith("redis.namespace", "${user.home}"));
    }

    /** Returns the namespace that is in force where a manager has this setting, and nothing else says anything of Redis. */
    private static String namespaceWith(String name, String text) {
        Properties properties = new Properties();
        properties.setProperty("tiered-jcache.redis.uri", "");
        properties.setProperty("tiered-jcache." + name, text);
        TieredCachingProvider provider = new TieredCachingProvider();
        try (CacheManager manager = provider.getCacheManager(null, null, properties)) {
            Cache<String, String> cache = manager.createCache(
                    "settings", new MutableConfiguration<String, String>().setTypes(String.class, String.class));
            return configuration(cache).settings().get(TieredSetting.REDIS_NAMESPACE);
        } finally {
            provider.close();
        }
    }

    @SuppressWarnings("unchecked") // JCache takes a raw class where it returns a typed configuration.
    private static TieredConfiguration<String, String> configuration(Cache<String, String> cache) {
        return cache.getConfiguration(TieredConfiguration.class);
    }
}
