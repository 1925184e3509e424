package io.github.tieredjcache.integration.outage;

import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import javax.cache.Cache;
import javax.cache.integration.CacheLoader;
import javax.cache.integration.CacheWriter;
import org.jspecify.annotations.Nullable;

/** A source of texts in memory that never fails, for several nodes of this process. Safe for use by many threads. */
final class RowSource implements CacheLoader<String, String>, CacheWriter<String, String> {
    private final ConcurrentMap<String, String> rows = new ConcurrentHashMap<>();

    /** Returns what stands in a row now, null if there is none. */
    @Nullable
    String row(String key) {
        return rows.get(key);
    }

    /** Sets a row without a call of any cache. */
    void set(String key, String text) {
        rows.put(key, text);
    }

    @Override
    public @Nullable String load(String key) {
        return rows.get(key);
    }

    @Override
    public Map<String, String> loadAll(Iterable<? extends String> keys) {
        Map<String, String> found = new HashMap<>();
        for (String key : keys) {
            String text = rows.get(key);
            if (text != null) {
                found.put(key, text);
            }
        }
        return found;
    }

    @Override
    public void write(Cache.Entry<? extends String, ? extends String> entry) {
        rows.put(entry.getKey(), entry.getValue());
    }

    @Override
    public void writeAll(Collection<Cache.Entry<? extends String, ? extends String>> entries) {
        Iterator<Cache.Entry<? extends String, ? extends String>> each = entries.iterator();
        while (each.hasNext()) {
            write(each.next());
            each.remove();
        }
    }

    @Override
    public void delete(Object key) {
        rows.remove((String) key);
    }

    @Override
    public void deleteAll(Collection<?> keys) {
        Iterator<?> each = keys.iterator();
        while (each.hasNext()) {
            delete(each.next());
            each.remove();
        }
    }
}
