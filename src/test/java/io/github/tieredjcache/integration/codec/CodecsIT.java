package io.github.tieredjcache.integration.codec;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.Compression;
import io.github.tieredjcache.JsonCodec;
import io.github.tieredjcache.TierStatistics;
import io.github.tieredjcache.TieredCodec;
import io.github.tieredjcache.TieredConfiguration;
import io.github.tieredjcache.UndecodableReason;
import io.github.tieredjcache.integration.EntryKeys;
import io.github.tieredjcache.integration.LogLines;
import io.github.tieredjcache.integration.Node;
import io.github.tieredjcache.testkit.RedisServer;
import java.io.IOException;
import java.time.Duration;
import java.util.Base64;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import javax.cache.Cache;
import javax.cache.CacheException;
import javax.cache.expiry.CreatedExpiryPolicy;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Two nodes of different settings for codec, compression and signatures: each value is read or missed for its reason. */
class CodecsIT {
    private static final SecretKey OLD = key('o');
    private static final SecretKey NEW = key('n');

    private final RedisServer redis = RedisServer.start();
    private final Node one = new Node(redis);
    private final Node other = new Node(redis);
    private final String name = "codecs-" + System.nanoTime();

    @AfterEach
    void closesTheNodes() {
        one.close();
        other.close();
        redis.close();
    }

    private static SecretKey key(char each) {
        return new SecretKeySpec(String.valueOf(each).repeat(32).getBytes(UTF_8), "HmacSHA256");
    }

    /** Every read asks Redis, so that it is the bytes there that are read. */
    private Cache<String, Basket> baskets(
            Node node, UnaryOperator<TieredConfiguration.Builder<String, Basket>> settings) {
        return node.cache(
                name, String.class, Basket.class, builder -> settings.apply(builder.nearTimeToLive(Duration.ZERO)));
    }

    private static void assertMissed(Cache<?, ?> cache, Map<UndecodableReason, Integer> expected) {
        TierStatistics statistics = cache.unwrap(TierStatistics.class);
        Map<UndecodableReason, Integer> counted = new EnumMap<>(UndecodableReason.class);
        for (UndecodableReason each : UndecodableReason.values()) {
            if (statistics.undecodableValues(each) > 0) {
                counted.put(each, (int) statistics.undecodableValues(each));
            }
        }
        assertEquals(expected, counted);
        assertEquals(expected.values().stream().mapToInt(Integer::intValue).sum(), statistics.undecodableValues());
    }

    private byte[] raw(String key) {
        return Objects.requireNonNull(redis.bytes("GET".getBytes(UTF_8), redisKey(key)));
    }

    private byte[] redisKey(String key) {
        return EntryKeys.redisKey(redis, name, key).getBytes(UTF_8);
    }

    @Test
    void nodesWithTheSameCodecShareValuesInAllOperations() {
        Cache<String, Basket> here = baskets(one, settings -> settings.codec(JsonCodec::new));
        Cache<String, Basket> there = baskets(other, settings -> settings.codec(JsonCodec::new));
        here.put("key", new Basket(List.of("tea")));
        assertEquals(List.of("tea"), there.get("key").lines());
        assertTrue(there.replace("key", new Basket(List.of("tea")), new Basket(List.of("milk"))));
        there.invoke("key", (entry, arguments) -> {
            entry.setValue(new Basket(List.of(entry.getValue().lines().get(0), "bread")));
            return null;
        });
        assertEquals(List.of("milk", "bread"), here.getAndRemove("key").lines());
        assertMissed(here, Map.of());
        assertMissed(there, Map.of());
    }

    @Test
    void aValueOfAnotherCodecIsAMissInBothDirections() {
        Cache<String, Basket> json = baskets(one, settings -> settings.codec(JsonCodec::new));
        Cache<String, Basket> ours = baskets(other, settings -> settings);
        json.put("key", new Basket(List.of("tea")));
        assertNull(ours.get("key"));
        assertMissed(ours, Map.of(UndecodableReason.OTHER_CODEC, 1));
        ours.put("key", new Basket(List.of("milk")));
        assertNull(json.get("key"));
        assertMissed(json, Map.of(UndecodableReason.OTHER_CODEC, 1));
    }

