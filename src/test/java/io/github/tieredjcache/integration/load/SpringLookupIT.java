package io.github.tieredjcache.integration.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import io.github.tieredjcache.CopiedJars;
import io.github.tieredjcache.Crew;
import io.github.tieredjcache.TierStatistics;
import io.github.tieredjcache.integration.Node;
import io.github.tieredjcache.testkit.RedisServer;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import javax.cache.Cache;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What {@code @Cacheable(sync = true)} does, by Spring's own classes: an entry processor that looks, and loads what is not there. With an
 * entry it is a lookup like any other; without one it runs once in the cluster.
 */
class SpringLookupIT {
    private static final int CALLERS = 20;

    private final RedisServer redis = RedisServer.startLocal();
    private final Node node = new Node(redis);
    private final Node other = new Node(redis);

    @AfterEach
    void closes() {
        node.close();
        other.close();
        redis.close();
    }

    /** Spring's view of a cache, of one version of Spring. */
    private record SpringCache(Object cache, Method get) {
        static SpringCache of(Cache<Object, Object> cache, String version) throws Exception {
            Class<?> type = CopiedJars.loader("spring", "*-" + version + ".jar")
                    .loadClass("org.springframework.cache.jcache.JCacheCache");
            return new SpringCache(
                    type.getConstructor(Cache.class).newInstance(cache),
                    type.getMethod("get", Object.class, Callable.class));
        }

        Object get(Object key, Callable<?> loader) {
            try {
                return get.invoke(cache, key, loader);
            } catch (ReflectiveOperationException e) {
                throw new LinkageError("Spring is not as it was", e);
            }
        }
    }

    private static Cache<Object, Object> cache(Node of) {
        return of.cache("lookups", Object.class, Object.class, settings -> settings.statistics(true));
    }

    @ParameterizedTest
    @ValueSource(strings = {"6.2.19", "7.0.10"})
    void aLookupOfANearEntryIsANearHit(String version) throws Exception {
        Cache<Object, Object> here = cache(node);
        Cache<Object, Object> there = cache(other);
        here.put("key", "value");
        SpringCache spring = SpringCache.of(there, version);
        assertEquals("value", spring.get("key", () -> "another"));
        assertEquals("value", spring.get("key", () -> "another"));
        assertEquals("value", spring.get("key", () -> "another"));
        TierStatistics statistics = there.unwrap(TierStatistics.class);
        assertEquals(1, statistics.remoteHits());
        assertEquals(2, statistics.nearHits());
        assertEquals(0, statistics.remoteMisses());
        // 1. Another node changes the key. 2. The copy ends like any other.
        here.put("key", "new");
        Crew.until(() -> "new".equals(spring.get("key", () -> "another")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"6.2.19", "7.0.10"})
    void aLookupOfAnAbsentKeyLoadsOnceOnAllNodes(String version) throws Exception {
        List<SpringCache> springs =
                List.of(SpringCache.of(cache(node), version), SpringCache.of(cache(other), version));
        AtomicInteger loads = new AtomicInteger();
        CyclicBarrier start = new CyclicBarrier(CALLERS);
        ExecutorService callers = Executors.newFixedThreadPool(CALLERS);
        try {
            List<Future<Object>> answers = new ArrayList<>();
            for (int i = 0; i < CALLERS; i++) {
                SpringCache spring = springs.get(i % 2);
                answers.add(callers.submit(() -> {
                    start.await();
                    return spring.get("key", () -> "load " + loads.incrementAndGet());
                }));
            }
            for (Future<Object> answer : answers) {
                assertEquals("load 1", answer.get());
            }
        } finally {
            callers.shutdownNow();
        }
        assertEquals(1, loads.get());
    }

    @ParameterizedTest
    @ValueSource(strings = {"6.2.19", "7.0.10"})
    void aMissIsCountedOnce(String version) throws Exception {
        Cache<Object, Object> here = cache(node);
        assertNotNull(SpringCache.of(here, version).get("key", () -> "value"));
        TierStatistics statistics = here.unwrap(TierStatistics.class);
        assertEquals(1, statistics.remoteMisses());
        assertEquals(0, statistics.remoteHits() + statistics.nearHits());
    }
}
