package io.github.tieredjcache.jcache;

import io.github.tieredjcache.TierStatistics;
import io.github.tieredjcache.TierStatus;
import io.github.tieredjcache.TieredConfiguration;
import io.github.tieredjcache.internal.assembly.CacheAssembly;
import io.github.tieredjcache.internal.assembly.CacheComponents;
import io.github.tieredjcache.internal.assembly.CloseSequence;
import io.github.tieredjcache.internal.assembly.LoadAllTask;
import io.github.tieredjcache.internal.engine.Engine;
import io.github.tieredjcache.internal.engine.OperationResult;
import io.github.tieredjcache.internal.jmx.CacheBeans;
import io.github.tieredjcache.internal.jmx.ManagerRegistration;
import io.github.tieredjcache.internal.model.CacheOperation;
import io.github.tieredjcache.internal.support.Unwrapping;
import io.github.tieredjcache.management.TieredCacheMXBean;
import java.util.Iterator;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import javax.cache.Cache;
import javax.cache.CacheManager;
import javax.cache.configuration.CacheEntryListenerConfiguration;
import javax.cache.configuration.Configuration;
import javax.cache.integration.CompletionListener;
import javax.cache.processor.EntryProcessor;
import javax.cache.processor.EntryProcessorResult;
import org.jspecify.annotations.Nullable;

/**
 * A cache of Tiered JCache: checks arguments and forwards to the engine.
 *
 * <p>Safe for use by many threads. {@code unwrap} supports this class, {@link TierStatistics}, {@link
 * TierStatus} and {@link TieredCacheMXBean}.
 *
 * @param <K> the type of the keys
 * @param <V> the type of the values
 */
public final class TieredCache<K, V> implements Cache<K, V> {
    private final String name;
    private final CacheManager manager;
    private final Consumer<TieredCache<K, V>> onClosed;
    private final ArgumentChecks<K, V> arguments;
    private final CacheComponents<K, V> components;
    private final Engine<K, V> engine;
    private final CacheBeans beans;
    // Guards the configuration, the beans and the close; operations on entries never take this lock.
    private final ReentrantLock lock = new ReentrantLock();
    private volatile TieredConfiguration<K, V> configuration;
    private volatile boolean closed;

    /**
     * Creates a cache.
     *
     * @param onClosed called when the cache is closed or destroyed, before its components are closed
     */
    TieredCache(
            String name,
            CacheManager manager,
            TieredConfiguration<K, V> configuration,
            CacheAssembly assembly,
            ManagerRegistration managerBean,
            Consumer<TieredCache<K, V>> onClosed) {
        this.name = name;
        this.manager = manager;
        this.onClosed = onClosed;
        this.configuration = configuration;
        this.arguments = new ArgumentChecks<>(name, configuration);
        this.components = assembly.wire(this, configuration);
        this.engine = components.engine();
        this.beans = new CacheBeans(managerBean, name, this::configuration, components);
    }

    /** Applies changes, then registers listeners and beans. If the factory of a listener throws, closes the cache and rethrows. */
    void open(Iterable<Consumer<TieredCache<?, ?>>> changes) {
        try {
            changes.forEach(each -> each.accept(this));
            configuration.getCacheEntryListenerConfigurations().forEach(components.listeners()::register);
            beans.update();
        } catch (Throwable e) {
            CloseSequence incomplete = new CloseSequence();
            incomplete.step(this);
            incomplete.failures().forEach(e::addSuppressed);
            throw e;
        }
    }

    @Override
    public @Nullable V get(K key) {
        requireOpen();
        return engine.get(arguments.key(key));
    }

    @Override
    public Map<K, V> getAll(Set<? extends K> keys) {
        requireOpen();
        return engine.getAll(arguments.keys(keys));
    }

    @Override
    public boolean containsKey(K key) {
        requireOpen();
        return engine.contains(arguments.key(key));
    }

    /**
     * Loads keys in the background. Without a loader nothing is loaded, and the listener is notified of the completion.
     *
     * @param completionListener notified of completion or failure, on another thread; may be null
     * @throws javax.cache.CacheException if the queue of loads is full
     */
    @Override
    public void loadAll(
            Set<? extends K> keys, boolean replaceExistingValues, @Nullable CompletionListener completionListener) {
        requireOpen();
        Runnable load = engine.loading(arguments.keys(keys), replaceExistingValues);
        components.loadAll().accept(new LoadAllTask(name, load, completionListener));
    }

    @Override
    public void put(K key, V value) {
        write(key, value, CacheOperation::put);
    }

    @Override
    public @Nullable V getAndPut(K key, V value) {
        return write(key, value, CacheOperation::getAndPut).old();
    }

    @Override
    public void putAll(Map<? extends K, ? extends V> map) {
        requireOpen();
        engine.putAll(arguments.entries(map));
    }

    @Override
    public boolean putIfAbsent(K key, V value) {
        return write(key, value, CacheOperation::putIfAbsent).acted();
    }

    @Override
    public boolean remove(K key) {
        requireOpen();
        return engine.write(arguments.key(key), CacheOperation.<V>remove()).existed();
    }

    @Override
    public boolean remove(K key, V oldValue) {
        return write(key, oldValue, CacheOperation::remove).acted();
    }

    @Override
    public @Nullable V getAndRemove(K key) {
        requireOpen();
        return engine.write(arguments.key(key), CacheOperation.<V>getAndRemove())
                .old();
    }

