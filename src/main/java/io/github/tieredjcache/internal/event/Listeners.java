package io.github.tieredjcache.internal.event;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import javax.cache.Cache;
import javax.cache.configuration.CacheEntryListenerConfiguration;
import javax.cache.event.CacheEntryListenerException;
import javax.cache.event.EventType;
import org.jspecify.annotations.Nullable;

/**
 * The listeners of one cache on this node.
 *
 * <p>All listeners receive an event, even if one throws; then the first exception of a synchronous listener is thrown.
 * Safe for use by many threads.
 *
 * @param <K> the type of the keys
 * @param <V> the type of the values
 */
public final class Listeners<K, V> {
    private final CopyOnWriteArrayList<Registration<K, V>> registrations = new CopyOnWriteArrayList<>();
    private final Cache<K, V> source;
    private final Executor executor;
    private final Runnable onDrop;

    /**
     * Creates an empty set of listeners.
     *
     * @param source the cache that events name as their source
     * @param executor runs asynchronous listeners
     * @param onDrop runs for each event that is dropped because an asynchronous listener is too slow
     */
    public Listeners(Cache<K, V> source, Executor executor, Runnable onDrop) {
        this.source = source;
        this.executor = executor;
        this.onDrop = onDrop;
    }

    /**
     * Registers a listener. The caller prevents concurrent registrations.
     *
     * @throws IllegalArgumentException if an equal configuration is registered already
     */
    public void register(CacheEntryListenerConfiguration<K, V> configuration) {
        Objects.requireNonNull(configuration, "listener must not be null");
        for (Registration<K, V> each : registrations) {
            if (each.isOf(configuration)) {
                throw new IllegalArgumentException("a listener with an equal configuration is registered already");
            }
        }
        registrations.add(new Registration<>(source.getName(), configuration, executor, onDrop));
    }

    /** Deregisters a listener, if it is registered. */
    public void deregister(CacheEntryListenerConfiguration<K, V> configuration) {
        Objects.requireNonNull(configuration, "listener must not be null");
        for (Registration<K, V> each : registrations) {
            if (each.isOf(configuration)) {
                registrations.remove(each);
                each.end();
            }
        }
    }

    /** Returns whether any listener listens to changes of this type. */
    public boolean hasListenersOf(EventType type) {
        for (Registration<K, V> each : registrations) {
            if (each.listensTo(type)) {
                return true;
            }
        }
        return false;
    }

    /** Returns whether any listener requires old values. */
    public boolean requireOldValues() {
        for (Registration<K, V> each : registrations) {
            if (each.requiresOldValue()) {
                return true;
            }
        }
        return false;
    }

    /**
     * Delivers one change to all listeners of its type.
     *
     * @param value the new value; null for a removal or an expiry
     * @param oldValue the old value; null if there was none or no listener requires it
     * @throws CacheEntryListenerException if a synchronous listener or a filter threw
     */
    public void publish(EventType type, K key, @Nullable V value, @Nullable V oldValue) {
        CacheEntryListenerException failure = null;
        TieredEvent<K, V> event = new TieredEvent<>(source, type, key, value, oldValue);
        for (Registration<K, V> each : registrations) {
            if (each.listensTo(type)) {
                try {
                    each.deliver(event);
                } catch (Exception e) {
                    failure = failure == null ? Registration.wrapped(e) : failure;
                }
            }
        }
        if (failure != null) {
            throw failure;
        }
    }

    /**
     * Deregisters and closes all listeners.
     *
     * @throws CacheEntryListenerException if some did not close; the first failure is its cause
     */
    public void close() {
        List<Throwable> failures = new ArrayList<>();
        registrations.forEach(each -> each.close(failures));
        registrations.clear();
        if (!failures.isEmpty()) {
            throw new CacheEntryListenerException(
                    failures.size() + " listeners or filters did not close", failures.get(0));
        }
    }
}
