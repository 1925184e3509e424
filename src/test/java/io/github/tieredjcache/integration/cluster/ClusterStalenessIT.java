package io.github.tieredjcache.integration.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.tieredjcache.Crew;
import io.github.tieredjcache.faults.Covers;
import io.github.tieredjcache.faults.FaultRow;
import io.github.tieredjcache.integration.ClusterKeys;
import io.github.tieredjcache.integration.Node;
import io.github.tieredjcache.integration.SpreadCaches;
import io.github.tieredjcache.integration.SpreadCaches.Place;
import io.github.tieredjcache.testkit.RedisCluster;
import io.github.tieredjcache.testkit.RedisServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import javax.cache.Cache;
import javax.cache.CacheException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Reads with near copies and writes on two nodes, on entries of all masters of a Redis Cluster, while slots move and a master is replaced
 * that was killed or hangs: no read is older than the bound, and no reader ever goes back.
 *
 * <p>The values of an entry are ascending numbers from one writer, which notes when each write had returned. A reader that began when a
 * number had been written for longer than the bound must see that number or a later one. The writers pause until the replicas have
 * everything before the master is lost, so that nothing that was acknowledged is lost with it. Slots move for {@code
 * -Dhistory.seconds} (2 by default) before and after it, as {@code -Dhistory.seed} draws, and until each reader and writer has been
 * answered after the failover.
 */
class ClusterStalenessIT {
    private static final Duration BOUND = Duration.ofSeconds(1);
    /** A master that hangs is noticed by it. */
    private static final Duration TIMEOUT = Duration.ofSeconds(1);

    private static final int KEYS = 3;
    private static final int NODES = 2;
    private static final int READERS_A_NODE = 2;
    private static final int VIOLATIONS_MAX = 20;

    private final long seed = Long.getLong("history.seed", System.nanoTime());
    private final long seconds = Long.getLong("history.seconds", 2);
    private final Random random = new Random(seed);
    private final ConcurrentLinkedQueue<String> violations = new ConcurrentLinkedQueue<>();
    private final Map<String, ConcurrentSkipListMap<Long, Long>> returned = new ConcurrentHashMap<>();
    private final AtomicLong reads = new AtomicLong();
    private final AtomicLong writes = new AtomicLong();
    private final AtomicLong worstNanos = new AtomicLong();
    private final ReentrantReadWriteLock writing = new ReentrantReadWriteLock(true);
    private final Set<Thread> answeredAfterTheFailover = ConcurrentHashMap.newKeySet();
    private volatile boolean failedOver;
    private volatile boolean over;

    /** How a master is lost. */
    enum Loss {
        KILLED,
        HANGS
    }

    @ParameterizedTest(
            name =
                    "F40, F42, F44: no read is older than the bound, and no reader goes back, while slots move; a master: {0}")
    @Covers({FaultRow.F40, FaultRow.F42, FaultRow.F44, FaultRow.F89})
    @EnumSource
    void noReadIsOlderThanTheBoundAndNoReaderGoesBack(Loss loss) throws Exception {
        int moves;
        try (RedisCluster redis = RedisCluster.startReplicated(3);
                Node one = new Node(redis.uri());
                Node other = new Node(redis.uri())) {
            SpreadCaches<Long> caches = SpreadCaches.open(
                    redis, "ascending", KEYS, 0L, cache -> List.of(open(one, cache), open(other, cache)));
            List<Crew.Member<Void>> members = new ArrayList<>();
            try {
                start(caches, members);
                Set<Integer> slots = ClusterKeys.slots(redis, "ascending");
                moves = move(redis, redis.masters(), slots);
                Place first = caches.places().get(0);
                RedisServer lost = redis.owner(first.slot());
                List<RedisServer> left = new ArrayList<>(redis.masters());
                left.remove(lost);
                left.add(replace(redis, lost, left, first.slot(), loss));
                failedOver = true;
                if (loss == Loss.HANGS) {
                    // Until then a client that has not noticed the failover may ask it, and it does not know either.
                    Crew.until(() -> answeredAfterTheFailover.size() == members.size());
                    lost.resume();
                    Crew.until(() -> !redis.serves(lost, first.slot()));
                }
                moves += move(redis, left, slots);
                Crew.until(() -> answeredAfterTheFailover.size() == members.size());
            } finally {
                over = true;
            }
            for (Crew.Member<Void> each : members) {
                each.result();
            }
        }
        System.out.printf(
                "staleness on a cluster: seed %d, %d writes, %d reads, %d slots moved, a master %s; worst staleness %d ms of %d%n",
                seed,
                writes.get(),
                reads.get(),
                moves,
                loss,
                TimeUnit.NANOSECONDS.toMillis(worstNanos.get()),
                BOUND.toMillis());
        assertEquals(List.of(), List.copyOf(violations), "seed " + seed);
    }

