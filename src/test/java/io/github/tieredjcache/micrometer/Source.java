package io.github.tieredjcache.micrometer;

import java.util.Map;
import java.util.TreeMap;
import javax.cache.integration.CacheLoader;

/** A loader that has a value for all keys but one, for which it throws. */
final class Source implements CacheLoader<String, String> {
    @Override
    public String load(String key) {
        if (key.equals("fails")) {
            throw new IllegalStateException("no such row");
        }
        return "of " + key;
    }

    @Override
    public Map<String, String> loadAll(Iterable<? extends String> keys) {
        Map<String, String> values = new TreeMap<>();
        keys.forEach(key -> values.put(key, load(key)));
        return values;
    }
}
