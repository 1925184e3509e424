package io.github.tieredjcache.internal.engine;

import io.github.tieredjcache.internal.engine.ProcessedEntry.Effect;
import io.github.tieredjcache.internal.engine.common.StoreByValue;
import io.github.tieredjcache.internal.model.Entry;
import javax.cache.processor.EntryProcessor;
import org.jspecify.annotations.Nullable;

/**
 * A shortcut for the entry processor of Spring's {@code @Cacheable(sync = true)}: if there is an entry, the processor
 * only reads it, so the call is a lookup as {@code get} is, usually from the near tier. A lease is taken only if there
 * is no entry.
 *
 * <p>Any other entry processor may change the entry, and always runs under a lease.
 *
 * @param <K> the type of the keys
 * @param <V> the type of the values
 */
final class SpringLookupShortcut<K, V> {
    private static final String SPRING_PROCESSOR =
            "org.springframework.cache.jcache.JCacheCache$ValueLoaderEntryProcessor";

    private final ReadPath<K, V> reads;
    private final Invocations<K, V> invocations;
    private final StoreByValue<K, V> storeByValue;

    SpringLookupShortcut(ReadPath<K, V> reads, Invocations<K, V> invocations, StoreByValue<K, V> storeByValue) {
        this.reads = reads;
        this.invocations = invocations;
        this.storeByValue = storeByValue;
    }

    /** Runs any processor on a key; an exception of the processor is wrapped, and then nothing has changed. */
    <T> @Nullable T invoke(K key, EntryProcessor<K, V, T> processor, @Nullable Object... arguments) {
        if (processor.getClass().getName().equals(SPRING_PROCESSOR)) {
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
