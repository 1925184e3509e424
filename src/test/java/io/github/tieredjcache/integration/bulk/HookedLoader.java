package io.github.tieredjcache.integration.bulk;

import java.util.Map;
import java.util.function.IntConsumer;
import java.util.stream.StreamSupport;
import javax.cache.integration.CacheLoader;
import org.jspecify.annotations.Nullable;

/**
 * A loader in front of another one.
 *
 * @param loader loads
 * @param before receives before each call how many keys it has
 */
record HookedLoader(CacheLoader<String, String> loader, IntConsumer before) implements CacheLoader<String, String> {
    @Override
    public @Nullable String load(String key) {
        before.accept(1);
        return loader.load(key);
    }

    @Override
    public Map<String, String> loadAll(Iterable<? extends String> keys) {
        before.accept((int) StreamSupport.stream(keys.spliterator(), false).count());
        return loader.loadAll(keys);
    }
}
