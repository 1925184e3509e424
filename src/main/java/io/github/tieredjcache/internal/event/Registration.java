package io.github.tieredjcache.internal.event;

import java.io.Closeable;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import javax.cache.configuration.CacheEntryListenerConfiguration;
import javax.cache.configuration.Factory;
import javax.cache.event.CacheEntryCreatedListener;
import javax.cache.event.CacheEntryEventFilter;
import javax.cache.event.CacheEntryExpiredListener;
import javax.cache.event.CacheEntryListener;
import javax.cache.event.CacheEntryListenerException;
import javax.cache.event.CacheEntryRemovedListener;
import javax.cache.event.CacheEntryUpdatedListener;
import javax.cache.event.EventType;
import org.jspecify.annotations.Nullable;

/** One listener with its filter, as it was registered. */
final class Registration<K, V> {
    private final CacheEntryListenerConfiguration<K, V> configuration;
    private final CacheEntryListener<? super K, ? super V> listener;
    private final @Nullable CacheEntryEventFilter<? super K, ? super V> filter;
    private final @Nullable AsyncListenerQueue<TieredEvent<K, V>> queue;

    Registration(
            String cacheName, CacheEntryListenerConfiguration<K, V> configuration, Executor executor, Runnable onDrop) {
        this.configuration = configuration;
        this.listener = configuration.getCacheEntryListenerFactory().create();
        this.filter = filter(configuration, listener);
        this.queue = configuration.isSynchronous()
                ? null
                : new AsyncListenerQueue<>(cacheName, this::call, executor, onDrop);
    }

    /** Creates the filter, if there is one; closes the listener if that throws. */
    private static <K, V> @Nullable CacheEntryEventFilter<? super K, ? super V> filter(
            CacheEntryListenerConfiguration<K, V> configuration, CacheEntryListener<? super K, ? super V> listener) {
        Factory<CacheEntryEventFilter<? super K, ? super V>> filters = configuration.getCacheEntryEventFilterFactory();
        try {
            return filters == null ? null : filters.create();
        } catch (Throwable e) {
            List<Throwable> failures = new ArrayList<>();
            close(listener, failures);
            failures.forEach(e::addSuppressed);
            throw e;
        }
    }

    boolean isOf(CacheEntryListenerConfiguration<K, V> other) {
        return configuration.equals(other);
    }

    boolean listensTo(EventType type) {
        return switch (type) {
            case CREATED -> listener instanceof CacheEntryCreatedListener;
            case UPDATED -> listener instanceof CacheEntryUpdatedListener;
            case REMOVED -> listener instanceof CacheEntryRemovedListener;
            case EXPIRED -> listener instanceof CacheEntryExpiredListener;
        };
    }

    boolean requiresOldValue() {
        return configuration.isOldValueRequired();
    }

    /** Filters an event and delivers it: before this returns if the listener is synchronous, else soon. */
    void deliver(TieredEvent<K, V> event) {
        TieredEvent<K, V> delivered = requiresOldValue() ? event : event.withoutOldValue();
        if (filter != null && !filter.evaluate(delivered)) {
            return;
        }
        if (queue == null) {
            call(delivered);
        } else {
            queue.add(delivered);
        }
    }

    /** Stops the delivery. */
    void end() {
        if (queue != null) {
            queue.close();
        }
    }

    /**
     * Stops the delivery, and closes the listener and the filter if they are closeable; adds what they throw to the
     * list.
     */
    void close(List<Throwable> failures) {
        end();
        close(listener, failures);
        close(filter, failures);
    }

    private static void close(@Nullable Object part, List<Throwable> failures) {
        if (part instanceof Closeable closeable) {
            try {
                closeable.close();
            } catch (Throwable e) {
                failures.add(e);
            }
        }
    }

    @SuppressWarnings("unchecked")
    private void call(TieredEvent<K, V> event) {
        // A listener of supertypes reads keys and values only; listensTo() has checked the interface.
        var events = List.of(event);
        switch (event.getEventType()) {
            case CREATED -> ((CacheEntryCreatedListener<K, V>) listener).onCreated(cast(events));
            case UPDATED -> ((CacheEntryUpdatedListener<K, V>) listener).onUpdated(cast(events));
            case REMOVED -> ((CacheEntryRemovedListener<K, V>) listener).onRemoved(cast(events));
            case EXPIRED -> ((CacheEntryExpiredListener<K, V>) listener).onExpired(cast(events));
        }
    }

    @SuppressWarnings("unchecked")
    private static <K, V> Iterable<javax.cache.event.CacheEntryEvent<? extends K, ? extends V>> cast(
            List<TieredEvent<K, V>> events) {
        return (Iterable<javax.cache.event.CacheEntryEvent<? extends K, ? extends V>>) (Iterable<?>) events;
    }

    static CacheEntryListenerException wrapped(Exception failure) {
        return failure instanceof CacheEntryListenerException thrown
                ? thrown
                : new CacheEntryListenerException(
                        "a cache entry listener or filter threw; the change took effect", failure);
    }
}
