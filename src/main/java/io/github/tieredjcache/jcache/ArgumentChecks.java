package io.github.tieredjcache.jcache;

import java.util.Map;
import java.util.Set;
import javax.cache.configuration.Configuration;
import org.jspecify.annotations.Nullable;

/**
 * Checks the arguments of the operations of one cache: not null, and of the configured types.
 *
 * @param <K> the type of the keys
 * @param <V> the type of the values
 */
final class ArgumentChecks<K, V> {
    private final String cacheName;
    private final Class<?> keyType;
    private final Class<?> valueType;

    ArgumentChecks(String cacheName, Configuration<K, V> configuration) {
        this.cacheName = cacheName;
        this.keyType = configuration.getKeyType();
        this.valueType = configuration.getValueType();
    }

    K key(@Nullable K key) {
        return checked("key", key, keyType);
    }

    V value(@Nullable V value) {
        return checked("value", value, valueType);
    }

    /** Checks all keys before any of them has an effect. */
    <T extends K> Set<T> keys(@Nullable Set<T> keys) {
        if (keys == null) {
            throw new NullPointerException(ofCache("keys must not be null"));
        }
        // By iteration, because contains(null) throws on the sets of Set.of.
        keys.forEach(this::key);
        return keys;
    }

    /** Checks all entries before any of them has an effect. */
    <M extends Map<? extends K, ? extends V>> M entries(@Nullable M entries) {
        if (entries == null) {
            throw new NullPointerException(ofCache("map must not be null"));
        }
        entries.forEach((key, value) -> {
            key(key);
            value(value);
        });
        return entries;
    }

    private <T> T checked(String what, @Nullable T argument, Class<?> type) {
        if (argument == null) {
            throw new NullPointerException(ofCache(what + " must not be null"));
        }
        if (!type.isInstance(argument)) {
            throw new ClassCastException(ofCache(what + " must be of the configured type " + type.getName() + ", was a "
                    + argument.getClass().getName()));
        }
        return argument;
    }

    private String ofCache(String message) {
        return "cache '" + cacheName + "': " + message;
    }
}
