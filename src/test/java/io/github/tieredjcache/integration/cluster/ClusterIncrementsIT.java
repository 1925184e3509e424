package io.github.tieredjcache.integration.cluster;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.Crew;
import io.github.tieredjcache.OutcomeUnknownException;
import io.github.tieredjcache.RemoteUnavailableException;
import io.github.tieredjcache.faults.Covers;
import io.github.tieredjcache.faults.FaultRow;
import io.github.tieredjcache.integration.ClusterKeys;
import io.github.tieredjcache.integration.Node;
import io.github.tieredjcache.integration.SpreadCaches;
import io.github.tieredjcache.integration.SpreadCaches.Place;
import io.github.tieredjcache.testkit.RedisCluster;
import io.github.tieredjcache.testkit.RedisServer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * Increments by entry processors of two nodes, on entries of all masters, while slots move from master to master: none is lost or made
 * twice.
 *
 * <p>Runs for {@code -Dhistory.seconds} (3 by default) or until {@value #MOVES_MAX} slots have moved, and until each entry was
 * incremented and its slot has moved.
 */
class ClusterIncrementsIT {
    private static final int KEYS = 20;
    private static final int THREADS_A_NODE = 4;
    private static final int MOVES_MAX = 1_500;
    private static final int SLOTS = 16_384;
    /** How many slots move one after another to one master. */
    private static final int MOVES_AT_ONCE = 12;

    private final Random random = new Random(Long.getLong("history.seed", System.nanoTime()));
    private final long seconds = Long.getLong("history.seconds", 3);
    private final AtomicBoolean over = new AtomicBoolean();
    private final Map<String, Count> counts = new HashMap<>();

    @Test
    @DisplayName("F40, F90: increments of entries of all masters are exact while many slots migrate")
    @Covers({FaultRow.F40, FaultRow.F90})
    void incrementsAreExactWhileSlotsMove() throws Exception {
        try (RedisCluster redis = RedisCluster.start(3, 0);
                Node one = new Node(redis.uri());
                Node other = new Node(redis.uri())) {
            SpreadCaches<Long> caches = SpreadCaches.open(
                    redis,
                    "sums",
                    KEYS,
                    0L,
                    cache -> List.of(
                            one.cache(cache, String.class, Long.class, settings -> settings),
                            other.cache(cache, String.class, Long.class, settings -> settings)));
            caches.places().forEach(each -> counts.put(each.key(), new Count()));
            List<Crew.Member<Void>> incrementing = new ArrayList<>();
            for (int i = 0; i < 2 * THREADS_A_NODE; i++) {
                int node = i % 2;
                Random draws = new Random(random.nextLong());
                incrementing.add(Crew.run(() -> increment(caches, node, draws)));
            }
            int moves;
            try {
                moves = Crew.start(() -> move(redis, caches)).result();
                Crew.until(() -> neverIncremented().isEmpty(), () -> "no increment of " + neverIncremented());
            } finally {
                over.set(true);
            }
            for (Crew.Member<Void> each : incrementing) {
                each.result();
            }
            System.out.printf(
                    "increments: %d, %d of unknown outcome, on %d entries in %d caches, while %d slots moved%n",
                    sum(caches, count -> count.made),
                    sum(caches, count -> count.unknown),
                    caches.places().size(),
                    caches.at(0).size(),
                    moves);
            caches.places().forEach(each -> check(caches, each));
        }
    }

    private int move(RedisCluster redis, SpreadCaches<Long> caches) {
        long endNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        Set<Integer> used = ClusterKeys.slots(redis, "sums");
        Set<Integer> unmoved = new HashSet<>();
        caches.places().forEach(each -> unmoved.add(each.slot()));
        int moves = 0;
        while (!unmoved.isEmpty() || (moves < MOVES_MAX && System.nanoTime() - endNanos < 0)) {
            RedisServer to = redis.masters().get(random.nextInt(redis.masters().size()));
            Set<Integer> next = drawn(unmoved.isEmpty() ? used : unmoved);
            Map<Integer, RedisServer> owners = redis.owners(next);
            moves += redis.moveAll(next, to);
            unmoved.removeIf(each -> next.contains(each) && owners.get(each) != to);
        }
        return moves;
    }

    /** Draws some slots with entries of the caches, and some others. */
    private Set<Integer> drawn(Set<Integer> used) {
        List<Integer> left = new ArrayList<>(used);
        Set<Integer> drawn = new HashSet<>();
        while (drawn.size() < MOVES_AT_ONCE && !left.isEmpty()) {
            drawn.add(left.remove(random.nextInt(left.size())));
        }
        while (drawn.size() < MOVES_AT_ONCE) {
            drawn.add(random.nextInt(SLOTS));
        }
        return drawn;
    }

    /** Returns the entries that were not incremented yet, each with what became of the attempts. */
    private Map<String, Count> neverIncremented() {
        Map<String, Count> never = new TreeMap<>(counts);
        never.values().removeIf(each -> each.made.get() > 0);
        return never;
    }

    private void increment(SpreadCaches<Long> caches, int node, Random draws) {
        List<Place> places = caches.places();
        while (!over.get()) {
            Place place = places.get(draws.nextInt(places.size()));
            Count count = counts.get(place.key());
            try {
                caches.at(node, place).invoke(place.key(), (entry, arguments) -> {
                    entry.setValue(entry.getValue() + 1);
                    return null;
                });
                count.made.incrementAndGet();
            } catch (OutcomeUnknownException e) {
                count.unknown.incrementAndGet();
            } catch (RemoteUnavailableException e) {
                // Nothing was changed.
                count.refused.incrementAndGet();
            }
        }
    }

    private void check(SpreadCaches<Long> caches, Place place) {
        Count count = counts.get(place.key());
        long sum = caches.at(0, place).get(place.key());
        long made = count.made.get();
        assertTrue(
                made <= sum && sum <= made + count.unknown.get(),
                () -> place.key() + " is " + sum + " after " + made + " increments, and " + count.unknown
                        + " of unknown outcome");
        Crew.until(() -> caches.at(1, place).get(place.key()) == sum);
    }

    private long sum(SpreadCaches<Long> caches, Function<Count, AtomicLong> of) {
        return caches.places().stream()
                .mapToLong(each -> of.apply(counts.get(each.key())).get())
                .sum();
    }

    /** How many increments of an entry were made, and of how many nobody knows. */
    private static final class Count {
        private final AtomicLong made = new AtomicLong();
        private final AtomicLong unknown = new AtomicLong();
        private final AtomicLong refused = new AtomicLong();

        @Override
        public String toString() {
            return made + " made, " + unknown + " of unknown outcome, " + refused + " refused";
        }
    }
}
