package io.github.tieredjcache.internal.engine;

import io.github.tieredjcache.internal.engine.ProcessedEntry.Effect;
import io.github.tieredjcache.internal.engine.common.StoreByValue;
import io.github.tieredjcache.internal.model.Entry;
import javax.cache.processor.EntryProcessor;
import org.jspecify.annotations.Nullable;

/**
 * Calls of an entry processor that are lookups as long as there is an entry: with one they change nothing, and are answered as
 * {@code get} is, from near as a rule. Only where there is none a lease is worth its price.
 *
 * <p>Of an unknown processor nobody knows that; of Spring's, by which {@code @Cacheable(sync = true)} looks and loads, it is known.
 *
 * @param <K> the type of the keys
 * @param <V> the type of the values
 */
final class SpringLookupShortcut<K, V> {
    private static final String SPRING = "org.springframework.cache.jcache.JCacheCache$ValueLoaderEntryProcessor";

    private final ReadPath<K, V> reads;
    private final Invocations<K, V> invocations;
    private final StoreByValue<K, V> storeByValue;

    SpringLookupShortcut(ReadPath<K, V> reads, Invocations<K, V> invocations, StoreByValue<K, V> storeByValue) {
        this.reads = reads;
        this.invocations = invocations;
        this.storeByValue = storeByValue;
    }

    /** Runs any processor on a key; what it throws is wrapped, and then nothing has changed. */
    <T> @Nullable T invoke(K key, EntryProcessor<K, V, T> processor, @Nullable Object... arguments) {
        if (processor.getClass().getName().equals(SPRING)) {
            Entry<V> found = reads.find(key);
            if (found != null) {
                ProcessedEntry<K, V> entry = new ProcessedEntry<>(key, found, storeByValue, null);
                T result = Invocations.run(processor, entry, arguments);
                if (entry.effect() == Effect.NONE || entry.effect() == Effect.ACCESS) {
                    return result;
                }
            }
        }
        return invocations.invoke(key, processor, arguments);
    }
}
