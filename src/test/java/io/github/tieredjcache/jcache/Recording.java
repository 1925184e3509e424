package io.github.tieredjcache.jcache;

import io.github.tieredjcache.Undeclared;
import java.io.Closeable;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import javax.cache.configuration.CacheEntryListenerConfiguration;
import javax.cache.configuration.MutableCacheEntryListenerConfiguration;
import javax.cache.event.CacheEntryCreatedListener;
import javax.cache.event.CacheEntryEvent;
import javax.cache.event.CacheEntryEventFilter;
import javax.cache.event.CacheEntryExpiredListener;
import javax.cache.event.CacheEntryRemovedListener;
import javax.cache.event.CacheEntryUpdatedListener;
import org.jspecify.annotations.Nullable;

/** A listener of all events that records them in short form, such as {@code UPDATED a=new (old)}. */
final class Recording<K, V>
        implements CacheEntryCreatedListener<K, V>,
                CacheEntryUpdatedListener<K, V>,
                CacheEntryRemovedListener<K, V>,
                CacheEntryExpiredListener<K, V>,
                Closeable {
    private final List<String> recorded = Collections.synchronizedList(new ArrayList<>());
    private final AtomicInteger closed = new AtomicInteger();
    private volatile boolean throwing;
    private volatile @Nullable Throwable closeFailure;
    private volatile Consumer<CacheEntryEvent<? extends K, ? extends V>> reaction = event -> {};

    Recording<K, V> throwing(boolean wanted) {
        throwing = wanted;
        return this;
    }

    Recording<K, V> failingToClose(Throwable wanted) {
        closeFailure = wanted;
        return this;
    }

    Recording<K, V> reacting(Consumer<CacheEntryEvent<? extends K, ? extends V>> wanted) {
        reaction = wanted;
        return this;
    }

    CacheEntryListenerConfiguration<K, V> registered(boolean synchronous, boolean oldValues) {
        return registered(synchronous, oldValues, null);
    }

    CacheEntryListenerConfiguration<K, V> registered(
            boolean synchronous, boolean oldValues, CacheEntryEventFilter<K, V> filter) {
        return new MutableCacheEntryListenerConfiguration<>(
                NearOnly.factory(this), filter == null ? null : NearOnly.factory(filter), oldValues, synchronous);
    }

    List<String> events() {
        synchronized (recorded) {
            return List.copyOf(recorded);
        }
    }

    int timesClosed() {
        return closed.get();
    }

    @Override
    public void onCreated(Iterable<CacheEntryEvent<? extends K, ? extends V>> events) {
        hear(events);
    }

    @Override
    public void onUpdated(Iterable<CacheEntryEvent<? extends K, ? extends V>> events) {
        hear(events);
    }

    @Override
    public void onRemoved(Iterable<CacheEntryEvent<? extends K, ? extends V>> events) {
        hear(events);
    }

    @Override
    public void onExpired(Iterable<CacheEntryEvent<? extends K, ? extends V>> events) {
        hear(events);
    }

    @Override
    public void close() {
        closed.incrementAndGet();
        Throwable failure = closeFailure;
        if (failure != null) {
            throw Undeclared.thrown(failure);
        }
    }

    private void hear(Iterable<CacheEntryEvent<? extends K, ? extends V>> events) {
        for (CacheEntryEvent<? extends K, ? extends V> event : events) {
            recorded.add(event.getEventType() + " " + event.getKey() + "=" + event.getValue()
                    + (event.isOldValueAvailable() ? " (" + event.getOldValue() + ")" : ""));
            reaction.accept(event);
            if (throwing) {
                throw new IllegalStateException("listener");
            }
        }
    }
}