    @Test
    void aPutRefusedByTheCodecHasItsCauseAndChangesNothing() {
        AtomicInteger failing = new AtomicInteger();
        Cache<String, Basket> cache = baskets(
                one, settings -> settings.codec(() -> new FailingCodec(failing)).storeByValue(false));
        cache.put("key", new Basket(List.of("tea")));
        failing.set(1);
        CacheException refused = assertThrows(CacheException.class, () -> cache.put("key", new Basket(List.of())));
        assertEquals("on purpose", refused.getCause().getMessage());
        assertThrows(CacheException.class, () -> cache.replace("key", new Basket(List.of())));
        failing.set(0);
        assertEquals(List.of("tea"), cache.get("key").lines());
        failing.set(2);
        assertNull(cache.get("key"));
        assertMissed(cache, Map.of(UndecodableReason.DAMAGED, 1));
    }

    @Test
    void allNodesReadCompressedValues() {
        Cache<String, Basket> compressing = baskets(one, settings -> settings.compression(Compression.LZ4));
        Cache<String, Basket> plain = baskets(other, settings -> settings);
        Basket large = new Basket(List.of("tea and milk ".repeat(10_000)));
        compressing.put("key", large);
        assertTrue(raw("key").length < 2_000, "in Redis: " + raw("key").length);
        assertEquals(large, plain.get("key"));
        plain.put("key", large);
        assertTrue(raw("key").length > 130_000);
        assertEquals(large, compressing.get("key"));
        assertMissed(plain, Map.of());
    }

    /** What is near is weighed as Redis holds it: a hundred of these would weigh 13 MB as they are. */
    @Test
    void aNearTierBoundedByWeightHoldsMoreCompressedValues() {
        Cache<String, Basket> cache = one.cache(
                name,
                String.class,
                Basket.class,
                settings -> settings.compression(Compression.LZ4)
                        .nearMaximumWeight(1 << 20)
                        .statistics(true));
        Basket large = new Basket(List.of("tea and milk ".repeat(10_000)));
        for (int i = 0; i < 100; i++) {
            cache.put("key-" + i, large);
        }
        TierStatistics statistics = cache.unwrap(TierStatistics.class);
        for (int i = 0; i < 100; i++) {
            assertEquals(large, cache.get("key-" + i));
        }
        assertTrue(statistics.nearHits() > 90, "near hits: " + statistics.nearHits());
    }

    @Test
    void nodesWithAndWithoutSignatureKeysMissEachOthersValues() {
        Cache<String, Basket> signing = baskets(one, settings -> settings.hmacKeys(() -> List.of(OLD)));
        Cache<String, Basket> plain = baskets(other, settings -> settings);
        signing.put("key", new Basket(List.of("tea")));
        assertNotNull(signing.get("key"));
        assertNull(plain.get("key"));
        assertMissed(plain, Map.of(UndecodableReason.SIGNATURE, 1));
        plain.put("key", new Basket(List.of("tea")));
        assertNull(signing.get("key"));
        assertMissed(signing, Map.of(UndecodableReason.SIGNATURE, 1));
    }

    @Test
    void signatureKeysAreRotatedInThreeStepsWithoutAMiss() {
        List<List<SecretKey>> steps = List.of(List.of(OLD), List.of(OLD, NEW), List.of(NEW, OLD), List.of(NEW));
        Cache<String, Basket> before = baskets(one, settings -> settings.hmacKeys(() -> steps.get(0)));
        before.put("key", new Basket(List.of("0")));
        for (int step = 1; step < steps.size(); step++) {
            List<SecretKey> keys = steps.get(step);
            Cache<String, Basket> after =
                    baskets(step % 2 == 0 ? one : other, settings -> settings.hmacKeys(() -> keys));
            assertEquals(List.of(String.valueOf(step - 1)), after.get("key").lines());
            after.put("key", new Basket(List.of(String.valueOf(step))));
            assertNotNull(before.get("key"));
            assertMissed(before, Map.of());
            before.close();
            before = after;
        }
    }

