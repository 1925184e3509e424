package io.github.tieredjcache.internal.source;

import io.github.tieredjcache.internal.stats.SourceCall;
import io.github.tieredjcache.internal.stats.TierCounters;
import io.github.tieredjcache.internal.support.ShortText;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.cache.Cache;
import javax.cache.integration.CacheLoader;
import javax.cache.integration.CacheLoaderException;
import javax.cache.integration.CacheWriter;
import javax.cache.integration.CacheWriterException;
import org.jspecify.annotations.Nullable;

/**
 * The user's loader and writer as the third tier.
 *
 * <p>Throws {@link CacheLoaderException} and {@link CacheWriterException} only, with the user's exception as the cause;
 * an {@link Error} passes as it is.
 *
 * @param <K> the type of the keys
 * @param <V> the type of the values
 */
public final class Source<K, V> {
    /** The bound of a key in a message. */
    private static final int KEY_CHARS_MAX = 100;

    private final @Nullable CacheLoader<K, V> loader;
    private final @Nullable CacheWriter<? super K, ? super V> writer;
    private final TierCounters counters;

    /**
     * Creates a source.
     *
     * @param loader loads missing keys; null if there is none
     * @param writer is called before each mutation; null if the cache does not write through
     * @param counters count loads and their failures
     */
    public Source(
            @Nullable CacheLoader<K, V> loader,
            @Nullable CacheWriter<? super K, ? super V> writer,
            TierCounters counters) {
        this.loader = loader;
        this.writer = writer;
        this.counters = counters;
    }

    /** Returns whether there is a loader. */
    public boolean loads() {
        return loader != null;
    }

    /** Returns whether there is a writer. */
    public boolean writes() {
        return writer != null;
    }

    /** Returns the classes of loader and writer. */
    @Override
    public String toString() {
        return (loader == null ? "no loader" : "loader " + loader.getClass().getName())
                + (writer == null ? "" : ", writer " + writer.getClass().getName());
    }

    /** Loads one key; returns null if the source has no value or there is no loader. */
    public @Nullable V load(K key) {
        if (loader == null) {
            return null;
        }
        try (SourceCall call = counters.beginSourceCall(1)) {
            return call.<@Nullable V>succeeded(loader.load(key));
        } catch (Exception e) {
            throw failedLoad("the loader " + nameOf(loader) + " failed for the key " + shown(key), e);
        }
    }

    /**
     * Loads one key for a comparison, which is no load of the cache: counts nothing.
     *
     * <p>Throws the loader's own exception, which may be a checked one.
     */
    public @Nullable V loadUncounted(K key) {
        return loader == null ? null : loader.load(key);
    }

    /** Loads keys; the result has no null keys or values, and no keys that were not requested. */
    public Map<K, V> loadAll(Collection<K> keys) {
        if (loader == null || keys.isEmpty()) {
            return Map.of();
        }
        try (SourceCall call = counters.beginSourceCall(keys.size())) {
            return call.succeeded(onlyRequested(keys, loader.loadAll(keys)));
        } catch (Exception e) {
            throw failedLoad("the loader " + nameOf(loader) + " failed for " + several(keys, "keys"), e);
        }
    }

    private static <K, V> Map<K, V> onlyRequested(Collection<K> keys, @Nullable Map<K, V> loaded) {
        Map<K, V> requested = new HashMap<>();
        if (loaded != null) {
            for (K key : keys) {
                // Read by get(): the map is the user's, may have other keys and nulls, and may throw for a key.
                V value = loaded.get(key);
                if (value != null) {
                    requested.put(key, value);
                }
            }
        }
        return requested;
    }

    /** Calls the writer before an entry is stored. */
    public void write(K key, V value) {
        if (writer != null) {
            try {
                writer.write(new WrittenEntry<>(key, value));
            } catch (Exception e) {
                throw failedWrite("the writer " + nameOf(writer) + " failed to write the key " + shown(key), e);
            }
        }
    }

    /** Calls the writer before a key is removed. */
    public void delete(K key) {
        if (writer != null) {
            try {
                writer.delete(key);
            } catch (Exception e) {
                throw failedWrite("the writer " + nameOf(writer) + " failed to delete the key " + shown(key), e);
            }
        }
    }

    /**
     * Calls the writer once before entries are stored.
     *
     * @return the keys that were not written, and the failure if the writer threw
     */
    public Unwritten<K> writeAll(Map<K, V> entries) {
        if (writer == null || entries.isEmpty()) {
            return Unwritten.none();
        }
        List<Cache.Entry<? extends K, ? extends V>> remaining = new ArrayList<>(entries.size());
        entries.forEach((key, value) -> remaining.add(new WrittenEntry<>(key, value)));
        try {
            writeRemaining(writer, remaining);
            return Unwritten.none();
        } catch (Exception e) {
            List<K> keys = new ArrayList<>(remaining.size());
            remaining.forEach(entry -> keys.add(entry.getKey()));
            return new Unwritten<>(
                    keys,
                    failedWrite("the writer " + nameOf(writer) + " failed to write " + several(keys, "entries"), e));
        }
    }

    /**
     * Calls the writer once before keys are removed.
     *
     * @return the keys that were not deleted, and the failure if the writer threw
     */
    public Unwritten<K> deleteAll(Collection<K> keys) {
        if (writer == null || keys.isEmpty()) {
            return Unwritten.none();
        }
        List<K> remaining = new ArrayList<>(keys);
        try {
            writer.deleteAll(remaining);
            return Unwritten.none();
        } catch (Exception e) {
            return new Unwritten<>(
                    List.copyOf(remaining),
                    failedWrite("the writer " + nameOf(writer) + " failed to delete " + several(remaining, "keys"), e));
        }
    }

    @SuppressWarnings({"unchecked", "rawtypes"})
    private static <K, V> void writeRemaining(
            CacheWriter<? super K, ? super V> writer, List<Cache.Entry<? extends K, ? extends V>> remaining) {
        // JCache declares Collection<Entry<? extends K, ? extends V>> in the writer's own type variables, which
        // are supertypes of ours; the writer only reads from the entries and removes them.
        ((CacheWriter) writer).writeAll(remaining);
    }

    private CacheLoaderException failedLoad(String message, Exception cause) {
        return cause instanceof CacheLoaderException loading
                ? loading
                : new CacheLoaderException(ofCache(message), cause);
    }

    private CacheWriterException failedWrite(String message, Exception cause) {
        return cause instanceof CacheWriterException writing
                ? writing
                : new CacheWriterException(ofCache(message), cause);
    }

    private String ofCache(String message) {
        return "cache '" + counters.cacheName() + "': " + message + "; its own exception is the cause";
    }

    private static String nameOf(Object loaderOrWriter) {
        return loaderOrWriter.getClass().getName();
    }

    private static String several(Collection<?> keys, String what) {
        return keys.size() + " " + what
                + (keys.isEmpty()
                        ? ", because it removed all of them from the collection"
                        : ", the first of the key " + shown(keys.iterator().next()));
    }

    private static String shown(@Nullable Object key) {
        return "'" + ShortText.of(key, KEY_CHARS_MAX) + "'";
    }

    /**
     * The keys of a batch that the writer did not write.
     *
     * @param keys the keys
     * @param failure the failure; null if the writer did not throw
     */
    public record Unwritten<K>(Collection<K> keys, @Nullable CacheWriterException failure) {
        static <K> Unwritten<K> none() {
            return new Unwritten<>(List.of(), null);
        }
    }
}
