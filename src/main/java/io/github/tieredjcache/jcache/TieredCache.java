package io.github.tieredjcache.jcache;

import io.github.tieredjcache.TierStatistics;
import io.github.tieredjcache.TieredConfiguration;
import io.github.tieredjcache.internal.engine.Engine;
import io.github.tieredjcache.internal.model.CacheOperation;
import io.github.tieredjcache.management.TieredCacheMXBean;
import java.util.Iterator;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.UnaryOperator;
import javax.cache.Cache;
import javax.cache.CacheException;
import javax.cache.CacheManager;
import javax.cache.configuration.CacheEntryListenerConfiguration;
import javax.cache.configuration.Configuration;
import javax.cache.integration.CompletionListener;
import javax.cache.processor.EntryProcessor;
import javax.cache.processor.EntryProcessorException;
import javax.cache.processor.EntryProcessorResult;
import org.jspecify.annotations.Nullable;

/**
 * A cache as applications meet it: checks arguments and forwards to the engine.
 *
 * <p>Safe for use by many threads. {@code unwrap} reaches this class and {@link TierStatistics}.
 *
 * @param <K> the type of the keys
 * @param <V> the type of the values
 */
public final class TieredCache<K, V> implements Cache<K, V> {
    private final String name;
    private final TieredCacheManager manager;
    private final ArgumentChecks<K, V> arguments;
    private final CacheComponents<K, V> components;
    private final Engine<K, V> engine;
    private final MBeanRegistration statisticsBean;
    private final MBeanRegistration configurationBean;
    private final MBeanRegistration tieredBean;
    // Guards changes of the configuration, the beans and the closing; operations on entries never take it.
    private final ReentrantLock lock = new ReentrantLock();
    private volatile TieredConfiguration<K, V> configuration;
    private volatile boolean closed;

    TieredCache(
            String name, TieredCacheManager manager, TieredConfiguration<K, V> configuration, CacheAssembly assembly) {
        this.name = name;
        this.manager = manager;
        this.configuration = configuration;
        this.arguments = new ArgumentChecks<>(configuration);
        this.components = assembly.wire(this, configuration);
        this.engine = components.engine();
        this.statisticsBean =
                MBeanRegistration.standard("CacheStatistics", this, new StatisticsBean(components.statistics()));
        this.configurationBean =
                MBeanRegistration.standard("CacheConfiguration", this, new ConfigurationBean(this::configuration));
        this.tieredBean = MBeanRegistration.tiered(
                this, new DescribedBean<>(new CacheBean<>(this, components), TieredCacheMXBean.class));
    }