    private static Cache<String, Long> open(Node node, String cache) {
        return node.cache(
                cache,
                String.class,
                Long.class,
                settings -> settings.stalenessBound(BOUND).commandTimeout(TIMEOUT));
    }

    private void start(SpreadCaches<Long> caches, List<Crew.Member<Void>> members) {
        for (Place each : caches.places()) {
            returned.put(each.key(), new ConcurrentSkipListMap<>());
            Random draws = new Random(random.nextLong());
            members.add(Crew.run(() -> write(caches, each, draws)));
        }
        for (int i = 0; i < NODES * READERS_A_NODE; i++) {
            int node = i % NODES;
            Random draws = new Random(random.nextLong());
            members.add(Crew.run(() -> read(caches, node, draws)));
        }
    }

    private int move(RedisCluster redis, List<RedisServer> masters, Set<Integer> slots) {
        List<Integer> all = List.copyOf(slots);
        long endNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        int moves = 0;
        while (moves == 0 || System.nanoTime() - endNanos < 0) {
            RedisServer to = masters.get(random.nextInt(masters.size()));
            moves += redis.moveAll(Set.of(all.get(random.nextInt(all.size()))), to);
        }
        return moves;
    }

    /** Has a replica take the place of a master, and returns it when the other masters know. */
    private RedisServer replace(RedisCluster redis, RedisServer master, List<RedisServer> others, int slot, Loss loss) {
        RedisServer replica = redis.replicaOf(master);
        writing.writeLock().lock();
        try {
            redis.awaitReplicated(replica);
            redis.letFailOver(master);
            if (loss == Loss.KILLED) {
                master.kill();
            } else {
                master.pause();
            }
        } finally {
            writing.writeLock().unlock();
        }
        Crew.until(() -> redis.serves(replica, slot));
        String id = String.valueOf(replica.command("CLUSTER", "MYID"));
        // A master that takes it for a replica still would move no slot to it.
        Crew.until(() -> others.stream()
                .allMatch(each -> String.valueOf(each.command("CLUSTER", "NODES"))
                        .lines()
                        .anyMatch(line -> line.startsWith(id) && line.contains(" master "))));
        return replica;
    }

    /** Writes ascending numbers to one entry, by the one node or by the other. */
    private void write(SpreadCaches<Long> caches, Place place, Random draws) {
        for (long number = 1; !over; number++) {
            boolean isAfter = failedOver;
            writing.readLock().lock();
            try {
                caches.at(draws.nextInt(NODES), place).put(place.key(), number);
                returned.get(place.key()).put(number, System.nanoTime());
                writes.incrementAndGet();
                answered(isAfter);
            } catch (CacheException e) {
                // Perhaps written, perhaps not: nobody is held to it.
                LockSupport.parkNanos(100_000);
            } finally {
                writing.readLock().unlock();
            }
            LockSupport.parkNanos(TimeUnit.MICROSECONDS.toNanos(draws.nextInt(3_000)));
        }
    }

    private void read(SpreadCaches<Long> caches, int node, Random draws) {
        Map<String, Long> seen = new HashMap<>();
        List<Place> places = caches.places();
        while (!over) {
            Place place = places.get(draws.nextInt(places.size()));
            boolean isAfter = failedOver;
            long beganNanos = System.nanoTime();
            try {
                Long number = caches.at(node, place).get(place.key());
                check(place.key(), number == null ? -1 : number, beganNanos, seen);
                reads.incrementAndGet();
                answered(isAfter);
            } catch (CacheException e) {
                // No answer is no stale answer.
                LockSupport.parkNanos(100_000);
            }
            // Leaves the servers some of the machine.
            LockSupport.parkNanos(20_000);
        }
    }

    private void answered(boolean isAfter) {
        if (isAfter) {
            answeredAfterTheFailover.add(Thread.currentThread());
        }
    }

    private void check(String key, long number, long beganNanos, Map<String, Long> seen) {
        long before = seen.merge(key, number, Math::max);
        if (number < before) {
            violation(key + " went back from " + before + " to " + number);
        }
        var next = returned.get(key).higherEntry(number);
        if (next != null) {
            long staleNanos = beganNanos - next.getValue();
            worstNanos.accumulateAndGet(staleNanos, Math::max);
            if (staleNanos > BOUND.toNanos()) {
                violation(key + " was " + number + " for " + staleNanos + " ns after " + next.getKey());
            }
        }
    }

    private void violation(String description) {
        // The first ones are enough.
        if (violations.size() < VIOLATIONS_MAX) {
            violations.add(description);
        }
    }
}
