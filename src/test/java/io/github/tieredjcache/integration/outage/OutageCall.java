package io.github.tieredjcache.integration.outage;

import java.util.Map;
import java.util.TreeMap;
import javax.cache.Cache;
import org.jspecify.annotations.Nullable;

/**
 * One call that was made while something was wrong, and how it has ended.
 *
 * @param keys what it was about, and what the cache had of it at first; empty for nothing
 * @param answers by key, or nothing if it has failed
 * @param failure null if it has not failed
 * @param readBack what a lookup of each key answered afterwards, null if there was none; nothing for a key is "null"
 */
record OutageCall(
        Map<String, String> keys,
        Map<String, Object> answers,
        @Nullable Throwable failure,
        long nanos,
        @Nullable Map<String, String> readBack) {

    static OutageCall make(
            OutageOperation operation, Cache<String, String> cache, Map<String, String> keys, boolean readsBack) {
        long beganNanos = System.nanoTime();
        try {
            Map<String, Object> answers = operation.call(cache, keys);
            long nanos = System.nanoTime() - beganNanos;
            return new OutageCall(keys, answers, null, nanos, readsBack ? lookUp(cache, keys) : null);
        } catch (RuntimeException | Error e) {
            return new OutageCall(keys, Map.of(), e, System.nanoTime() - beganNanos, null);
        }
    }

    private static Map<String, String> lookUp(Cache<String, String> cache, Map<String, String> keys) {
        Map<String, String> found = new TreeMap<>();
        keys.keySet().forEach(key -> found.put(key, String.valueOf(cache.get(key))));
        return found;
    }

    @Override
    public String toString() {
        return keys.keySet()
                + (failure == null ? " answered " + answers : " threw " + failure)
                + (readBack == null ? "" : ", then looked up " + readBack);
    }
}
