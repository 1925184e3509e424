package io.github.tieredjcache.messages;

import static io.github.tieredjcache.messages.Mistake.logged;
import static io.github.tieredjcache.messages.Mistake.loggedAtStart;
import static io.github.tieredjcache.messages.Mistake.thrown;

import io.github.tieredjcache.TieredConfiguration;
import io.github.tieredjcache.internal.assembly.SettingSources;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.function.UnaryOperator;
import javax.cache.configuration.MutableConfiguration;

/** Mistakes in settings and configuration files. */
final class ConfigurationMistakes {
    private ConfigurationMistakes() {}

    static List<Mistake> all() {
        return List.of(
                inFile("a setting is misspelt in the file", "orders { near.maximum-sise = 5 }"),
                inFile("a number is out of range", "orders { near.maximum-size = 0 }"),
                inFile("a duration has no unit", "orders { load.wait = 5 }"),
                inFile("a size has a unit of another kind", "orders { codec.maximum-value-size = 16MB }"),
                inFile("the number of partitions is no power of two", "orders { redis.cluster.partitions = 100 }"),
                inFile("a percentage has no percent sign", "orders { expiry.jitter = 10 }"),
                inFile("a closing brace is missing", "orders { near.maximum-size = 5"),
                inFile("there is a closing brace too many", "orders { near.maximum-size = 5 } } } }"),
                inFile("a cache name with dots is not in quotes", "com.shop.Order { near.maximum-size = 5 }"),
                inFile("a cache name with a star is not in quotes", "com.shop.* { near.maximum-size = 5 }"),
                inFile("a URI is not in quotes", "orders { redis.uri = redis://localhost:6379 }"),
                inFile("a variable of the file is not set", "orders { redis.uri = ${NO_SUCH_VARIABLE} }"),
                inFile("the near tier has two bounds", "orders { near { maximum-size = 5, maximum-weight = 1MiB } }"),
                inFile("a cache has two expiries", "orders { expiry.created = 1m, expiry.accessed = 1m }"),
                inFile("the class of the loader is not found", "orders { loader = com.shop.OrderLoader }"),
                new Mistake(
                        "the configuration file does not exist",
                        () -> thrown(() -> ofManager(Map.of("tiered-jcache.config", "no-such-file.conf")))),
                new Mistake(
                        "a property of the manager is misspelt",
                        () -> thrown(() -> ofManager(Map.of("tiered-jcache.near.maximum-sise", "5")))),
                // The environment of this process cannot be changed; a provider logs this line as the next one.
                new Mistake(
                        "an environment variable is misspelt",
                        () -> "WARNING: "
                                + SettingSources.unknownNames(
                                                new Properties(), Set.of(), Set.of("TIERED_JCACHE_REDIS_URL"))
                                        .get(0)),
                new Mistake("a system property is misspelt", ConfigurationMistakes::systemProperty),
                new Mistake(
                        "a setting of the code is out of range",
                        () -> thrown(() -> builder().stalenessBound(Duration.ofMillis(100)))),
                new Mistake(
                        "read-through has no loader",
                        () -> atStart(
                                TieredConfiguration.builder(new MutableConfiguration<String, Object>()
                                        .setTypes(String.class, Object.class)
                                        .setReadThrough(true)),
                                settings -> settings)),
                new Mistake(
                        "load.stale-for has no loader",
                        () -> atStart(builder(), settings -> settings.staleFor(Duration.ofMinutes(1)))),
                new Mistake(
                        "there are settings of Redis and no Redis",
                        () -> atStart(builder(), settings -> settings.namespace("shop"))),
                new Mistake(
                        "the key of the signatures is too short",
                        () -> thrown(() -> ofManager(Map.of("tiered-jcache.codec.hmac-keys", "c2hvcnQ=")))),
                new Mistake(
                        "codec.class names no codec",
                        () -> thrown(() -> ofManager(Map.of("tiered-jcache.codec.class", "com.shop.JsonCodec")))),
                new Mistake("the manager's own URI has a password", () -> {
                    try (NearOnly node = new NearOnly()) {
                        return thrown(() -> node.manager(URI.create("redis://app:secret@host:6379"), Map.of()));
                    }
                }));
    }

    private static TieredConfiguration.Builder<String, Object> builder() {
        return TieredConfiguration.builder(String.class, Object.class);
    }

    private static Mistake inFile(String name, String section) {
        return new Mistake(name, () -> {
            Path file = Files.createTempFile("mistake", ".conf");
            try (NearOnly node = new NearOnly()) {
                Files.writeString(file, "tiered-jcache {\n  caches {\n    " + section + "\n  }\n}\n");
                return thrown(() -> node.manager(file.toUri(), Map.of())).replaceAll("\n *", " ");
            } finally {
                Files.delete(file);
            }
        });
    }

    private static void ofManager(Map<String, String> properties) {
        try (NearOnly node = new NearOnly()) {
            node.manager(properties).createCache("orders", builder().build());
        }
    }

    private static String systemProperty() throws Exception {
        System.setProperty("tiered-jcache.near.maximum-sise", "5");
        try (NearOnly node = new NearOnly()) {
            return logged("near.maximum-sise", node::manager);
        } finally {
            System.clearProperty("tiered-jcache.near.maximum-sise");
        }
    }

    /** Without the property by which other tests switch Redis off. */
    private static String atStart(
            TieredConfiguration.Builder<String, Object> builder,
            UnaryOperator<TieredConfiguration.Builder<String, Object>> settings)
            throws Exception {
        try (NearOnly node = new NearOnly()) {
            return loggedAtStart(
                    "WARNING",
                    () -> node.manager(Map.of())
                            .createCache("orders", settings.apply(builder).build()));
        }
    }
}
