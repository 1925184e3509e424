package io.github.tieredjcache.internal.engine;

import io.github.tieredjcache.internal.engine.common.StoreByValue;
import io.github.tieredjcache.internal.model.Entry;
import io.github.tieredjcache.internal.support.Unwrapping;
import java.util.function.Function;
import javax.cache.processor.MutableEntry;
import org.jspecify.annotations.Nullable;

/**
 * The entry as one entry processor sees and changes it; it keeps the net effect only.
 *
 * <p>Used by one thread. A change reaches the tiers only after the processor has returned normally.
 */
final class ProcessedEntry<K, V> implements MutableEntry<K, V> {
    /** The net effect to commit when the processor has returned. */
    enum Effect {
        NONE,
        ACCESS,
        LOAD,
        STORE,
        REMOVE
    }

    private final K key;
    private final @Nullable Entry<V> before;
    private final StoreByValue<K, V> storeByValue;
    private final @Nullable Function<K, @Nullable V> loader;
    private Effect effect = Effect.NONE;
    // The processor's own instance of the current value; meaningless while the effect is NONE.
    private @Nullable V value;
    // The cache's own instance of a loaded value: the processor's changes to its instance are stored only by setValue.
    private @Nullable V loaded;
    private boolean dropsValue;

    /** @param loader loads a missing value; null to load nothing */
    ProcessedEntry(
            K key,
            @Nullable Entry<V> before,
            StoreByValue<K, V> storeByValue,
            @Nullable Function<K, @Nullable V> loader) {
        this.key = key;
        this.before = before;
        this.storeByValue = storeByValue;
        this.loader = loader;
    }

    @Override
    public K getKey() {
        return storeByValue.key(key);
    }

    @Override
    public boolean exists() {
        return switch (effect) {
            case NONE, ACCESS -> before != null;
            case LOAD, STORE -> true;
            case REMOVE -> false;
        };
    }

    @Override
    public @Nullable V getValue() {
        if (effect == Effect.NONE) {
            if (before != null) {
                value = storeByValue.out(before.value());
                effect = Effect.ACCESS;
            } else if (loader != null) {
                V fromSource = loader.apply(storeByValue.key(key));
                if (fromSource != null) {
                    V instance = storeByValue.in(fromSource);
                    dropsValue = instance == null;
                    loaded = instance == null ? fromSource : instance;
                    value = storeByValue.out(loaded);
                    effect = Effect.LOAD;
                }
            }
        }
        return value;
    }

    @Override
    public void setValue(V newValue) {
        if (newValue == null) {
            throw new NullPointerException("value must not be null");
        }
        value = newValue;
        dropsValue = false;
        effect = Effect.STORE;
    }

    @Override
    public void remove() {
        // An entry that the processor created and removed again leaves no trace.
        boolean createdByProcessor = before == null && (effect == Effect.STORE || effect == Effect.LOAD);
        value = null;
        effect = createdByProcessor ? Effect.NONE : Effect.REMOVE;
    }

    @Override
    public <T> T unwrap(Class<T> type) {
        return Unwrapping.unwrap(this, type);
    }

    Effect effect() {
        return effect;
    }

    /** Returns an instance of the new value for the cache to keep; only for a LOAD or a STORE. */
    V newValue() {
        if (effect == Effect.LOAD && loaded != null) {
            return loaded;
        }
        if (value == null) {
            throw new IllegalStateException("the processor stored nothing");
        }
        V instance = storeByValue.in(value);
        dropsValue = instance == null;
        return instance == null ? value : instance;
    }

    /** Returns whether {@link #newValue} cannot be copied, and is dropped. */
    boolean dropsValue() {
        return dropsValue;
    }
}
