package io.github.tieredjcache.messages;

import static io.github.tieredjcache.messages.Mistake.logged;
import static io.github.tieredjcache.messages.Mistake.thrown;

import io.github.tieredjcache.OutagePolicy;
import io.github.tieredjcache.RefusedPolicy;
import io.github.tieredjcache.TieredConfiguration;
import io.github.tieredjcache.TieredSetting;
import io.github.tieredjcache.integration.Node;
import io.github.tieredjcache.testkit.RedisServer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import javax.cache.Cache;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;

/** Keys and values that cannot be stored, or not be read. */
final class ValueMistakes {
    private ValueMistakes() {}

    /** A value of the application. */
    record Order(int number) {}

    /** A key that the codec cannot encode. */
    static final class Session {
        final Thread owner = Thread.currentThread();
    }

    static List<Mistake> all() {
        return List.of(
                new Mistake("a value could be copied, but not be stored in the Redis of production", () -> {
                    try (NearOnly node = new NearOnly()) {
                        return logged(
                                "which it could not store in Redis",
                                () -> node.manager(Map.of())
                                        .createCache(
                                                "orders",
                                                TieredConfiguration.builder(String.class, Object.class)
                                                        .with(TieredSetting.CODEC_LEARNING, false)
                                                        .build())
                                        .put("key", new Order(1)));
                    }
                }),
                stored("a value has a lambda", settings -> settings, (Runnable) () -> {}),
                stored("a value is a stream", settings -> settings, List.of(1).stream()),
                stored(
                        "a value is larger than codec.maximum-value-size",
                        settings -> settings.with(TieredSetting.CODEC_MAXIMUM_VALUE_SIZE, 1_000),
                        "x".repeat(2_000)),
                new Mistake(
                        "a value has a lambda, and codec.refused is throw",
                        () -> thrown(() -> withNode(
                                settings -> settings.with(TieredSetting.CODEC_REFUSED, RefusedPolicy.THROW),
                                cache -> cache.put("key", (Runnable) () -> {})))),
                new Mistake(
                        "a key cannot be encoded",
                        () -> thrown(() -> withNode(settings -> settings, cache -> cache.put(new Session(), "value")))),
                new Mistake(
                        "a key is too large",
                        () -> thrown(() ->
                                withNode(settings -> settings, cache -> cache.put("x".repeat(5_000), "value")))),
                read(
                        "a class is not in codec.allowed",
                        settings -> settings,
                        settings -> settings.with(TieredSetting.CODEC_LEARNING, false)),
                read(
                        "nodes have different keys of signatures",
                        settings -> settings.hmacKeys(() -> List.of(key('a'))),
                        settings -> settings.hmacKeys(() -> List.of(key('b')))),
                read(
                        "nodes have different values of codec.maximum-value-size",
                        settings -> settings,
                        settings -> settings.with(TieredSetting.CODEC_MAXIMUM_VALUE_SIZE, 2)));
    }

    private static SecretKey key(char letter) {
        return new SecretKeySpec(String.valueOf(letter).repeat(32).getBytes(StandardCharsets.US_ASCII), "HmacSHA256");
    }

    private interface Call {
        void on(Cache<Object, Object> cache);
    }

    private static Mistake stored(
            String name, UnaryOperator<TieredConfiguration.Builder<Object, Object>> settings, Object value) {
        return new Mistake(
                name, () -> logged("are not stored", () -> withNode(settings, cache -> cache.put("key", value))));
    }

    private static void withNode(UnaryOperator<TieredConfiguration.Builder<Object, Object>> settings, Call call) {
        try (RedisServer redis = RedisServer.startLocal();
                Node node = new Node(redis)) {
            call.on(cache(node, settings));
        }
    }

    private static Cache<Object, Object> cache(
            Node node, UnaryOperator<TieredConfiguration.Builder<Object, Object>> settings) {
        return node.cache(
                "orders",
                Object.class,
                Object.class,
                builder -> settings.apply(builder).outagePolicy(OutagePolicy.LOCAL));
    }

    private static Mistake read(
            String name,
            UnaryOperator<TieredConfiguration.Builder<Object, Object>> writing,
            UnaryOperator<TieredConfiguration.Builder<Object, Object>> reading) {
        return new Mistake(name, () -> {
            try (RedisServer redis = RedisServer.startLocal();
                    Node node = new Node(redis);
                    Node other = new Node(redis)) {
                cache(node, writing).put("key", new Order(1));
                return logged(
                        "could not be decoded", () -> cache(other, reading).get("key"));
            }
        });
    }
}
