package io.github.tieredjcache.integration.codec;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.github.tieredjcache.TierStatistics;
import io.github.tieredjcache.TieredKeyEncoder;
import io.github.tieredjcache.integration.EntryKeys;
import io.github.tieredjcache.integration.Node;
import io.github.tieredjcache.testkit.RedisServer;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import java.net.URI;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import javax.cache.Cache;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Keys as they stand in Redis: odd ones, a user's own, and what others have put there. */
class KeysIT {
    private final RedisServer redis = RedisServer.start();
    private final Node one = new Node(redis);
    private final Node other = new Node(redis);
    private final String name = "keys-" + System.nanoTime();

    @AfterEach
    void closesTheNodes() {
        one.manager().destroyCache(name);
        one.close();
        other.close();
        redis.close();
    }

    @Test
    void keysOfAnyCharactersAreDistinctInTheirCacheAndAbsentInOthers() {
        List<String> keys = List.of(
                "",
                " ",
                ":",
                "::",
                "1:",
                "{a}",
                "a{",
                "a\r\nb",
                "\0",
                "*",
                "?",
                "[a-z]",
                "\\",
                "~",
                "~L1",
                "Ä😀",
                "\ud83d",
                "x".repeat(4_000));
        List<String> names = List.of(name, name + ":", name + ":1", name + "*", name + "%", name + "{a}");
        for (String each : names) {
            Cache<String, String> here = one.strings(each);
            keys.forEach(key -> here.put(key, each + key));
        }
        for (String each : names) {
            Cache<String, String> there = other.strings(each);
            Map<String, String> shown = new HashMap<>();
            there.forEach(entry -> assertNull(shown.put(entry.getKey(), entry.getValue())));
            assertEquals(new HashSet<>(keys), shown.keySet(), each);
            keys.forEach(key -> assertEquals(each + key, there.get(key), each));
        }
        one.manager().getCache(name, String.class, String.class).clear();
        for (String each : names) {
            Cache<String, String> here = one.manager().getCache(each, String.class, String.class);
            keys.forEach(key -> assertEquals(each.equals(name) ? null : each + key, here.get(key), each));
            here.removeAll();
            assertFalse(other.manager()
                    .getCache(each, String.class, String.class)
                    .iterator()
                    .hasNext());
        }
        names.forEach(one.manager()::destroyCache);
    }

    @Test
    void foreignRedisKeysAreSkippedAndCounted() {
        Cache<Object, String> cache = one.cache(name, Object.class, String.class, settings -> settings);
        Set<Object> keys = new HashSet<>(Set.of(
                "text", 42L, List.of("a", 1), Set.of(1, 2, 3), Map.of("a", List.of()), Set.of(List.of(Set.of()))));
        keys.forEach(key -> cache.put(key, "value"));
        Random random = new Random(11);
        RedisClient client = RedisClient.create(redis.uri());
        try {
            RedisCommands<byte[], byte[]> commands =
                    client.connect(ByteArrayCodec.INSTANCE).sync();
            int prefix = EntryKeys.redisKey(redis, name, "").getBytes(UTF_8).length;
            byte[] pattern = EntryKeys.redisKey(redis, name, "*").getBytes(UTF_8);
            List<byte[]> redisKeys = commands.keys(new String(pattern, UTF_8));
            assertEquals(keys.size(), redisKeys.size());
            Set<ByteBuffer> known = new HashSet<>();
            redisKeys.forEach(each -> known.add(ByteBuffer.wrap(each)));
            Set<ByteBuffer> foreign = new HashSet<>();
            for (int i = 0; i < 200; i++) {
                byte[] redisKey = redisKeys.get(i % redisKeys.size());
                byte[] mutant = mutated(redisKey, prefix, random);
                if (!known.contains(ByteBuffer.wrap(mutant))) {
                    commands.set(mutant, commands.get(redisKey));
                    foreign.add(ByteBuffer.wrap(mutant));
                }
            }
            Set<Object> shown = new HashSet<>();
            cache.forEach(entry -> shown.add(entry.getKey()));
            assertEquals(keys, shown);
            assertEquals(foreign.size(), cache.unwrap(TierStatistics.class).undecodableValues());
            cache.removeAll();
            keys.forEach(key -> assertFalse(cache.containsKey(key)));
        } finally {
            client.shutdown();
        }
    }

    private static byte[] mutated(byte[] redisKey, int prefix, Random random) {
        int length = redisKey.length + random.nextInt(5) - 2;
        byte[] mutant = Arrays.copyOf(redisKey, Math.max(prefix + 1, length));
        for (int changes = random.nextInt(4); changes >= 0; changes--) {
            mutant[prefix + random.nextInt(mutant.length - prefix)] = (byte) random.nextInt();
        }
        return mutant;
    }

    /** A {@link URI} has no canonical form: it compares some of its parts without regard to case. */
    static final class UriKeys implements TieredKeyEncoder<URI> {
        @Override
        public String encode(URI key) {
            return key.toString();
        }

        @Override
        public URI decode(String text) {
            return URI.create(text);
        }
    }

    @Test
    void aKeyEncoderNamesTheEntries() {
        Cache<URI, String> here =
                one.cache(name, URI.class, String.class, settings -> settings.keyEncoder(UriKeys::new));
        Cache<URI, String> there =
                other.cache(name, URI.class, String.class, settings -> settings.keyEncoder(UriKeys::new));
        URI key = URI.create("http://shop.com/~a:b");
        here.put(key, "value");
        assertEquals("1", redis.command("EXISTS", EntryKeys.redisKey(redis, name, key.toString())));
        assertEquals("value", there.get(key));
        assertEquals(key, there.iterator().next().getKey());
        there.remove(key);
        assertEquals("0", redis.command("EXISTS", EntryKeys.redisKey(redis, name, key.toString())));
    }
}
