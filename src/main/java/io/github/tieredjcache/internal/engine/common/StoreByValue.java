package io.github.tieredjcache.internal.engine.common;

import io.github.tieredjcache.internal.codec.api.Copier;
import io.github.tieredjcache.internal.codec.api.RefusedValues;
import io.github.tieredjcache.internal.model.Entry;
import java.util.Collection;
import java.util.List;
import java.util.function.Consumer;
import javax.cache.CacheException;
import org.jspecify.annotations.Nullable;

/**
 * Copies keys and values between the cache and its callers, if the cache stores by value.
 *
 * <p>A value is copied once when it is stored, and each time when it is returned; deeply immutable objects are not
 * copied.
 *
 * @param <K> the type of the keys
 * @param <V> the type of the values
 */
public final class StoreByValue<K, V> {
    private final @Nullable Copier keys;
    private final @Nullable Copier values;
    private final RefusedValues refused;
    private final Consumer<Object> onStored;

    private StoreByValue(
            @Nullable Copier keys, @Nullable Copier values, RefusedValues refused, Consumer<Object> onStored) {
        this.keys = keys;
        this.values = values;
        this.refused = refused;
        this.onStored = onStored;
    }

    /**
     * Returns the copying of a cache that stores by value.
     *
     * @param refused decides about values that cannot be copied
     * @param onStored receives each copy that the cache keeps
     */
    public static <K, V> StoreByValue<K, V> byCopies(
            Copier keys, Copier values, RefusedValues refused, Consumer<Object> onStored) {
        return new StoreByValue<>(keys, values, refused, onStored);
    }

    /** Returns the identity, for a cache that stores by reference. */
    public static <K, V> StoreByValue<K, V> none() {
        return new StoreByValue<>(null, null, RefusedValues.FAIL, stored -> {});
    }

    /** Returns an instance for the cache to keep; null if the value cannot be copied, and is dropped. */
    @Nullable
    public V in(V value) {
        if (values == null) {
            return value;
        }
        V copy;
        try {
            copy = values.copy(value);
        } catch (CacheException e) {
            refused.drop(value, e);
            return null;
        }
        onStored.accept(copy);
        return copy;
    }

    /** Returns an instance for a caller to keep; the same one if it is not kept because it cannot be copied. */
    public V out(V value) {
        if (values == null) {
            return value;
        }
        try {
            return values.copy(value);
        } catch (CacheException e) {
            if (refused.hasDropped(value.getClass())) {
                return value;
            }
            throw e;
        }
    }

    /** Returns an instance for a caller to keep, null for no entry. */
    @Nullable
    public V outOf(@Nullable Entry<V> entry) {
        return entry == null ? null : out(entry.value());
    }

    /** Returns a key for the cache, or for user code, to keep. */
    public K key(K key) {
        return keys == null ? key : keys.copy(key);
    }

    /** Returns keys for user code to keep. */
    public List<K> keys(Collection<K> keys) {
        return keys.stream().map(this::key).toList();
    }
}
