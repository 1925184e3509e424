package io.github.tieredjcache.internal.event;

import io.github.tieredjcache.internal.support.Unwrapping;
import java.io.Serial;
import java.util.Objects;
import javax.cache.Cache;
import javax.cache.event.CacheEntryEvent;
import javax.cache.event.EventType;
import org.jspecify.annotations.Nullable;

/**
 * One change of one entry, as one listener receives it.
 *
 * <p>The event of a removed or expired entry has the old value only, and only for listeners that require it.
 */
@SuppressWarnings("serial") // java.util.EventObject is serializable in name; keys and values need not be.
final class TieredEvent<K, V> extends CacheEntryEvent<K, V> {
    @Serial
    private static final long serialVersionUID = 1L;

    private final K key;
    private final @Nullable V value;
    private final @Nullable V oldValue;

    TieredEvent(Cache<K, V> source, EventType type, K key, @Nullable V value, @Nullable V oldValue) {
        super(source, type);
        this.key = key;
        this.value = value;
        this.oldValue = oldValue;
    }

    /** Returns the same event without the old value. */
    TieredEvent<K, V> withoutOldValue() {
        return new TieredEvent<>(source(), getEventType(), key, value, null);
    }

    @Override
    public K getKey() {
        return key;
    }

    @Override
    public @Nullable V getValue() {
        return value == null ? oldValue : value;
    }

    @Override
    public @Nullable V getOldValue() {
        return oldValue;
    }

    @Override
    public boolean isOldValueAvailable() {
        return oldValue != null;
    }

    @Override
    public <T> T unwrap(Class<T> type) {
        return Unwrapping.unwrap(this, type);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return this == other;
    }

    @Override
    public int hashCode() {
        return Objects.hash(getEventType(), key);
    }

    @SuppressWarnings("unchecked")
    private Cache<K, V> source() {
        return (Cache<K, V>) getSource();
    }
}
