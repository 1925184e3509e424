package io.github.tieredjcache.integration;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import javax.cache.integration.CacheLoader;
import org.jspecify.annotations.Nullable;

/** A loader of texts that notes what it was asked for; what it answers is up to its test. Safe for use by many threads. */
public final class RecordingLoader implements CacheLoader<String, String> {
    private final ConcurrentMap<String, Integer> loads = new ConcurrentHashMap<>();
    private final Function<String, @Nullable String> source;
    private final long nanos;

    /**
     * Creates a loader that takes no time.
     *
     * @param source what the source has for a key; null if it has nothing
     */
    public RecordingLoader(Function<String, @Nullable String> source) {
        this(source, 0);
    }

    /**
     * Creates a loader.
     *
     * @param nanos how long each call takes, for however many keys
     */
    public RecordingLoader(Function<String, @Nullable String> source, long nanos) {
        this.source = source;
        this.nanos = nanos;
    }

    @Override
    public @Nullable String load(String key) {
        pause();
        return loaded(key);
    }

    /** Has null values for the keys that the source has not. */
    @Override
    public Map<String, String> loadAll(Iterable<? extends String> keys) {
        pause();
        Map<String, String> loaded = new LinkedHashMap<>();
        keys.forEach(key -> loaded.put(key, loaded(key)));
        return loaded;
    }

    /** Returns how often it was asked for each key. */
    public Map<String, Integer> loads() {
        return loads;
    }

    /** Returns how often it was asked for a key. */
    public int loads(String key) {
        return loads.getOrDefault(key, 0);
    }

    private @Nullable String loaded(String key) {
        loads.merge(key, 1, Integer::sum);
        return source.apply(key);
    }

    private void pause() {
        long end = System.nanoTime() + nanos;
        for (long left = nanos; left > 0; left = end - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }
}
