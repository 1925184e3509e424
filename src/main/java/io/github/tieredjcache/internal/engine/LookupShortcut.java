package io.github.tieredjcache.internal.engine;

import io.github.tieredjcache.internal.engine.ProcessedEntry.Effect;
import io.github.tieredjcache.internal.engine.common.EngineComponents;
import io.github.tieredjcache.internal.engine.common.StoreByValue;
import io.github.tieredjcache.internal.framework.FrameworkClasses;
import io.github.tieredjcache.internal.model.Entry;
import io.github.tieredjcache.internal.stats.SourceCall;
import io.github.tieredjcache.internal.stats.TierCounters;
import javax.cache.processor.EntryProcessor;
import javax.cache.processor.MutableEntry;
import org.jspecify.annotations.Nullable;

/**
 * A shortcut for the entry processors that compute a missing entry: if there is an entry, the processor only reads it,
 * so the call is a lookup as {@code get} is, usually from the near tier. A lease is taken only if there is no entry.
 * Then the processor calls the application, which counts as a load.
 *
 * <p>Any other entry processor may change the entry, and always runs under a lease.
 *
 * @param <K> the type of the keys
 * @param <V> the type of the values
 */
final class LookupShortcut<K, V> {
    private final ReadPath<K, V> reads;
    private final Invocations<K, V> invocations;
    private final StoreByValue<K, V> storeByValue;
    private final TierCounters counters;

    LookupShortcut(ReadPath<K, V> reads, Invocations<K, V> invocations, EngineComponents<K, V> components) {
        this.reads = reads;
        this.invocations = invocations;
        this.storeByValue = components.storeByValue();
        this.counters = components.counters();
    }

    /** Runs any processor on a key; an exception of the processor is wrapped, and then nothing has changed. */
    <T> @Nullable T invoke(K key, EntryProcessor<K, V, T> processor, @Nullable Object... arguments) {
        if (!FrameworkClasses.computesIfAbsent(processor.getClass())) {
            return invocations.invoke(key, processor, arguments);
        }
        Entry<V> found = reads.find(key);
        if (found != null) {
            ProcessedEntry<K, V> entry = new ProcessedEntry<>(key, found, storeByValue, null);
            T result = Invocations.run(processor, entry, arguments);
            if (entry.effect() == Effect.NONE || entry.effect() == Effect.ACCESS) {
                return result;
            }
        }
        EntryProcessor<K, V, T> counted = (entry, same) -> load(processor, entry, same);
        return invocations.invoke(key, counted, arguments);
    }

    /** Runs the processor; counts a load if there is no entry, as another caller may have loaded it meanwhile. */
    private <T> @Nullable T load(
            EntryProcessor<K, V, T> processor, MutableEntry<K, V> entry, @Nullable Object[] arguments) {
        if (entry.exists()) {
            return processor.process(entry, arguments);
        }
        try (SourceCall call = counters.beginSourceCall(1)) {
            return call.succeeded(processor.process(entry, arguments));
        }
    }
}
