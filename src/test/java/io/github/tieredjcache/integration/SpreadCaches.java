package io.github.tieredjcache.integration;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.tieredjcache.testkit.RedisCluster;
import io.github.tieredjcache.testkit.RedisServer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.IntStream;
import javax.cache.Cache;

/**
 * Caches that together have entries on each master of a Redis Cluster: as few as that takes, whether a cache has one slot or many.
 *
 * @param <V> the type of the values; keys are texts
 */
public final class SpreadCaches<V> {
    private static final int CACHES_MAX = 64;

    private final List<List<Cache<String, V>>> caches = new ArrayList<>();
    private final List<Place> places = new ArrayList<>();

    /**
     * An entry, and where it was when the caches were opened.
     *
     * @param cache the number of its cache
     */
    public record Place(int cache, String key, int slot, RedisServer master) {}

    private SpreadCaches() {}

    /**
     * Opens the caches and stores a value for each key.
     *
     * @param name of which the names of the caches and the keys are made; no other cache of this Redis has one that begins so
     * @param keys how many a cache
     * @param open returns the cache of a name at each of the nodes; the first one stores the values
     */
    public static <V> SpreadCaches<V> open(
            RedisCluster redis, String name, int keys, V value, Function<String, List<Cache<String, V>>> open) {
        SpreadCaches<V> spread = new SpreadCaches<>();
        Set<RedisServer> masters = new HashSet<>();
        for (int i = 0; i < CACHES_MAX && masters.size() < redis.masters().size(); i++) {
            int number = i;
            List<String> texts = IntStream.range(0, keys)
                    .mapToObj(key -> name + "." + number + "." + key)
                    .toList();
            List<Cache<String, V>> opened = open.apply(name + "." + number);
            spread.caches.add(opened);
            Map<String, Integer> slots = ClusterKeys.store(redis, opened.get(0), texts, value);
            Map<Integer, RedisServer> owners = redis.owners(slots.values());
            slots.forEach((key, slot) -> spread.places.add(new Place(number, key, slot, owners.get(slot))));
            masters.addAll(owners.values());
        }
        assertEquals(Set.copyOf(redis.masters()), masters, "no entry is on the other masters");
        return spread;
    }

    /** Returns all entries. */
    public List<Place> places() {
        return List.copyOf(places);
    }

    /** Returns the entries that a master has. */
    public List<Place> on(RedisServer master) {
        return places.stream().filter(each -> each.master() == master).toList();
    }

    /** Returns the entries that other masters have. */
    public List<Place> elsewhere(RedisServer master) {
        return places.stream().filter(each -> each.master() != master).toList();
    }

    /** Returns the cache of an entry at a node. */
    public Cache<String, V> at(int node, Place place) {
        return caches.get(place.cache()).get(node);
    }

    /** Returns the caches of a node. */
    public List<Cache<String, V>> at(int node) {
        return caches.stream().map(each -> each.get(node)).toList();
    }
}
