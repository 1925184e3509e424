package io.github.tieredjcache.integration.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.integration.Node;
import io.github.tieredjcache.testkit.CommandCounts;
import io.github.tieredjcache.testkit.RedisCluster;
import io.github.tieredjcache.testkit.RedisServer;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import javax.cache.Cache;
import javax.cache.integration.CacheLoader;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What operations on a Redis Cluster cost in commands, as all its masters together counted them: on one key the same as on a single
 * Redis, on many keys one look and one change a key.
 *
 * <p>Commands of the connections are left out: {@code time}, {@code touch}, and {@code get}, which asks whether the server still
 * serves a slot.
 */
class ClusterCommandBudgetIT {
    /** Redis before 7.0 does not tell the subcommands of {@code cluster} apart. */
    private static final String[] OF_HEARTBEATS = {
        "time", "get", "touch", "ping", "hello", "cluster", "cluster|nodes", "cluster|info"
    };

    private static final int KEYS = 100;

    private static final RedisServer SINGLE = RedisServer.startLocal();
    private static final RedisCluster CLUSTER = RedisCluster.start(3, 0);
    private static final Site ON_ONE = new Site(SINGLE.uri(), List.of(SINGLE));
    private static final Site ON_MANY = new Site(CLUSTER.uri(), CLUSTER.masters());

    /** A Redis with two nodes. */
    private static final class Site implements AutoCloseable {
        private final List<RedisServer> servers;
        private final Node node;
        private final Node other;
        private final Cache<String, String> cache;
        private final Cache<String, String> elsewhere;
        private final Cache<String, String> loading;

        Site(String uri, List<RedisServer> servers) {
            this.servers = servers;
            node = new Node(uri);
            other = new Node(uri);
            cache = node.strings("budget");
            elsewhere = other.strings("budget");
            loading =
                    node.cache("loading", String.class, String.class, settings -> settings.readThrough(RowOfKey::new));
        }

        /** Sends each script to each server, and learns what is known of the caches as a whole. */
        void warmUp() {
            Map<String, String> many = entries("warm");
            elsewhere.putAll(many);
            cache.getAll(many.keySet());
            many.keySet()
                    .forEach(each -> cache.invoke(each, (entry, arguments) -> {
                        entry.setValue(entry.getValue() + "er");
                        return null;
                    }));
            loading.getAll(many.keySet());
            many.keySet().forEach(each -> loading.get(each + "!"));
            cache.removeAll(many.keySet());
        }

        /** Empties the caches, and asks for each key, so that nothing else is to be asked; a clear would leave work for later. */
        void empty() {
            Set<String> keys = new LinkedHashSet<>(entries("key-").keySet());
            keys.add("key");
            cache.removeAll(keys);
            loading.removeAll(keys);
            for (Cache<String, String> each : List.of(cache, elsewhere, loading)) {
                keys.forEach(each::containsKey);
            }
        }

        CommandCounts during(Runnable operation) {
            return CommandCounts.during(servers, operation).without(OF_HEARTBEATS);
        }

        @Override
        public void close() {
            other.close();
            node.close();
        }
    }

    @BeforeAll
    static void loadsTheScripts() {
        ON_ONE.warmUp();
        ON_MANY.warmUp();
    }

    @BeforeEach
    void empties() {
        ON_ONE.empty();
        ON_MANY.empty();
    }

    @AfterAll
    static void closes() {
        ON_MANY.close();
        ON_ONE.close();
        CLUSTER.close();
        SINGLE.close();
    }

    /** An operation on one key. */
    private record Operation(String name, Consumer<Site> before, Consumer<Site> operation) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Operation> operationsOnOneKey() {
        Consumer<Site> nothing = site -> {};
        Consumer<Site> remote = site -> site.elsewhere.put("key", "old");
        Consumer<Site> near = site -> {
            site.cache.put("key", "old");
            site.cache.get("key");
        };
        return Stream.of(
                new Operation("a near hit", near, site -> assertEquals("old", site.cache.get("key"))),
                new Operation("a remote hit", remote, site -> assertEquals("old", site.cache.get("key"))),
                new Operation("a miss", nothing, site -> site.cache.get("key")),
                new Operation("containsKey", remote, site -> site.cache.containsKey("key")),
                new Operation("a first put", nothing, site -> site.cache.put("key", "new")),
                new Operation("put", remote, site -> site.cache.put("key", "new")),
                new Operation("remove", remote, site -> site.cache.remove("key")),
                new Operation("putIfAbsent that stores", nothing, site -> site.cache.putIfAbsent("key", "new")),
                new Operation("putIfAbsent that does not", remote, site -> site.cache.putIfAbsent("key", "new")),
                new Operation("getAndPut", remote, site -> site.cache.getAndPut("key", "new")),
                new Operation("getAndRemove", remote, site -> site.cache.getAndRemove("key")),
                new Operation("replace", remote, site -> site.cache.replace("key", "new")),
                new Operation("replace of a near copy", near, site -> site.cache.replace("key", "old", "new")),
                new Operation("replace without a copy", remote, site -> site.cache.replace("key", "old", "new")),
                new Operation("remove of a near copy", near, site -> site.cache.remove("key", "old")),
                new Operation(
                        "invoke",
                        remote,
                        site -> site.cache.invoke("key", (entry, arguments) -> {
                            entry.setValue(entry.getValue() + "er");
                            return null;
                        })),
                new Operation("a loaded miss", nothing, site -> site.loading.get("key")));
    }

