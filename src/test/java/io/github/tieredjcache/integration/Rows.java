package io.github.tieredjcache.integration;

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
public final class Rows implements CacheLoader<String, String>, CacheWriter<String, String> {
    public final Map<String, String> all = new ConcurrentHashMap<>();
    public final AtomicInteger loads = new AtomicInteger();
    /** Runs in each call of the writer before it changes a row. */
    public volatile Runnable beforeWrite = () -> {};
    /** Runs in each call of the writer after it has changed a row. */
    public volatile Runnable afterWrite = () -> {};
    /** Runs in each call of the loader after it has read a row. */
    public volatile Runnable afterRead = () -> {};

    /** Returns a node's cache that reads and writes through. */
    public Cache<String, String> cache(Node node) {
        return node.cache(
                "rows",
                String.class,
                String.class,
                settings -> settings.readThrough(() -> this)
                        .writeThrough(() -> this)
                        .commandTimeout(Duration.ofSeconds(5)));
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
        afterWrite.run();
    }

    @Override
    public void writeAll(Collection<Cache.Entry<? extends String, ? extends String>> entries) {
        entries.forEach(this::write);
    }

    @Override
    public void delete(Object key) {
        beforeWrite.run();
        all.remove(key);
        afterWrite.run();
    }

    @Override
    public void deleteAll(Collection<?> keys) {
        keys.forEach(this::delete);
    }
}
