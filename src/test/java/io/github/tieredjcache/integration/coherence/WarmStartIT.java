package io.github.tieredjcache.integration.coherence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.Crew;
import io.github.tieredjcache.TieredSetting;
import io.github.tieredjcache.integration.Node;
import io.github.tieredjcache.testkit.CommandCounts;
import io.github.tieredjcache.testkit.RedisServer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import javax.cache.Cache;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A node that starts has near what others read most. */
class WarmStartIT {
    private static final int HOT = 50;
    /** How many of them are asked for: what others read a moment before may be among the hottest too. */
    private static final int MOST = 35;

    private static final String HOT_KEYS = "tiered-jcache:warm:hot";

    private final RedisServer redis = RedisServer.startLocal();
    private final List<Node> nodes = new ArrayList<>();

    @AfterEach
    void closes() {
        nodes.forEach(Node::close);
        redis.close();
    }

    @Test
    void aStartingNodeHasTheMostReadKeysNearAndNoOthers() {
        try (Node first = new Node(redis)) {
            Cache<String, String> cache = open(first);
            cache.putAll(entries(1_000));
            readHot(cache);
        }
        Cache<String, String> second = open(node());
        // It fills in the background; what it has by then it answers without Redis.
        Crew.until(() -> near(second) >= MOST);
        CommandCounts others = CommandCounts.during(redis, () -> assertEquals("value", second.get("key 999")));
        assertEquals(1, others.of("getrange"), "read once: " + others);
    }

    @Test
    void aNodeWithoutReadsKeepsTheHotKeysOfOthers() {
        try (Node first = new Node(redis)) {
            Cache<String, String> cache = open(first);
            cache.putAll(entries(200));
            readHot(cache);
        }
        long length = redis.number("STRLEN", HOT_KEYS);
        assertTrue(length > HOT, "written down");
        try (Node second = new Node(redis)) {
            open(second).get("key 150");
        }
        long after = redis.number("STRLEN", HOT_KEYS);
        // Its one key is longer than the one that had to go.
        assertTrue(after >= length && after <= length + 2, "as many, and mostly the same: " + after + " of " + length);
    }

    @Test
    void aCopyOfAWarmStartIsInvalidatedLikeAnyOther() {
        try (Node first = new Node(redis)) {
            Cache<String, String> cache = open(first);
            cache.putAll(entries(100));
            readHot(cache);
        }
        Cache<String, String> second = open(node());
        Crew.until(() -> near(second) >= MOST);
        Cache<String, String> third = open(node());
        third.put("key 1", "changed");
        third.remove("key 2");
        second.containsKey("another");
        assertEquals("changed", second.get("key 1"));
        assertNull(second.get("key 2"));
    }

    @Test
    void aDestroyedCacheLeavesNoHotKeysAndDamagedOnesAreIgnored() {
        Node first = node();
        Cache<String, String> cache = open(first);
        cache.putAll(entries(100));
        readHot(cache);
        cache.close();
        assertEquals(1, redis.number("EXISTS", HOT_KEYS));
        redis.command("SETRANGE", HOT_KEYS, "2", "damage");
        Cache<String, String> again = open(first);
        assertEquals("value", again.get("key 1"));
        first.manager().destroyCache("warm");
        assertEquals(0, redis.number("DBSIZE"));
    }

    private Node node() {
        Node node = new Node(redis);
        nodes.add(node);
        return node;
    }

    private static Cache<String, String> open(Node node) {
        return node.cache(
                "warm",
                String.class,
                String.class,
                settings -> settings.warmKeys(HOT)
                        .with(TieredSetting.WARM_INTERVAL, Duration.ofSeconds(1))
                        .statistics(true)
                        .commandTimeout(Duration.ofSeconds(20)));
    }

    private static Map<String, String> entries(int count) {
        Map<String, String> entries = new HashMap<>();
        for (int i = 0; i < count; i++) {
            entries.put("key " + i, "value");
        }
        return entries;
    }

    /** Reads the hot keys until they are written down: of many reads at once, and on a busy machine, most are not remembered. */
    private void readHot(Cache<String, String> cache) {
        Crew.until(() -> {
            for (int i = 0; i < HOT; i++) {
                cache.get("key " + i);
            }
            return writtenDown() >= MOST;
        });
    }

    private long writtenDown() {
        byte[] bytes = redis.bytes("GET".getBytes(StandardCharsets.UTF_8), HOT_KEYS.getBytes(StandardCharsets.UTF_8));
        String text = bytes == null ? "" : new String(bytes, StandardCharsets.ISO_8859_1);
        return IntStream.range(0, HOT)
                .filter(i ->
                        Pattern.compile("key " + i + "(?!\\d)").matcher(text).find())
                .count();
    }

    /** Returns how many of the hot keys are answered near; a look at one that is not asks Redis and fills nothing. */
    private long near(Cache<String, String> cache) {
        CommandCounts counts = CommandCounts.during(redis, () -> {
            for (int i = 0; i < HOT; i++) {
                assertTrue(cache.containsKey("key " + i));
            }
        });
        return HOT - counts.of("getrange");
    }
}