    @ParameterizedTest
    @MethodSource("operationsOnOneKey")
    void anOperationOnOneKeyCostsTheSameOnAClusterAsOnOneServer(Operation operation) {
        operation.before.accept(ON_ONE);
        operation.before.accept(ON_MANY);
        CommandCounts onOne = ON_ONE.during(() -> operation.operation.accept(ON_ONE));
        CommandCounts onMany = ON_MANY.during(() -> operation.operation.accept(ON_MANY));
        assertEquals(onOne.asMap(), onMany.asMap());
    }

    @Test
    void getAllLooksOnceAtEachKeyThatIsNotNear() {
        Map<String, String> all = entries("key-");
        ON_MANY.elsewhere.putAll(all);
        Set<String> keys = new LinkedHashSet<>(all.keySet());
        // The replies come after the invalidations of the keys, which would cost new copies.
        keys.forEach(ON_MANY.cache::containsKey);
        keys.stream().limit(40).forEach(ON_MANY.cache::get);
        assertLooks(60, 0, ON_MANY.during(() -> assertEquals(all, ON_MANY.cache.getAll(keys))));
        assertEquals(0, ON_MANY.during(() -> ON_MANY.cache.getAll(keys)).total(), "all are near");
    }

    @Test
    void putAllAndRemoveAllLookOnceAtEachKeyAndChangeItOnce() {
        Map<String, String> all = entries("key-");
        CommandCounts put = ON_MANY.during(() -> ON_MANY.cache.putAll(all));
        assertLooks(KEYS, KEYS, put);
        assertEquals(KEYS, put.of("set"));
        CommandCounts removed = ON_MANY.during(() -> ON_MANY.cache.removeAll(all.keySet()));
        assertLooks(KEYS, KEYS, removed);
        assertEquals(KEYS, removed.of("del"));
    }

    @Test
    void aLoadOfManyKeysLooksThreeTimesAtEachKeyAndChangesItTwice() {
        Map<String, String> all = entries("key-");
        CommandCounts loaded = ON_MANY.during(() ->
                assertEquals(all.keySet(), ON_MANY.loading.getAll(all.keySet()).keySet()));
        // The read, the load lease and the fill.
        assertLooks(3 * KEYS, 2 * KEYS, loaded);
        assertEquals(2 * KEYS, loaded.of("set"));
    }

    /** Checks how many keys were looked at; by scripts, of which each is for one key at least. */
    private static void assertLooks(int keys, int changes, CommandCounts counts) {
        assertEquals(keys, counts.of("getrange"), counts::toString);
        assertTrue(counts.of("evalsha") <= keys, counts::toString);
        assertEquals(0, counts.of("eval"), counts::toString);
        assertEquals(changes, counts.of("set") + counts.of("del"), counts::toString);
        long others =
                counts.without("getrange", "evalsha", "set", "del", "exists").total();
        assertEquals(0, others, counts::toString);
    }

    private static Map<String, String> entries(String prefix) {
        Map<String, String> entries = new LinkedHashMap<>();
        for (int i = 0; i < KEYS; i++) {
            entries.put(prefix + i, "value-" + i);
        }
        return entries;
    }

    /** A source in which each key has a row. */
    private static final class RowOfKey implements CacheLoader<String, String> {
        @Override
        public String load(String key) {
            return "row of " + key;
        }

        @Override
        public Map<String, String> loadAll(Iterable<? extends String> keys) {
            Map<String, String> rows = new LinkedHashMap<>();
            keys.forEach(each -> rows.put(each, load(each)));
            return rows;
        }
    }
}
