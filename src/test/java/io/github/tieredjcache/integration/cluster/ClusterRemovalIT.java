package io.github.tieredjcache.integration.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.Crew;
import io.github.tieredjcache.OutagePolicy;
import io.github.tieredjcache.TierStatistics;
import io.github.tieredjcache.TieredSetting;
import io.github.tieredjcache.faults.Covers;
import io.github.tieredjcache.faults.FaultRow;
import io.github.tieredjcache.integration.Attempt;
import io.github.tieredjcache.integration.Node;
import io.github.tieredjcache.integration.Rows;
import io.github.tieredjcache.integration.SpreadCaches;
import io.github.tieredjcache.integration.SpreadCaches.Place;
import io.github.tieredjcache.testkit.RedisCluster;
import io.github.tieredjcache.testkit.RedisServer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.cache.Cache;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** A Redis Cluster of which masters are dead or frozen while entries are removed by the policy local: none comes back. */
class ClusterRemovalIT {
    private static final int KEYS = 30;
    /** Numbers of nodes: the first one stores the entries. */
    private static final int ONE = 1;

    private static final int OTHER = 2;
    private static final Duration TIMEOUT = Duration.ofSeconds(2);

    private final RedisCluster redis = RedisCluster.startReplicated(3);
    private final Node patient = new Node(redis.uri());
    private final Node one = new Node(redis.uri());
    private final Node other = new Node(redis.uri());
    private final AtomicBoolean over = new AtomicBoolean();

    @AfterEach
    void closes() {
        over.set(true);
        patient.close();
        one.close();
        other.close();
        redis.close();
    }

    @Test
    @DisplayName("F25: what was removed while a master was dead is not there again when its replica has taken over")
    @Covers(FaultRow.F25)
    void entriesRemovedWhileTheMasterIsDeadDoNotComeBack() throws Exception {
        SpreadCaches<String> caches = SpreadCaches.open(
                redis,
                "removed",
                KEYS,
                "value",
                cache -> List.of(
                        patient.strings(cache),
                        local(one, cache, TIMEOUT, false),
                        local(other, cache, TIMEOUT, false)));
        for (Place each : caches.places()) {
            Crew.until(() -> isThere(caches.at(ONE, each), each) && isThere(caches.at(OTHER, each), each));
        }
        redis.replicas().forEach(redis::awaitReplicated);
        Place first = caches.places().get(0);
        RedisServer killed = first.master();
        Queue<Place> removed = new ConcurrentLinkedQueue<>();
        redis.letFailOver(killed);
        killed.kill();
        Crew.Member<Void> reader = Crew.run(() -> {
            while (!over.get()) {
                removed.forEach(each -> assertNull(caches.at(ONE, each).get(each.key())));
            }
        });
        remove(caches, caches.places().stream().filter(each -> index(each) % 6 == 0), removed);
        Crew.until(() -> tiers(caches.at(ONE, first)).isRemoteUnavailable());
        remove(caches, caches.places().stream().filter(each -> index(each) % 6 == 1), removed);
        removeTogether(caches, caches.places().stream().filter(each -> index(each) % 6 == 2), removed);
        assertFalse(removed.isEmpty());
        redis.awaitFailover(first.slot());
        remove(caches, caches.places().stream().filter(each -> index(each) % 6 == 3), removed);
        Stream.of(ONE, OTHER)
                .flatMap(node -> caches.at(node).stream())
                .forEach(each -> Crew.until(() -> isSettled(each)));
        over.set(true);
        reader.result();

        for (Place each : removed) {
            Crew.until(() -> caches.at(OTHER, each).get(each.key()) == null);
        }
        try (Node late = new Node(redis.uri())) {
            List<Cache<String, String>> fresh = caches.at(ONE).stream()
                    .map(each -> late.strings(each.getName()))
                    .toList();
            for (Place each : caches.places()) {
                String expected = removed.contains(each) ? null : "value";
                assertEquals(expected, fresh.get(each.cache()).get(each.key()), each::toString);
                assertEquals(expected, caches.at(ONE, each).get(each.key()), each::toString);
            }
        }
    }

