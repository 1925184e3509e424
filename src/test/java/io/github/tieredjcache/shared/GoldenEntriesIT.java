package io.github.tieredjcache.shared;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.TierStatistics;
import io.github.tieredjcache.integration.EntryKeys;
import io.github.tieredjcache.integration.Node;
import io.github.tieredjcache.internal.codec.GoldenFile;
import io.github.tieredjcache.testkit.RedisServer;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import javax.cache.Cache;
import javax.cache.expiry.CreatedExpiryPolicy;
import javax.cache.expiry.Duration;
import javax.cache.integration.CacheLoader;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Whole entries that earlier versions left in Redis, under their keys, are read: head, leases and values. */
class GoldenEntriesIT {
    private static final String CACHE = "golden";
    private static final Duration LONG = new Duration(TimeUnit.DAYS, 50 * 365);
    private static final String EPOCH = "epoch";
    /** Where what differs from one write to the next begins. */
    private static final int VERSION_AT = 4;

    private final RedisServer redis = RedisServer.start();
    private final Node node = new Node(redis);

    /** A value of a class of these tests; its fields never change. */
    record Line(String name, int count, List<String> tags) {}

    private static Map<String, Object> values() {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("text", "value");
        values.put("record", new Line("pen", 3, List.of("a", "b")));
        values.put("leased", "old");
        return values;
    }

    @AfterEach
    void closes() {
        node.close();
        redis.close();
    }

    private byte[] raw(String key) {
        byte[] bytes = redis.bytes("GET".getBytes(UTF_8), key.getBytes(UTF_8));
        assertNotNull(bytes, key);
        return bytes;
    }

    private void set(String key, byte[] bytes) {
        redis.bytes("SET".getBytes(UTF_8), key.getBytes(UTF_8), bytes);
    }

    private byte[] rawEntry(String cache, String key) {
        return raw(EntryKeys.redisKey(redis, cache, key));
    }

    private Cache<String, Object> cache(String name) {
        return node.cache(
                name,
                String.class,
                Object.class,
                settings -> settings.allowedClasses(Line.class.getName()).expiry(CreatedExpiryPolicy.factoryOf(LONG)));
    }

    /** All forms that an entry has in Redis: a value, one under a write lease, and the place of one that is loaded. */
    private Map<String, byte[]> written() {
        Map<String, byte[]> written = new LinkedHashMap<>();
        Cache<String, Object> cache = cache(CACHE);
        values().forEach(cache::put);
        written.put(EPOCH, raw(EntryKeys.epochKey(CACHE)));
        values().keySet().forEach(key -> written.put(key, rawEntry(CACHE, key)));
        cache.invoke("leased", (entry, arguments) -> {
            entry.getValue();
            written.put("leased", rawEntry(CACHE, "leased"));
            return null;
        });
        return written;
    }

    private byte[] placeholder() {
        String name = CACHE + ".loaded";
        AtomicReference<byte[]> seen = new AtomicReference<>();
        Cache<String, Object> cache = node.cache(
                name, String.class, Object.class, settings -> settings.readThrough(() -> new Looking(name, seen)));
        assertEquals("loaded", cache.get("placeholder"));
        return seen.get();
    }

    /** A source that looks at what stands in Redis while it loads. */
    private final class Looking implements CacheLoader<String, Object> {
        private final String name;
        private final AtomicReference<byte[]> seen;

        Looking(String name, AtomicReference<byte[]> seen) {
            this.name = name;
            this.seen = seen;
        }

        @Override
        public Object load(String key) {
            seen.set(rawEntry(name, key));
            return "loaded";
        }

        @Override
        public Map<String, Object> loadAll(Iterable<? extends String> keys) {
            Map<String, Object> loaded = new LinkedHashMap<>();
            keys.forEach(key -> loaded.put(key, load(key)));
            return loaded;
        }
    }

    @Test
    void entriesOfEveryVersionAreReadAndThoseOfThisOneAreWrittenAsBefore() throws Exception {
        Map<String, byte[]> written = written();
        written.put("placeholder", placeholder());
        GoldenFile.writeIfRequested("entries", written);
        node.manager().destroyCache(CACHE);
        List<Map<String, byte[]>> files = GoldenFile.all("entries");
        for (Map<String, byte[]> file : files) {
            try (Node later = new Node(redis)) {
                redis.command("FLUSHALL");
                set(EntryKeys.epochKey(CACHE), file.get(EPOCH));
                file.forEach((key, bytes) -> {
                    if (!key.equals(EPOCH)) {
                        set(EntryKeys.redisKey(redis, CACHE, key), bytes);
                    }
                });
                Cache<String, Object> cache = later.cache(
                        CACHE, String.class, Object.class, settings -> settings.allowedClasses(Line.class.getName()));
                values().forEach((key, value) -> assertEquals(value, cache.get(key), key));
                assertFalse(cache.containsKey("placeholder"));
                assertEquals(0, cache.unwrap(TierStatistics.class).undecodableValues());
                cache.put("text", "new");
                assertEquals("new", cache.get("text"));
            }
        }
        Map<String, byte[]> newest = files.get(files.size() - 1);
        newest.forEach((key, bytes) -> assertTrue(isWrittenAlike(bytes, written.get(key)) || key.equals(EPOCH), key));
    }

    /** Magic, format, kind and flag, and the length; version, deadline and checksum are those of one write. */
    private static boolean isWrittenAlike(byte[] before, byte[] now) {
        return before.length == now.length && Arrays.equals(before, 0, VERSION_AT, now, 0, VERSION_AT);
    }
}
