package io.github.tieredjcache.integration.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.Crew;
import io.github.tieredjcache.TierStatistics;
import io.github.tieredjcache.TierStatus;
import io.github.tieredjcache.TieredSetting;
import io.github.tieredjcache.faults.Covers;
import io.github.tieredjcache.faults.FaultRow;
import io.github.tieredjcache.integration.LogLines;
import io.github.tieredjcache.integration.Node;
import io.github.tieredjcache.integration.PartitionKeys;
import io.github.tieredjcache.integration.SpreadCaches;
import io.github.tieredjcache.integration.SpreadCaches.Place;
import io.github.tieredjcache.testkit.CommandCounts;
import io.github.tieredjcache.testkit.RedisCluster;
import io.github.tieredjcache.testkit.RedisServer;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import javax.cache.Cache;
import javax.cache.CacheException;
import javax.management.Attribute;
import javax.management.JMException;
import javax.management.MBeanAttributeInfo;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * A Redis Cluster from which a master leaves for good while two nodes read and write: its slots move to the others, all others forget
 * it, and it goes on running by itself.
 */
class ClusterLeaveIT {
    private static final int PARTITIONS = 64;
    private static final int KEYS = 12;
    private static final int THREADS = 4;
    private static final int ENTRIES = 300;
    /** The name of the connections of both nodes. */
    private static final String CLIENTS = "of-both-nodes";

    private final RedisCluster redis = RedisCluster.start(2, 0);
    private final RedisServer leaver = redis.addMaster();
    private final LogLines log = new LogLines();
    private final AtomicBoolean over = new AtomicBoolean();
    /** How often each thread has incremented all of its entries. */
    private final List<AtomicInteger> rounds =
            IntStream.range(0, THREADS).mapToObj(i -> new AtomicInteger()).toList();

    /** The master that will leave gets the hash slots of a third of the partitions. */
    @BeforeEach
    void givesSlots() {
        redis.moveAll(
                IntStream.range(0, PARTITIONS / 3)
                        .mapToObj(i -> PartitionKeys.slot(PartitionKeys.ofPartition(3 * i)))
                        .toList(),
                leaver);
    }

    @AfterEach
    void closes() {
        over.set(true);
        log.close();
        redis.close();
    }

    @Test
    @DisplayName(
            "F40, F90: while a master leaves the cluster, nothing is lost, no read goes back, and no call fails; then nothing is left of it")
    @Covers({FaultRow.F40, FaultRow.F90})
    void nothingIsLostAndNothingIsLeftOfAMasterThatLeaves() throws Exception {
        String seeds = "redis-cluster://127.0.0.1:" + redis.other(leaver).port();
        try (Node one = new Node(seeds);
                Node other = new Node(seeds)) {
            Cache<String, String> still = leavesWhileBothNodesWrite(one, other);
            String address = "127.0.0.1:" + leaver.port();
            for (Node node : List.of(one, other)) {
                for (String each : attributes(node)) {
                    assertFalse(each.contains(address), each);
                }
            }
            int lines = log.lines().size();
            redis.masters().forEach(ClusterLeaveIT::awaitHeartbeats);
            assertEquals(lines, log.lines().size(), () -> String.join("\n", log.lines()));
            leaver.kill();
            redis.masters().forEach(ClusterLeaveIT::awaitHeartbeats);
            assertEquals(entries(), still.getAll(entries().keySet()));
            assertEquals(lines, log.lines().size(), () -> String.join("\n", log.lines()));
        }
    }

    @Test
    @DisplayName(
            "F40, F90: the only server that the URI names leaves the cluster: running nodes go on, a new one says why it cannot")
    @Covers({FaultRow.F40, FaultRow.F90})
    void aNodeGoesOnWithoutTheOnlyServerOfItsUri() throws Exception {
        String seed = "redis-cluster://127.0.0.1:" + leaver.port();
        try (Node one = new Node(seed);
                Node other = new Node(seed)) {
            Cache<String, String> still = leavesWhileBothNodesWrite(one, other);
            assertTrue(refusal(seed).contains("has left it; name nodes of the cluster in redis.uri"), refusal(seed));
            leaver.kill();
            assertTrue(refusal(seed).contains("127.0.0.1:" + leaver.port()), refusal(seed));
            // The next connections need someone who knows the masters.
            redis.masters().forEach(each -> each.command("CLIENT", "KILL", "TYPE", "normal"));
            assertEquals(entries(), still.getAll(entries().keySet()));
            still.putAll(entries());
            redis.masters().forEach(ClusterLeaveIT::awaitHeartbeats);
        }
    }