    @Override
    public boolean replace(K key, V oldValue, V newValue) {
        requireOpen();
        CacheOperation<V> operation = CacheOperation.replace(arguments.value(oldValue), arguments.value(newValue));
        return engine.write(arguments.key(key), operation).acted();
    }

    @Override
    public boolean replace(K key, V value) {
        return write(key, value, CacheOperation::replace).acted();
    }

    @Override
    public @Nullable V getAndReplace(K key, V value) {
        return write(key, value, CacheOperation::getAndReplace).old();
    }

    @Override
    public void removeAll(Set<? extends K> keys) {
        requireOpen();
        engine.removeAll(arguments.keys(keys));
    }

    /** Removes all entries of all nodes, one by one; calls listeners and writer, and counts, for each entry. */
    @Override
    public void removeAll() {
        requireOpen();
        engine.removeAll();
    }

    /** Empties the cache on all nodes; calls neither listeners nor writer, and counts nothing. */
    @Override
    public void clear() {
        requireOpen();
        engine.clear();
    }

    /**
     * Runs a processor once, on the calling thread, with exclusive write access to the key among all nodes.
     *
     * @throws javax.cache.processor.EntryProcessorException if the processor threw; the cache is then unchanged
     */
    @Override
    public <T> @Nullable T invoke(
            K key, EntryProcessor<K, V, T> entryProcessor, @Nullable Object... processorArguments) {
        requireOpen();
        arguments.key(key);
        Objects.requireNonNull(entryProcessor, "entryProcessor must not be null");
        return engine.invoke(key, entryProcessor, processorArguments);
    }

    @Override
    public <T> Map<K, EntryProcessorResult<T>> invokeAll(
            Set<? extends K> keys, EntryProcessor<K, V, T> entryProcessor, @Nullable Object... processorArguments) {
        requireOpen();
        arguments.keys(keys);
        Objects.requireNonNull(entryProcessor, "entryProcessor must not be null");
        return Results.of(keys, key -> engine.invoke(key, entryProcessor, processorArguments));
    }

    @Override
    public String getName() {
        return name;
    }

    @Override
    public CacheManager getCacheManager() {
        return manager;
    }

    /** Returns the configuration in force, as {@link TieredConfiguration} or as one of JCache's interfaces. */
    @Override
    public <C extends Configuration<K, V>> C getConfiguration(Class<C> type) {
        return Unwrapping.unwrap(configuration, type);
    }

    @Override
    public void registerCacheEntryListener(CacheEntryListenerConfiguration<K, V> listener) {
        configure(() -> components.listeners().register(listener), before -> before.listener(listener));
    }

    @Override
    public void deregisterCacheEntryListener(CacheEntryListenerConfiguration<K, V> listener) {
        configure(() -> components.listeners().deregister(listener), before -> before.withoutListener(listener));
    }

    /** Returns an iterator over the entries of all nodes, each key once; weakly consistent. Does not load. */
    @Override
    public Iterator<Entry<K, V>> iterator() {
        requireOpen();
        return new EntryIterator<>(engine.entries(), this::requireOpen);
    }

    @Override
    public <T> T unwrap(Class<T> type) {
        if (type == TierStatistics.class) {
            return type.cast(components.counters());
        }
        if (type == TierStatus.class) {
            return type.cast(components.counters().status());
        }
        return Unwrapping.unwrap(type == TieredCacheMXBean.class ? beans.management() : this, type);
    }

    /** Closes the cache on this node: releases memory, threads and beans. The entries in Redis remain. */
    @Override
    public void close() {
        close(false);
    }

    @Override
    public boolean isClosed() {
        return closed;
    }

    /** Shows the name, the status and all settings, defaults included, without passwords and keys. */
    @Override
    public String toString() {
        return "TieredCache[" + name
                + (closed ? ", closed, " : ", status " + components.counters().status() + ", ")
                + configuration.settings() + "]";
    }

    /** Closes the cache and removes its entries from all tiers. */
    void destroy() {
        close(true);
    }

    CacheComponents<K, V> components() {
        return components;
    }

    TieredConfiguration<K, V> configuration() {
        return configuration;
    }

    void enableManagement(boolean enabled) {
        configure(() -> {}, before -> before.management(enabled));
    }

    void enableStatistics(boolean enabled) {
        configure(() -> components.statistics().setEnabled(enabled), before -> before.statistics(enabled));
    }

    /** @param effect changes the components, before the configuration has the change */
    private void configure(Runnable effect, UnaryOperator<TieredConfiguration.Builder<K, V>> change) {
        lock.lock();
        try {
            requireOpen();
            effect.run();
            configuration = change.apply(TieredConfiguration.builder((Configuration<K, V>) configuration))
                    .build();
            beans.update();
        } finally {
            lock.unlock();
        }
    }

    private void close(boolean purge) {
        lock.lock();
        try {
            if (closed) {
                return;
            }
            closed = true;
        } finally {
            lock.unlock();
        }
        CloseSequence sequence = new CloseSequence();
        beans.unregister(sequence);
        onClosed.accept(this);
        components.close(purge, sequence);
    }

    private OperationResult<V> write(K key, V value, Function<V, CacheOperation<V>> operation) {
        requireOpen();
        return engine.write(arguments.key(key), operation.apply(arguments.value(value)));
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException(
                    "the cache '" + name + "' is closed; get or create it again by its cache manager");
        }
    }
}