    @Test
    @DisplayName("F43: with failover-repair a removal that the replica has missed is not undone, on no node")
    @Covers(FaultRow.F43)
    void removalsThatTheReplicaHasMissedDoNotComeBack() throws Exception {
        SpreadCaches<String> caches = SpreadCaches.open(
                redis,
                "repaired",
                KEYS,
                "value",
                cache -> List.of(
                        repaired(patient, cache),
                        local(one, cache, Node.PATIENCE, true),
                        local(other, cache, Node.PATIENCE, true)));
        SpreadCaches<String> plain =
                SpreadCaches.open(redis, "plain", KEYS, "value", cache -> List.of(patient.strings(cache)));
        RedisServer killed = caches.places().get(0).master();
        RedisServer replica = redis.replicaOf(killed);
        redis.awaitReplicated(replica);
        redis.letFailOver(killed);
        replica.pause();
        // What the master sends from here on does not arrive.
        killed.command("CLIENT", "KILL", "TYPE", "replica");
        for (Place each : caches.on(killed)) {
            assertTrue(caches.at(ONE, each).remove(each.key()));
            Crew.until(() -> caches.at(OTHER, each).get(each.key()) == null);
        }
        plain.on(killed).forEach(each -> assertTrue(plain.at(0, each).remove(each.key())));
        caches.at(ONE).forEach(each -> assertTrue(isSettled(each), "Redis has removed them"));
        killed.kill();
        List<Crew.Member<Void>> readers = Stream.of(ONE, OTHER)
                .map(node -> Crew.run(() -> {
                    while (!over.get()) {
                        caches.on(killed)
                                .forEach(
                                        each -> assertNull(caches.at(node, each).get(each.key())));
                    }
                }))
                .toList();
        replica.resume();
        redis.awaitFailover(caches.places().get(0).slot());
        // By the policy fail it comes from Redis.
        Place lost = plain.on(killed).get(0);
        Crew.until(() -> Attempt.succeeds(() -> plain.at(0, lost).get(lost.key())));
        assertEquals("value", plain.at(0, lost).get(lost.key()), "or no removal was lost, and nothing is tested");
        Stream.of(ONE, OTHER)
                .flatMap(node -> caches.at(node).stream())
                .forEach(each -> Crew.until(() -> isSettled(each)));
        over.set(true);
        for (Crew.Member<Void> each : readers) {
            each.result();
        }
        for (Place each : caches.on(killed)) {
            assertNull(caches.at(ONE, each).get(each.key()));
            assertNull(caches.at(OTHER, each).get(each.key()));
        }
    }

    @Test
    @DisplayName("A removal of all entries while all masters are frozen removes those that are known from the source")
    void aRemovalOfAllReachesTheSourceForTheKnownEntriesOfAllPartitions() {
        Rows rows = new Rows();
        SpreadCaches<String> caches =
                SpreadCaches.open(redis, "all", KEYS, "value", cache -> List.of(through(rows, one, cache)));
        Crew.until(() -> caches.places().stream().allMatch(each -> isThere(caches.at(0, each), each))
                && caches.at(0).stream().allMatch(ClusterRemovalIT::isSettled));
        redis.masters().forEach(RedisServer::pause);
        try {
            caches.at(0).forEach(each -> Crew.until(() -> tiers(each).isRemoteUnavailable()));
            caches.at(0).forEach(Cache::removeAll);
            assertEquals(Map.of(), rows.all);
        } finally {
            redis.masters().forEach(RedisServer::resume);
        }
        caches.at(0).forEach(each -> Crew.until(() -> isSettled(each)));
        caches.places().forEach(each -> assertNull(caches.at(0, each).get(each.key()), each::toString));
    }

    private static int index(Place place) {
        return Integer.parseInt(place.key().substring(place.key().lastIndexOf('.') + 1));
    }

    private static void remove(SpreadCaches<String> caches, Stream<Place> places, Queue<Place> removed) {
        places.forEach(each -> {
            caches.at(ONE, each).remove(each.key());
            removed.add(each);
        });
    }

    private static void removeTogether(SpreadCaches<String> caches, Stream<Place> places, Queue<Place> removed) {
        places.collect(Collectors.groupingBy(each -> caches.at(ONE, each))).forEach((cache, together) -> {
            Set<String> keys = together.stream().map(Place::key).collect(Collectors.toSet());
            cache.removeAll(keys);
            removed.addAll(together);
        });
    }

    private static boolean isThere(Cache<String, String> cache, Place place) {
        return "value".equals(cache.get(place.key()));
    }

    private static Cache<String, String> repaired(Node node, String name) {
        return node.cache(
                name,
                String.class,
                String.class,
                settings -> settings.with(TieredSetting.OUTAGE_FAILOVER_REPAIR, true));
    }

    private static Cache<String, String> local(Node node, String name, Duration commandTimeout, boolean repair) {
        return node.cache(
                name,
                String.class,
                String.class,
                settings -> settings.outagePolicy(OutagePolicy.LOCAL)
                        .commandTimeout(commandTimeout)
                        .with(TieredSetting.OUTAGE_FAILOVER_REPAIR, repair));
    }

    private static Cache<String, String> through(Rows rows, Node node, String name) {
        return node.cache(
                name,
                String.class,
                String.class,
                settings -> settings.readThrough(() -> rows)
                        .writeThrough(() -> rows)
                        .outagePolicy(OutagePolicy.LOCAL)
                        .commandTimeout(TIMEOUT));
    }

    private static boolean isSettled(Cache<?, ?> cache) {
        return !tiers(cache).isRemoteUnavailable() && tiers(cache).journaledKeys() == 0;
    }

    private static TierStatistics tiers(Cache<?, ?> cache) {
        return cache.unwrap(TierStatistics.class);
    }
}
