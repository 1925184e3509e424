package io.github.tieredjcache.benchmark;

import com.esotericsoftware.kryo.Kryo;
import com.esotericsoftware.kryo.io.Input;
import com.esotericsoftware.kryo.io.Output;
import io.github.tieredjcache.integration.ChildProcess;
import io.github.tieredjcache.testkit.RedisServer;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import javax.cache.Cache;
import javax.cache.Caching;
import javax.cache.configuration.MutableConfiguration;

/** The time from the start of a virtual machine to the first value that it has read from a cache. */
final class StartTime {
    private static final String KEY = "key";

    /** What a virtual machine reads first. */
    enum First {
        NOTHING("a virtual machine alone", ClassPaths::tiered) {
            @Override
            void read(String uri) {}
        },
        CAFFEINE_JCACHE("caffeine-jcache", ClassPaths::caffeineJCache) {
            @Override
            void read(String uri) {
                readOwn();
            }
        },
        NEAR_ONLY("tiered-jcache, near-only", ClassPaths::tiered) {
            @Override
            void read(String uri) {
                readOwn();
            }
        },
        LETTUCE("lettuce + kryo", ClassPaths::tiered) {
            @Override
            void read(String uri) {
                try (RedisClient client = RedisClient.create(uri)) {
                    RedisCommands<byte[], byte[]> commands =
                            client.connect(ByteArrayCodec.INSTANCE).sync();
                    byte[] name = "lettuce:key".getBytes(StandardCharsets.UTF_8);
                    Kryo kryo = Library.kryo();
                    byte[] stored = commands.get(name);
                    if (stored == null) {
                        Output output = new Output(1 << 10, -1);
                        kryo.writeClassAndObject(output, Customer.numbered(1));
                        commands.set(name, output.toBytes());
                        stored = commands.get(name);
                    }
                    end(kryo.readClassAndObject(new Input(stored)));
                }
            }
        },
        LOADED("tiered-jcache, a value of the source", ClassPaths::tiered) {
            @Override
            void read(String uri) {
                MutableConfiguration<String, Object> configuration = configuration();
                configuration
                        .setReadThrough(true)
                        .setCacheLoaderFactory(() -> new RemoteHit.Loader(Customer.numbered(1)));
                // A key that Redis has not.
                end(shared("loaded", configuration, uri).get(KEY + System.nanoTime()));
            }
        },
        REMOTE("tiered-jcache, a value of Redis", ClassPaths::tiered) {
            @Override
            void read(String uri) {
                readStored(shared("remote", configuration(), uri));
            }
        },
        REDISSON("redisson, a value of Redis", ClassPaths::redisson) {
            @Override
            void read(String uri) {
                readStored(Caching.getCachingProvider()
                        .getCacheManager()
                        .createCache("redisson", Provider.REDISSON.remoteOnly(configuration(), uri)));
            }
        };

        private final String title;
        private final Function<ClassPaths, String> classPath;

        First(String title, Function<ClassPaths, String> classPath) {
            this.title = title;
            this.classPath = classPath;
        }

        abstract void read(String uri);

        private static void readOwn() {
            Cache<String, Object> cache =
                    Caching.getCachingProvider().getCacheManager().createCache("near", configuration());
            cache.put(KEY, Customer.numbered(1));
            end(cache.get(KEY));
        }

        /** Reads a value that the run before has stored; the first run stores it. */
        private static void readStored(Cache<String, Object> cache) {
            Object found = cache.get(KEY);
            if (found == null) {
                cache.put(KEY, Customer.numbered(1));
                found = cache.get(KEY);
            }
            end(found);
        }

        private static Cache<String, Object> shared(
                String name, MutableConfiguration<String, Object> configuration, String uri) {
            return Caching.getCachingProvider()
                    .getCacheManager()
                    .createCache(name, Provider.shared(configuration, uri));
        }

        private static MutableConfiguration<String, Object> configuration() {
            return new MutableConfiguration<String, Object>()
                    .setTypes(String.class, Sample.ENTITY.type())
                    .setStoreByValue(false);
        }

        private static void end(Object read) {
            Check.equal(Customer.numbered(1), read, KEY);
        }
    }

    private StartTime() {}

    /** Reads a value, says so, and ends at once. */
    public static void main(String... arguments) {
        First.valueOf(arguments[0]).read(arguments[1]);
        System.out.println("read");
        Runtime.getRuntime().halt(0);
    }

    static String measure(ClassPaths paths, RedisServer redis, int rounds) throws IOException {
        Map<First, List<Double>> millis = new EnumMap<>(First.class);
        // The first round, which is not counted, stores what is only read later.
        for (int round = 0; round <= rounds; round++) {
            for (First each : First.values()) {
                double measured = measure(each, paths, redis);
                if (round > 0) {
                    millis.computeIfAbsent(each, e -> new ArrayList<>()).add(measured);
                }
            }
        }
        StringBuilder lines = new StringBuilder();
        millis.forEach((first, all) -> {
            double[] sorted = Objects.requireNonNull(all).stream()
                    .mapToDouble(Double::doubleValue)
                    .sorted()
                    .toArray();
            lines.append(String.format(
                    Locale.ROOT,
                    "start to first get, %-38s median %5.0f ms, least %5.0f ms%n",
                    first.title + ":",
                    sorted[sorted.length / 2],
                    Arrays.stream(sorted).min().orElseThrow()));
        });
        redis.command("FLUSHALL");
        return lines.toString();
    }

    private static double measure(First first, ClassPaths paths, RedisServer redis) throws IOException {
        long began = System.nanoTime();
        try (ChildProcess child =
                new ChildProcess(List.of(), first.classPath.apply(paths), StartTime.class, first.name(), redis.uri())) {
            child.receive();
            return (System.nanoTime() - began) / 1e6;
        }
    }
}
