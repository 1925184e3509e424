package io.github.tieredjcache.spring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.Crew;
import io.github.tieredjcache.testkit.RedisServer;
import java.lang.management.ManagementFactory;
import java.util.Set;
import java.util.stream.Collectors;
import javax.cache.CacheManager;
import javax.management.JMException;
import javax.management.ObjectName;
import org.junit.jupiter.api.Test;

/** A closed context has closed its manager: no thread, connection and MBean is left. */
class ClosedContextIT {
    @Test
    void aClosedContextLeavesNothingBehind() throws Exception {
        Set<ObjectName> beans = beans();
        Set<Thread> threads = threads();
        try (RedisServer redis = RedisServer.startLocal()) {
            CacheManager manager;
            try (ShopNode node = new ShopNode(new Shop(), ShopNode.redis(redis.uri()))) {
                node.shop().find(1);
                node.shop().findReactively(2).block();
                manager = node.bean(CacheManager.class);
                assertTrue(beans().size() > beans.size());
                assertTrue(!threads.containsAll(threads()));
                assertEquals(1, connections(redis));
            }
            assertTrue(manager.isClosed());
            assertEquals(beans, beans());
            Crew.until(() -> threads.containsAll(threads()));
            Crew.until(() -> connections(redis) == 0);
        }
    }

    /** Returns the number of connections, without the one that asks. */
    private static long connections(RedisServer redis) {
        return String.valueOf(redis.command("CLIENT", "LIST")).lines().count() - 1;
    }

    private static Set<Thread> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("tiered-jcache")
                        || thread.getName().startsWith("lettuce"))
                .collect(Collectors.toSet());
    }

    private static Set<ObjectName> beans() throws JMException {
        Set<ObjectName> beans =
                ManagementFactory.getPlatformMBeanServer().queryNames(new ObjectName("io.github.tieredjcache:*"), null);
        beans.addAll(ManagementFactory.getPlatformMBeanServer().queryNames(new ObjectName("javax.cache:*"), null));
        return beans;
    }
}
