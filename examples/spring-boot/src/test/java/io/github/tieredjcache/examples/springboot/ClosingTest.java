package io.github.tieredjcache.examples.springboot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.management.ManagementFactory;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.cache.CacheManager;
import javax.management.MalformedObjectNameException;
import javax.management.ObjectName;
import org.junit.jupiter.api.Test;

/** A context that is closed leaves nothing of the caches behind. */
class ClosingTest {

    @Test
    void aClosedContextLeavesNoThreadAndNoBeanBehind() throws Exception {
        try (Site site = new Site()) {
            Set<String> threads = threads();
            CacheManager manager;
            try (LocalNode node = new LocalNode(site.database())) {
                node.shop().get("/products/1");
                manager = node.bean(CacheManager.class);
                assertFalse(threads().isEmpty());
                assertTrue(beans().stream().anyMatch(name -> name.contains("products")));
                assertEquals(1, clients(site));
            }
            assertTrue(manager.isClosed());
            assertEquals(Set.of(), beans());
            Patience.await(threads, ClosingTest::threads);
            Patience.await(0L, () -> clients(site));
        }
    }

    private static long clients(Site site) {
        // Without the one that asks.
        return String.valueOf(site.redis().command("CLIENT", "LIST")).lines().count() - 1;
    }

    private static Set<String> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.startsWith("tiered-jcache") || name.startsWith("lettuce"))
                .collect(Collectors.toSet());
    }

    private static Set<String> beans() {
        return Stream.of("javax.cache:*", "io.github.tieredjcache:*")
                .flatMap(
                        pattern -> ManagementFactory.getPlatformMBeanServer().queryNames(named(pattern), null).stream())
                .map(ObjectName::toString)
                .collect(Collectors.toSet());
    }

    private static ObjectName named(String pattern) {
        try {
            return new ObjectName(pattern);
        } catch (MalformedObjectNameException e) {
            throw new IllegalArgumentException(e);
        }
    }
}