    @Test
    void aSignedEntryStaysReadableAfterAllOperations() {
        Cache<String, Basket> cache = baskets(
                one,
                settings -> settings.hmacKeys(() -> List.of(OLD))
                        .expiry(CreatedExpiryPolicy.factoryOf(new javax.cache.expiry.Duration(TimeUnit.HOURS, 1))));
        cache.put("key", new Basket(List.of("tea")));
        // A lease is taken and given back, and the script copies what stands under it.
        assertEquals(
                "[tea]",
                cache.invoke(
                        "key", (entry, arguments) -> entry.getValue().lines().toString()));
        cache.invoke("key", (entry, arguments) -> {
            entry.setValue(new Basket(List.of("milk")));
            return null;
        });
        assertEquals(List.of("milk"), cache.get("key").lines());
        assertEquals("milk", cache.iterator().next().getValue().lines().get(0));
        cache.clear();
        cache.put("key", new Basket(List.of("bread")));
        assertEquals(List.of("bread"), cache.get("key").lines());
        assertMissed(cache, Map.of());
    }

    @Test
    void aForgedOrMovedEntryIsAMissAndRemoved() {
        Cache<String, Basket> cache = baskets(one, settings -> settings.hmacKeys(() -> List.of(OLD)));
        cache.put("mine", new Basket(List.of("1")));
        cache.put("yours", new Basket(List.of("1000000")));
        redis.bytes("SET".getBytes(UTF_8), redisKey("mine"), raw("yours"));
        assertNull(cache.get("mine"));
        cache.put("mine", new Basket(List.of("1")));
        byte[] forged = new String(raw("mine"), ISO_8859_1).replace("1", "9").getBytes(ISO_8859_1);
        redis.bytes("SET".getBytes(UTF_8), redisKey("mine"), forged);
        assertNull(cache.get("mine"));
        assertMissed(cache, Map.of(UndecodableReason.SIGNATURE, 2));
    }

    @Test
    void theLogNamesReasonAndCureOnceAndNeitherKeyNorSecret() {
        String secret = Base64.getEncoder().encodeToString(OLD.getEncoded());
        Cache<String, Basket> signing = baskets(one, settings -> settings.hmacKeys(() -> List.of(OLD)));
        try (LogLines log = new LogLines()) {
            Cache<String, Basket> plain = baskets(other, settings -> settings);
            for (int i = 0; i < 5; i++) {
                signing.put("secret-customer", new Basket(List.of("tea")));
                assertNull(plain.get("secret-customer"));
            }
            List<String> lines = log.lines().stream()
                    .filter(line -> line.contains("could not be decoded"))
                    .toList();
            assertEquals(1, lines.size(), lines::toString);
            assertEquals(
                    "WARNING cache '" + name
                            + "': a value in Redis could not be decoded and counts as missing: the entry is signed, and this cache"
                            + " has no codec.hmac-keys; check that all nodes have the same codec.hmac-keys; if they have, another"
                            + " program writes to this Redis",
                    lines.get(0));
            assertFalse(log.lines().toString().contains("secret-customer"));
            assertFalse(log.lines().toString().contains(secret));
        }
    }

    record Basket(List<String> lines) {}

    /** Fails as it is set: 1 to encode, 2 to decode. */
    private static final class FailingCodec implements TieredCodec<Basket> {
        private final JsonCodec<Basket> json = new JsonCodec<>();
        private final AtomicInteger failing;

        FailingCodec(AtomicInteger failing) {
            this.failing = failing;
        }

        @Override
        public String name() {
            return "failing";
        }

        @Override
        public byte[] encode(Basket value) throws IOException {
            if (failing.get() == 1) {
                throw new IOException("on purpose");
            }
            return json.encode(value);
        }

        @Override
        public Basket decode(byte[] bytes, Class<Basket> type, ClassLoader loader) throws IOException {
            if (failing.get() == 2) {
                throw new IOException("on purpose");
            }
            return json.decode(bytes, type, loader);
        }
    }
}
