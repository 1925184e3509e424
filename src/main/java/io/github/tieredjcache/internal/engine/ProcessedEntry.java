package io.github.tieredjcache.internal.engine;

import io.github.tieredjcache.internal.engine.common.StoreByValue;
import io.github.tieredjcache.internal.model.Entry;
import java.util.function.Function;
import javax.cache.processor.MutableEntry;
import org.jspecify.annotations.Nullable;

/**
 * The entry as one entry processor sees and changes it; it remembers the net effect only.
 *
 * <p>Used by one thread. What a processor does to it reaches no tier before the processor has ended well.
 */
final class ProcessedEntry<K, V> implements MutableEntry<K, V> {
    /** What is left to do when the processor has ended. */
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
    // The processor's own instance of the value as it would be now; meaningless while the effect is NONE.
    private @Nullable V value;
    // The cache's own instance of what was loaded: what the processor does to its own is not stored unless it says so.
    private @Nullable V loaded;

    /** @param loader loads what is not there; null if nothing is to be loaded */
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
                    loaded = storeByValue.in(fromSource);
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
        effect = Effect.STORE;
    }

    @Override
    public void remove() {
        // What was made here and is unmade here leaves no trace.
        boolean madeHere = before == null && (effect == Effect.STORE || effect == Effect.LOAD);
        value = null;
        effect = madeHere ? Effect.NONE : Effect.REMOVE;
    }

    @Override
    public <T> T unwrap(Class<T> type) {
        if (type.isInstance(this)) {
            return type.cast(this);
        }
        throw new IllegalArgumentException("cannot unwrap a mutable entry to " + type.getName());
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
        return storeByValue.in(value);
    }
}
