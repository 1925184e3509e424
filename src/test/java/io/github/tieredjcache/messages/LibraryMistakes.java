package io.github.tieredjcache.messages;

import static io.github.tieredjcache.messages.Mistake.logged;
import static io.github.tieredjcache.messages.Mistake.thrown;

import io.github.tieredjcache.Compression;
import io.github.tieredjcache.TieredConfiguration;
import io.github.tieredjcache.jcache.TieredCachingProvider;
import io.github.tieredjcache.micrometer.TieredCacheMetrics;
import java.io.File;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.ServiceLoader;
import java.util.concurrent.Callable;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import javax.cache.spi.CachingProvider;

/** Libraries that are missing, which also stands for those of another version: both lack a class. */
final class LibraryMistakes {
    private LibraryMistakes() {}

    static List<Mistake> all() {
        return List.of(
                without("Netty is missing or is version 4.1", "netty-transport-4", UseOfRedis.class),
                without("Lettuce is missing", "lettuce-core", UseOfRedis.class),
                without("Caffeine is missing or is version 2", "caffeine", UseOfRedis.class),
                without("Kryo is missing or is version 4", "kryo", UseOfRedis.class),
                without("LZ4 is missing, and codec.compression is lz4", "lz4-java", UseOfCompression.class),
                without("Micrometer is missing", "micrometer-core", UseOfMetrics.class),
                new Mistake("there is another JCache provider", LibraryMistakes::otherProvider));
    }

    private static Mistake without(String name, String jar, Class<? extends Callable<String>> used) {
        return new Mistake(name, () -> {
            try (URLClassLoader application = application(jar)) {
                Callable<?> use = (Callable<?>) application
                        .loadClass(used.getName())
                        .getDeclaredConstructor()
                        .newInstance();
                return String.valueOf(use.call());
            }
        });
    }

    /** Returns an application that brings the library with it, but lacks a jar. */
    private static URLClassLoader application(String lacking) throws IOException {
        URL[] places = Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                .map(Path::of)
                .filter(each -> !each.getFileName().toString().startsWith(lacking))
                .map(LibraryMistakes::url)
                .toArray(URL[]::new);
        return new URLClassLoader(places, ClassLoader.getPlatformClassLoader());
    }

    private static String otherProvider() throws Exception {
        Path folder = Files.createTempDirectory("mistake");
        Path services = folder.resolve("META-INF/services/" + CachingProvider.class.getName());
        Files.createDirectories(services.getParent());
        Files.writeString(services, "com.shop.OtherProvider\n");
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        try (URLClassLoader application = new URLClassLoader(new URL[] {url(folder)}, before)) {
            thread.setContextClassLoader(application);
            return logged("other JCache providers", () -> {
                try (TieredCachingProvider found = ServiceLoader.load(CachingProvider.class).stream()
                        .filter(each -> each.type() == TieredCachingProvider.class)
                        .map(each -> (TieredCachingProvider) each.get())
                        .findFirst()
                        .orElseThrow()) {
                    found.getDefaultURI();
                }
            });
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    private static URL url(Path place) {
        try {
            return place.toUri().toURL();
        } catch (MalformedURLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String created(UnaryOperator<TieredConfiguration.Builder<String, String>> settings) {
        return thrown(() -> {
            try (TieredCachingProvider provider = new TieredCachingProvider()) {
                provider.getCacheManager()
                        .createCache(
                                "orders",
                                settings.apply(TieredConfiguration.builder(String.class, String.class))
                                        .build());
            }
        });
    }

    /** Creates a cache with Redis, and returns what is thrown. */
    public static final class UseOfRedis implements Callable<String> {
        /** Creates the use. */
        public UseOfRedis() {}

        @Override
        public String call() {
            return created(settings -> settings.redisUri("redis://localhost:1"));
        }
    }

    /** Creates a cache that compresses, and returns what is thrown. */
    public static final class UseOfCompression implements Callable<String> {
        /** Creates the use. */
        public UseOfCompression() {}

        @Override
        public String call() {
            return created(
                    settings -> settings.redisUri("").nearMaximumWeight(1 << 20).compression(Compression.LZ4));
        }
    }

    /** Binds meters, and returns what is thrown. */
    public static final class UseOfMetrics implements Callable<String> {
        /** Creates the use. */
        public UseOfMetrics() {}

        @Override
        public String call() {
            return thrown(() -> {
                try (TieredCachingProvider provider = new TieredCachingProvider()) {
                    var unused = new TieredCacheMetrics(provider.getCacheManager(), List.of());
                }
            });
        }
    }
}
