package io.github.tieredjcache.messages;

import static io.github.tieredjcache.messages.Mistake.logged;
import static io.github.tieredjcache.messages.Mistake.thrown;

import io.github.tieredjcache.TieredConfiguration;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.function.UnaryOperator;
import javax.cache.Cache;
import javax.cache.expiry.ExpiryPolicy;
import javax.cache.integration.CacheLoader;
import javax.cache.integration.CacheWriter;
import javax.cache.integration.CompletionListener;
import org.jspecify.annotations.Nullable;

/** Mistakes in calls of caches and managers, and failures of the application's own code. */
final class CallMistakes {
    private CallMistakes() {}

    static List<Mistake> all() {
        return List.of(
                call("a key is null", cache -> cache.get(nothing())),
                call("a value is null", cache -> cache.put("key", nothing())),
                call("a key is of another type", cache -> raw(cache).get(42)),
                call("a cache is used after it was closed", cache -> {
                    cache.close();
                    cache.get("key");
                }),
                call("a manager is used after it was closed", cache -> {
                    cache.getCacheManager().close();
                    cache.getCacheManager().getCache("orders");
                }),
                call(
                        "a cache is created twice",
                        cache -> cache.getCacheManager()
                                .createCache(
                                        "orders",
                                        TieredConfiguration.builder(String.class, Object.class)
                                                .build())),
                call(
                        "a cache is asked for with other types",
                        cache -> cache.getCacheManager().getCache("orders", Integer.class, Object.class)),
                call("unwrap gets a foreign type", cache -> cache.unwrap(Runtime.class)),
                call(
                        "an entry processor throws",
                        cache -> cache.invoke("key", (entry, arguments) -> {
                            throw new IllegalStateException("a bug");
                        })),
                new Mistake(
                        "a loader throws for one key",
                        () -> with(settings -> settings.readThrough(Failing::new), cache -> cache.get("42"))),
                new Mistake(
                        "a loader throws for several keys",
                        () -> with(
                                settings -> settings.readThrough(Failing::new),
                                cache -> cache.getAll(Set.of("42", "43")))),
                new Mistake(
                        "a loader is slower than load.timeout",
                        () -> with(
                                settings -> settings.readThrough(Stuck::new).loadTimeout(Duration.ofMillis(20)),
                                cache -> cache.get("42"))),
                new Mistake(
                        "a writer throws",
                        () -> with(
                                settings -> settings.writeThrough(FailingWriter::new),
                                cache -> cache.put("42", "value"))),
                new Mistake("the source is changed without the cache", SourceMistakes::changedDirectly),
                new Mistake("a loader returns another value each time", SourceMistakes::neverEqual),
                new Mistake("an expiry policy throws", () -> {
                    try (NearOnly node = new NearOnly()) {
                        Cache<String, Object> cache = node.cache(settings -> settings.expiry(FailingPolicy::new));
                        return logged("ExpiryPolicy", () -> cache.put("key", "value"));
                    }
                }),
                new Mistake("a completion listener throws", () -> {
                    try (NearOnly node = new NearOnly()) {
                        Cache<String, Object> cache = node.cache(settings -> settings);
                        return logged(
                                "CompletionListener", () -> cache.loadAll(Set.of("key"), true, new FailingListener()));
                    }
                }));
    }

    private static Mistake call(String name, Call call) {
        return new Mistake(name, () -> with(settings -> settings, call));
    }

    private static String with(UnaryOperator<TieredConfiguration.Builder<String, Object>> settings, Call call) {
        try (NearOnly node = new NearOnly()) {
            Cache<String, Object> cache = node.cache(settings);
            return thrown(() -> call.on(cache));
        }
    }

    private interface Call {
        void on(Cache<String, Object> cache);
    }

    @SuppressWarnings("NullAway") // The mistake itself.
    private static String nothing() {
        return null;
    }

    @SuppressWarnings("unchecked") // The mistake itself.
    private static Cache<Object, Object> raw(Cache<?, ?> cache) {
        return (Cache<Object, Object>) cache;
    }

    static final class Failing implements CacheLoader<String, Object> {
        @Override
        public Object load(String key) {
            throw new IllegalStateException("no connection to the database");
        }

        @Override
        public Map<String, Object> loadAll(Iterable<? extends String> keys) {
            throw new IllegalStateException("no connection to the database");
        }
    }

    /** Waits until it is interrupted. */
    static final class Stuck implements CacheLoader<String, Object> {
        @Override
        public @Nullable Object load(String key) {
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return null;
        }

        @Override
        public Map<String, Object> loadAll(Iterable<? extends String> keys) {
            return Map.of();
        }
    }

    static final class FailingWriter implements CacheWriter<String, Object> {
        @Override
        public void write(Cache.Entry<? extends String, ?> entry) {
            throw new IllegalStateException("no connection to the database");
        }

        @Override
        public void writeAll(Collection<Cache.Entry<? extends String, ?>> entries) {
            throw new IllegalStateException("no connection to the database");
        }

        @Override
        public void delete(Object key) {}

        @Override
        public void deleteAll(Collection<?> keys) {}
    }

    static final class FailingListener implements CompletionListener {
        @Override
        public void onCompletion() {
            throw new IllegalStateException("a bug");
        }

        @Override
        public void onException(Exception e) {
            throw new IllegalStateException("a bug");
        }
    }

    static final class FailingPolicy implements ExpiryPolicy {
        @Override
        public javax.cache.expiry.Duration getExpiryForCreation() {
            throw new IllegalStateException("a bug");
        }

        @Override
        public javax.cache.expiry.Duration getExpiryForAccess() {
            throw new IllegalStateException("a bug");
        }

        @Override
        public javax.cache.expiry.Duration getExpiryForUpdate() {
            throw new IllegalStateException("a bug");
        }
    }
}