    /** Begins the cache's public life: listeners and beans. If a listener's factory throws, the cache is closed again. */
    void open() {
        try {
            configuration.getCacheEntryListenerConfigurations().forEach(components.listeners()::register);
            statisticsBean.show(configuration.isStatisticsEnabled());
            configurationBean.show(configuration.isManagementEnabled());
            tieredBean.show(isManaged());
        } catch (RuntimeException | Error e) {
            close();
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
     * Loads keys in the background. Without a loader this completes soon and does nothing.
     *
     * @param completionListener is told of the end, on another thread; may be null
     * @throws CacheException if too many loads wait already
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
        requireOpen();
        engine.write(arguments.key(key), CacheOperation.put(arguments.value(value)));
    }

    @Override
    public @Nullable V getAndPut(K key, V value) {
        requireOpen();
        return engine.write(arguments.key(key), CacheOperation.getAndPut(arguments.value(value)))
                .old();
    }

    @Override
    public void putAll(Map<? extends K, ? extends V> map) {
        requireOpen();
        engine.putAll(arguments.entries(map));
    }

    @Override
    public boolean putIfAbsent(K key, V value) {
        requireOpen();
        return engine.write(arguments.key(key), CacheOperation.putIfAbsent(arguments.value(value)))
                .acted();
    }

    @Override
    public boolean remove(K key) {
        requireOpen();
        return engine.write(arguments.key(key), CacheOperation.<V>remove()).existed();
    }

    @Override
    public boolean remove(K key, V oldValue) {
        requireOpen();
        return engine.write(arguments.key(key), CacheOperation.remove(arguments.value(oldValue)))
                .acted();
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
        requireOpen();
        return engine.write(arguments.key(key), CacheOperation.replace(arguments.value(value)))
                .acted();
    }

    @Override
    public @Nullable V getAndReplace(K key, V value) {
        requireOpen();
        return engine.write(arguments.key(key), CacheOperation.getAndReplace(arguments.value(value)))
                .old();
    }

    @Override
    public void removeAll(Set<? extends K> keys) {
        requireOpen();
        engine.removeAll(arguments.keys(keys));
    }

    /** Removes every entry that any node stored, one by one: listeners, writer and statistics are told of each. */
    @Override
    public void removeAll() {
        requireOpen();
        engine.removeAll();
    }

    /** Empties the cache on all nodes; listeners, writer and statistics are told of nothing. */
    @Override
    public void clear() {
        requireOpen();
        engine.clear();
    }

    /**
     * Runs a processor exactly once, on this thread, while no other thread of any node can answer from the key.
     *
     * @throws EntryProcessorException if the processor threw; then nothing has changed
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

    /** Returns what is in force now, as {@link TieredConfiguration} or one of JCache's interfaces. */
    @Override
    public <C extends Configuration<K, V>> C getConfiguration(Class<C> type) {
        return Unwrapping.unwrap(configuration, type);
    }

    @Override
    public void registerCacheEntryListener(CacheEntryListenerConfiguration<K, V> listener) {
        requireOpen();
        Objects.requireNonNull(listener, "listener must not be null");
        configure(before -> {
            components.listeners().register(listener);
            return before.listener(listener);
        });
    }

    @Override
    public void deregisterCacheEntryListener(CacheEntryListenerConfiguration<K, V> listener) {
        requireOpen();
        Objects.requireNonNull(listener, "listener must not be null");
        configure(before -> {
            components.listeners().deregister(listener);
            return before.withoutListener(listener);
        });
    }

    /** Iterates over the entries that any node stored, each key once; weakly consistent, and loads nothing. */
    @Override
    public Iterator<Entry<K, V>> iterator() {
        requireOpen();
        Iterator<Map.Entry<K, V>> entries = engine.entries();
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                requireOpen();
                return entries.hasNext();
            }

            @Override
            public Entry<K, V> next() {
                requireOpen();
                Map.Entry<K, V> next = entries.next();
                return new TieredEntry<>(next.getKey(), next.getValue());
            }

            @Override
            public void remove() {
                requireOpen();
                entries.remove();
            }
        };
    }

    @Override
    public <T> T unwrap(Class<T> type) {
        return type == TierStatistics.class ? type.cast(components.counters()) : Unwrapping.unwrap(this, type);
    }

    /** Ends this node's use of the cache: its memory, threads and beans go; what Redis holds stays. */
    @Override
    public void close() {
        close(false);
    }

    @Override
    public boolean isClosed() {
        return closed;
    }

    @Override
    public String toString() {
        return "TieredCache[" + name + (closed ? ", closed]" : "]");
    }

    /** Closes the cache and removes all that its tiers hold. */
    void destroy() {
        close(true);
    }

    CacheComponents<K, V> tiers() {
        return components;
    }

    /** Returns whether JMX shows it. */
    boolean isManaged() {
        return !closed && (configuration.isManagementEnabled() || configuration.isStatisticsEnabled());
    }

    TieredConfiguration<K, V> configuration() {
        return configuration;
    }

    void enableManagement(boolean enabled) {
        configure(before -> {
            configurationBean.show(enabled);
            return before.management(enabled);
        });
    }

    void enableStatistics(boolean enabled) {
        configure(before -> {
            components.statistics().setEnabled(enabled);
            statisticsBean.show(enabled);
            return before.statistics(enabled);
        });
    }

    private void configure(UnaryOperator<TieredConfiguration.Builder<K, V>> change) {
        lock.lock();
        try {
            requireOpen();
            configuration = change.apply(TieredConfiguration.builder((Configuration<K, V>) configuration))
                    .build();
            tieredBean.show(isManaged());
        } finally {
            lock.unlock();
        }
        manager.showItself();
    }

    private void close(boolean purge) {
        lock.lock();
        try {
            if (closed) {
                return;
            }
            closed = true;
            statisticsBean.show(false);
            configurationBean.show(false);
            tieredBean.show(false);
        } finally {
            lock.unlock();
        }
        manager.forget(this);
        CloseSequence closing = new CloseSequence(name);
        closing.step(() -> components.endWarmStart(purge));
        closing.step(purge ? engine::purge : components.settling());
        components.closing().forEach(closing::step);
        closing.end();
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("the cache '" + name + "' is closed");
        }
    }
}