    /** Lets the master leave, and checks what both nodes read and which connections they have; returns a cache with entries. */
    private Cache<String, String> leavesWhileBothNodesWrite(Node one, Node other) throws Exception {
        Cache<String, String> still = cache(one, "still", String.class);
        Cache<String, String> there = cache(other, "still", String.class);
        still.putAll(entries());
        assertEquals(entries(), there.getAll(entries().keySet()));
        SpreadCaches<Long> caches = SpreadCaches.open(
                redis, "sums", KEYS, 0L, name -> List.of(cache(one, name, Long.class), cache(other, name, Long.class)));
        assertTrue(clients(leaver) > 0);
        List<Crew.Member<Map<Place, Long>>> members = IntStream.range(0, THREADS)
                .mapToObj(thread -> Crew.start(() -> increment(caches, thread)))
                .toList();
        awaitRounds();
        redis.removeMaster(leaver);
        assertEquals(entries(), still.getAll(entries().keySet()));
        assertEquals(entries(), there.getAll(entries().keySet()));
        awaitRounds();
        over.set(true);
        for (Crew.Member<Map<Place, Long>> member : members) {
            member.result().forEach((place, sum) -> {
                Crew.until(() -> Objects.equals(sum, caches.at(0, place).get(place.key())));
                Crew.until(() -> Objects.equals(sum, caches.at(1, place).get(place.key())));
            });
        }
        Crew.until(() -> clients(leaver) == 0, () -> leaver.command("CLIENT", "LIST"));
        redis.masters().forEach(ClusterLeaveIT::awaitHeartbeats);
        for (Cache<String, String> each : List.of(still, there)) {
            Crew.until(
                    () -> each.unwrap(TierStatus.class).isOk(),
                    () -> each.unwrap(TierStatus.class).toString());
            assertEquals(0, each.unwrap(TierStatistics.class).remoteOutages());
            each.getAll(entries().keySet());
            CommandCounts reads = CommandCounts.during(
                    redis.masters(), () -> each.getAll(entries().keySet()));
            assertEquals(0, reads.of("getrange"), "all are near");
        }
        log.lines().forEach(line -> assertTrue(line.startsWith("INFO"), line));
        return still;
    }

    private static <V> Cache<String, V> cache(Node node, String name, Class<V> type) {
        return node.cache(
                name, String.class, type, settings -> settings.statistics(true).with(TieredSetting.NODE_NAME, CLIENTS));
    }

    /** Increments the entries of a thread by both nodes in turn, until it is over, and returns what they are then. */
    private Map<Place, Long> increment(SpreadCaches<Long> caches, int thread) {
        List<Place> places = new ArrayList<>();
        for (int i = thread; i < caches.places().size(); i += THREADS) {
            places.add(caches.places().get(i));
        }
        Map<Place, Long> sums = new TreeMap<>((a, b) -> a.key().compareTo(b.key()));
        for (int node = 0; !over.get(); node = 1 - node) {
            for (Place place : places) {
                Cache<String, Long> cache = caches.at(node, place);
                long sum = cache.invoke(place.key(), (entry, arguments) -> {
                    entry.setValue(entry.getValue() + 1);
                    return entry.getValue();
                });
                assertEquals(sums.getOrDefault(place, 0L) + 1, sum, place::toString);
                assertEquals(sum, cache.get(place.key()), place::toString);
                sums.put(place, sum);
                // It has read the one before itself.
                long atOther = caches.at(1 - node, place).get(place.key());
                assertTrue(sum - 1 <= atOther && atOther <= sum, () -> place + " was " + atOther + " after " + sum);
            }
            rounds.get(thread).incrementAndGet();
        }
        return sums;
    }

    private void awaitRounds() {
        List<Integer> before = rounds.stream().map(AtomicInteger::get).toList();
        Crew.until(() -> IntStream.range(0, THREADS)
                .allMatch(thread -> rounds.get(thread).get() >= before.get(thread) + 2));
    }

    /** Waits until a master has received so many heartbeats as some intervals have. */
    private static void awaitHeartbeats(RedisServer master) {
        long before = CommandCounts.of(master).of("get");
        Crew.until(() -> CommandCounts.of(master).of("get") >= before + 200);
    }

    private static long clients(RedisServer server) {
        return String.valueOf(server.command("CLIENT", "LIST"))
                .lines()
                .filter(each -> each.contains(" name=" + CLIENTS + " "))
                .count();
    }

    /** Returns why a new node cannot use Redis. */
    private static String refusal(String seed) {
        try (Node late = new Node(seed)) {
            Cache<String, String> cache = late.cache(
                    "late",
                    String.class,
                    String.class,
                    settings -> settings.with(TieredSetting.REDIS_CONNECT_TIMEOUT, Duration.ofSeconds(2)));
            return String.valueOf(
                    assertThrows(CacheException.class, () -> cache.get("key")).getMessage());
        }
    }

    private static Map<String, String> entries() {
        Map<String, String> entries = new TreeMap<>();
        for (int i = 0; i < ENTRIES; i++) {
            entries.put("key " + i, "value " + i);
        }
        return entries;
    }

    /** Returns all attributes of all beans of a node, and what it explains of some keys. */
    private static List<String> attributes(Node node) throws JMException {
        MBeanServer beans = ManagementFactory.getPlatformMBeanServer();
        List<String> all = new ArrayList<>();
        for (ObjectName name : beans.queryNames(
                new ObjectName("*:CacheManager=" + node.manager().getURI() + ",*"), null)) {
            MBeanAttributeInfo[] attributes = beans.getMBeanInfo(name).getAttributes();
            String[] names =
                    Arrays.stream(attributes).map(MBeanAttributeInfo::getName).toArray(String[]::new);
            for (Attribute each : beans.getAttributes(name, names).asList()) {
                Object value = each.getValue();
                all.add(name + " " + each.getName() + " "
                        + (value instanceof Object[] array ? Arrays.toString(array) : value));
            }
            if ("still".equals(name.getKeyProperty("Cache")) && "Cache".equals(name.getKeyProperty("type"))) {
                all.add(String.valueOf(
                        beans.invoke(name, "explain", new Object[] {"key 1"}, new String[] {String.class.getName()})));
            }
        }
        assertTrue(all.size() > 100, all::toString);
        return all;
    }
}
