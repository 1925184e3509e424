package io.github.tieredjcache.integration.cluster;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.Crew;
import io.github.tieredjcache.TieredSetting;
import io.github.tieredjcache.integration.Node;
import io.github.tieredjcache.integration.PartitionKeys;
import io.github.tieredjcache.management.TieredCacheMXBean;
import io.github.tieredjcache.testkit.CommandCounts;
import io.github.tieredjcache.testkit.RedisCluster;
import io.github.tieredjcache.testkit.RedisServer;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import javax.cache.Cache;
import javax.management.JMX;
import javax.management.MalformedObjectNameException;
import javax.management.ObjectName;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What an operator sees and does of one cache is about all of its partitions, and so is what a starting node reads. */
class ClusterManagementIT {
    private static final int ENTRIES = 600;
    private static final int HOT = 60;
    /** How many of them are asked for: what others read a moment before may be among the hottest too. */
    private static final int MOST = 40;

    private static final int CACHES = 200;
    /** Of one manager and for its connections to Redis, with room for some that are about to end: far less than one a cache. */
    private static final int THREADS_MAX = 20 + Math.max(4, Runtime.getRuntime().availableProcessors());

    private static RedisCluster redis;

    private final Node one = new Node(redis.uri());
    private final Node other = new Node(redis.uri());

    @BeforeAll
    static void starts() {
        redis = RedisCluster.start(3, 0);
    }

    @AfterEach
    void closes() {
        one.close();
        other.close();
    }

    @AfterAll
    static void ends() {
        redis.close();
    }

    @Test
    void entriesOfAllMastersAreCountedExplainedAndInvalidated() throws Exception {
        Cache<String, String> cache = one.cache("managed", String.class, String.class, each -> each.statistics(true));
        cache.putAll(entries());
        TieredCacheMXBean bean = bean(cache);
        assertEquals("about " + ENTRIES, bean.countRemoteKeys(1_000_000));
        assertEquals("at least 10", bean.countRemoteKeys(10));
        for (RedisServer master : redis.masters()) {
            String key = PartitionKeys.on(redis, master);
            cache.put(key, "value");
            assertEquals("present", bean.explain(key).getNear());
            assertEquals("present", bean.explain(key).getRemote());
            assertEquals(1, master.number("EXISTS", bean.explain(key).getRedisKey()));
            assertEquals("'" + key + "' was removed from the near tier and Redis", bean.invalidate(key));
            assertEquals("absent", bean.explain(key).getRemote());
        }
    }

    @Test
    void aStartingNodeHasTheMostReadKeysOfAllMastersNear() throws Exception {
        Cache<String, String> cache = warm(one);
        cache.putAll(entries());
        List<String> hot =
                IntStream.range(0, HOT).mapToObj(each -> "key " + each).toList();
        TieredCacheMXBean bean = bean(cache);
        Crew.until(() -> {
            hot.forEach(cache::get);
            return hot.containsAll(List.of(bean.hottestKeys(5))) && bean.hottestKeys(5).length == 5;
        });
        Set<RedisServer> owners =
                new HashSet<>(redis.owners(hot.stream().map(PartitionKeys::slot).collect(Collectors.toSet()))
                        .values());
        assertEquals(Set.copyOf(redis.masters()), owners, "hot keys are on all masters");
        // Until they are written down: of many reads at once, and on a busy machine, most are not remembered.
        Crew.until(() -> {
            hot.forEach(cache::get);
            return writtenDown(hot) >= MOST;
        });
        Cache<String, String> second = warm(other);
        Crew.until(
                () -> near(second, hot) >= MOST,
                () -> near(second, hot) + " are near, " + bean(second).warm());
    }

    @Test
    void copiesOfOtherPartitionsStayWhileASlotMoves() {
        Cache<String, String> cache = one.strings("moved");
        Map<String, String> entries = new TreeMap<>();
        for (RedisServer master : redis.masters()) {
            entries.put(PartitionKeys.on(redis, master), "value");
        }
        List<String> keys = List.copyOf(entries.keySet());
        cache.putAll(entries);
        keys.forEach(each -> assertEquals("value", cache.get(each)));
        int slot = PartitionKeys.slot(keys.get(0));
        redis.move(slot, redis.other(redis.owner(slot)));
        Crew.until(() -> "value".equals(cache.get(keys.get(0))));
        CommandCounts reads = CommandCounts.during(
                redis.masters(), () -> keys.subList(1, keys.size()).forEach(each -> assertNotNull(cache.get(each))));
        assertEquals(0, reads.of("getrange"), reads::toString);
    }

    @Test
    void twoHundredCachesShareTwoConnectionsToEachMasterAndTheThreadsOfOne() {
        long threads = threads();
        for (int i = 0; i < CACHES; i++) {
            Cache<String, String> cache = one.cache(
                    "one of many " + i, String.class, String.class, each -> each.with(TieredSetting.NODE_NAME, "many"));
            cache.put("k", "value " + i);
            assertEquals("value " + i, cache.get("k"));
        }
        assertTrue(threads() - threads <= THREADS_MAX, () -> threads() + " threads after " + threads);
        for (RedisServer each : redis.masters()) {
            // Those that have asked for the masters close theirs at once.
            Crew.until(() -> clients(each) > 0 && clients(each) <= 2, () -> each.command("CLIENT", "LIST"));
        }
    }

    private static long threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(each -> each.getName().startsWith("tiered-jcache"))
                .count();
    }

    private static long clients(RedisServer server) {
        return server.command("CLIENT", "LIST")
                .lines()
                .filter(each -> each.contains(" name=many "))
                .count();
    }

    private static Cache<String, String> warm(Node node) {
        return node.cache(
                "warm",
                String.class,
                String.class,
                settings -> settings.warmKeys(HOT)
                        .with(TieredSetting.WARM_INTERVAL, Duration.ofSeconds(1))
                        .statistics(true));
    }

    private static Map<String, String> entries() {
        Map<String, String> entries = new TreeMap<>();
        for (int i = 0; i < ENTRIES; i++) {
            entries.put("key " + i, "value");
        }
        return entries;
    }

    /** Returns how many of the keys are in the list of the hot keys, which one of the masters has. */
    private static long writtenDown(List<String> keys) {
        String text = redis.masters().stream()
                .flatMap(master -> master.list("KEYS", "*warm:hot").stream()
                        .map(each -> master.bytes("GET".getBytes(UTF_8), each.getBytes(UTF_8))))
                .map(each -> new String(each, ISO_8859_1))
                .collect(Collectors.joining());
        return keys.stream()
                .filter(each -> Pattern.compile(each + "(?!\\d)").matcher(text).find())
                .count();
    }

    /** Returns how many of the keys are answered near; a look at one that is not asks Redis and fills nothing. */
    private static long near(Cache<String, String> cache, List<String> keys) {
        CommandCounts counts =
                CommandCounts.during(redis.masters(), () -> keys.forEach(each -> assertTrue(cache.containsKey(each))));
        return keys.size() - counts.of("getrange");
    }

    private static TieredCacheMXBean bean(Cache<?, ?> cache) {
        try {
            return JMX.newMXBeanProxy(
                    ManagementFactory.getPlatformMBeanServer(),
                    new ObjectName("io.github.tieredjcache:type=Cache,CacheManager="
                            + cache.getCacheManager().getURI() + ",Cache=" + cache.getName()),
                    TieredCacheMXBean.class);
        } catch (MalformedObjectNameException e) {
            throw new AssertionError(e);
        }
    }
}
