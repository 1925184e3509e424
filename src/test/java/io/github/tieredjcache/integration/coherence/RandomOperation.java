package io.github.tieredjcache.integration.coherence;

import java.util.Map;
import java.util.Random;
import java.util.Set;
import javax.cache.Cache;

/** Operations of a cache under load: mostly reads, of few keys, since only hits are compared. */
final class RandomOperation {
    private RandomOperation() {}

    /** Runs one operation. */
    static void on(Cache<String, String> cache, Random random) {
        String key = "key " + random.nextInt(6);
        String value = "value " + random.nextInt();
        switch (random.nextInt(40)) {
            case 0, 1 -> cache.put(key, value);
            case 2 -> cache.remove(key);
            case 3 -> cache.putAll(Map.of(key, value, "another", value));
            case 4 -> cache.getAndPut(key, value);
            case 5 -> cache.putIfAbsent(key, value);
            case 6 ->
                cache.invoke(key, (entry, arguments) -> {
                    entry.setValue(value);
                    return null;
                });
            case 7 -> cache.removeAll(Set.of(key));
            case 8 -> {
                if (random.nextInt(10) == 0) {
                    cache.clear();
                }
            }
            case 9 -> cache.getAll(Set.of(key, "another"));
            default -> cache.get(key);
        }
    }
}
