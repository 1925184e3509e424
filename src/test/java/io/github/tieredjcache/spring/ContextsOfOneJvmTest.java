package io.github.tieredjcache.spring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.github.tieredjcache.integration.LogLines;
import java.lang.management.ManagementFactory;
import java.util.List;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.junit.jupiter.api.Test;

/** Two application contexts of one JVM with caches of the same names: JMX shows the statistics of both. */
class ContextsOfOneJvmTest {
    private static final MBeanServer BEANS = ManagementFactory.getPlatformMBeanServer();

    @Test
    void eachContextHasBeansUnderANameOfItsOwn() throws Exception {
        try (LogLines log = new LogLines();
                ShopNode one = new ShopNode(new Shop());
                ShopNode other = new ShopNode(new Shop())) {
            one.shop().find(1);
            other.shop().find(1);
            other.shop().find(1);
            other.shop().page("tea", 1);
            assertEquals(
                    List.of("INFO the cache manager tiered-jcache is named tiered-jcache-2 in JMX, because another"
                            + " cache manager of this JVM has its URI"),
                    log.lines());
            assertEquals(0L, BEANS.getAttribute(statistics("tiered-jcache"), "CacheHits"));
            assertEquals(1L, BEANS.getAttribute(statistics("tiered-jcache-2"), "CacheHits"));
        }
        assertFalse(BEANS.isRegistered(statistics("tiered-jcache")));
        assertFalse(BEANS.isRegistered(statistics("tiered-jcache-2")));
    }

    private static ObjectName statistics(String manager) throws JMException {
        return new ObjectName("javax.cache:type=CacheStatistics,CacheManager=" + manager + ",Cache=products");
    }
}
