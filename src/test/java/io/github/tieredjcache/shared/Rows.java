package io.github.tieredjcache.shared;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import javax.cache.Cache;
import javax.cache.integration.CacheLoader;
import javax.cache.integration.CacheWriter;

/** A database of one table in this process, which several nodes read and write through. */
final class Rows implements CacheLoader<String, String>, CacheWriter<String, String> {
    final Map<String, String> all = new ConcurrentHashMap<>();
    final AtomicInteger loads = new AtomicInteger();
    /** Runs in each call of the writer before it changes a row. */
    volatile Runnable beforeWrite = () -> {};
    /** Runs in each call of the loader after it has read a row. */
    volatile Runnable afterRead = () -> {};

    /** Returns a node's cache that reads and writes through. */
    Cache<String, String> cache(Node node) {
        return node.cache(
                "rows",
                String.class,
                String.class,
                settings -> settings.readThrough(() -> this)
                        .writeThrough(() -> this)
                        .commandTimeout(Duration.ofSeconds(1)));
    }

    @Override
    public String load(String key) {
        loads.incrementAndGet();
        String row = all.get(key);
        afterRead.run();
        return row;
    }

    @Override
    public Map<String, String> loadAll(Iterable<? extends String> keys) {
        Map<String, String> loaded = new HashMap<>();
        keys.forEach(key -> {
            String row = load(key);
            if (row != null) {
                loaded.put(key, row);
            }
        });
        return loaded;
    }

    @Override
    public void write(Cache.Entry<? extends String, ? extends String> entry) {
        beforeWrite.run();
        all.put(entry.getKey(), entry.getValue());
    }

    @Override
    public void writeAll(Collection<Cache.Entry<? extends String, ? extends String>> entries) {
        entries.forEach(this::write);
    }

    @Override
    public void delete(Object key) {
        beforeWrite.run();
        all.remove(key);
    }

    @Override
    public void deleteAll(Collection<?> keys) {
        keys.forEach(this::delete);
    }
}
