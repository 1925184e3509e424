package io.github.tieredjcache;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import javax.cache.configuration.CacheEntryListenerConfiguration;
import javax.cache.configuration.Factory;
import javax.cache.configuration.MutableConfiguration;
import javax.cache.expiry.ExpiryPolicy;
import javax.cache.integration.CacheLoader;
import javax.cache.integration.CacheWriter;

/**
 * The part of a builder that sets the options of JCache and the settings. The settings that most applications decide
 * have a method of their own; {@link #with with} sets any.
 *
 * @param <K> the type of the keys
 * @param <V> the type of the values
 * @param <B> the type of the builder
 */
abstract class OptionsBuilder<K, V, B extends OptionsBuilder<K, V, B>> {
    final MutableConfiguration<K, V> standard;
    TieredSettings settings = TieredSettings.NONE;

    OptionsBuilder(MutableConfiguration<K, V> standard) {
        this.standard = standard;
    }

    /** Returns this builder. */
    abstract B self();

    /**
     * Sets any setting. {@link TieredSetting} has all of them, each with its default, its rule and its unit.
     *
     * <pre>{@code
     * builder.with(TieredSetting.WRITE_LEASE, Duration.ofSeconds(10));
     * }</pre>
     */
    public <T> B with(TieredSetting<T> setting, T value) {
        settings = settings.with(setting, Objects.requireNonNull(value, setting.name()));
        return self();
    }

    /**
     * Completes the settings: each setting that is not set yet gets its value of the given settings, if it is set
     * there.
     */
    public B orElse(TieredSettings lower) {
        settings = settings.orElse(lower);
        return self();
    }

    /**
     * Sets {@link TieredSetting#REDIS_URI}, the Redis that the nodes share; default none.
     *
     * <pre>{@code
     * builder.redisUri("redis://user:password@host:6379/0");                                // one server
     * builder.redisUri("redis-sentinel://user:password@host1:26379,host2:26379/0#mymaster"); // Sentinel
     * builder.redisUri("redis-cluster://user:password@host1:6379,host2:6379");              // Redis Cluster
     * }</pre>
     */
    public B redisUri(String uri) {
        return with(TieredSetting.REDIS_URI, uri);
    }

    /**
     * Sets {@link TieredSetting#REDIS_NAMESPACE}, the first part of every Redis key; default {@code tiered-jcache}.
     *
     * <pre>{@code
     * builder.namespace("shop");
     * }</pre>
     */
    public B namespace(String namespace) {
        return with(TieredSetting.REDIS_NAMESPACE, namespace);
    }

    /**
     * Sets {@link TieredSetting#REDIS_TLS_CA_FILE}, a PEM file of the authorities that may sign the certificate of a {@code
     * rediss://} server; default: the authorities of the JVM.
     *
     * <pre>{@code
     * builder.redisUri("rediss://host:6380").tlsCaFile(Path.of("/etc/redis/ca.pem"));
     * }</pre>
     */
    public B tlsCaFile(Path certificates) {
        return with(TieredSetting.REDIS_TLS_CA_FILE, certificates.toString());
    }

    /**
     * Sets {@link TieredSetting#REDIS_COMMAND_TIMEOUT}, the maximum time that a call waits for one reply of Redis; default
     * 500 ms.
     *
     * <pre>{@code
     * builder.commandTimeout(Duration.ofMillis(200));
     * }</pre>
     */
    public B commandTimeout(Duration timeout) {
        return with(TieredSetting.REDIS_COMMAND_TIMEOUT, timeout);
    }

    /**
     * Sets {@link TieredSetting#NEAR_MAXIMUM_SIZE}, the maximum number of entries in the near tier; default 10,000.
     * Replaces a maximum weight that was set before.
     *
     * <pre>{@code
     * builder.nearMaximumSize(50_000);
     * }</pre>
     */
    public B nearMaximumSize(long entries) {
        return with(TieredSetting.NEAR_MAXIMUM_SIZE, entries);
    }

    /**
     * Sets {@link TieredSetting#NEAR_MAXIMUM_WEIGHT}, the maximum weight of the near tier in bytes, in place of a maximum
     * number of entries; default none.
     *
     * <pre>{@code
     * builder.nearMaximumWeight(64L << 20); // 64 MiB
     * }</pre>
     */
    public B nearMaximumWeight(long bytes) {
        return with(TieredSetting.NEAR_MAXIMUM_WEIGHT, bytes);
    }

    /**
     * Sets {@link TieredSetting#NEAR_STALENESS_BOUND}, the maximum staleness of a read, also if the network is cut silently;
     * default 2 s.
     *
     * <pre>{@code
     * builder.stalenessBound(Duration.ofSeconds(1));
     * }</pre>
     */
    public B stalenessBound(Duration bound) {
        return with(TieredSetting.NEAR_STALENESS_BOUND, bound);
    }

    /**
     * Sets {@link TieredSetting#NEAR_TIME_TO_LIVE}, the maximum age of a near copy; default unlimited, zero for no near
     * copies.
     *
     * <pre>{@code
     * builder.nearTimeToLive(Duration.ZERO); // every read asks Redis
     * }</pre>
     */
    public B nearTimeToLive(Duration timeToLive) {
        return with(TieredSetting.NEAR_TIME_TO_LIVE, timeToLive);
    }

    /**
     * Sets {@link TieredSetting#CODEC_ALLOWED}, the classes that may be read from Redis before this node has stored one,
     * in addition to those always allowed; default none.
     *
     * <pre>{@code
     * builder.allowedClasses("com.shop.Order", "com.shop.model.*", "com.shop.events.**");
     * }</pre>
     */
    public B allowedClasses(String... patterns) {
        return with(TieredSetting.CODEC_ALLOWED, List.of(patterns));
    }

    /**
     * Sets {@link TieredSetting#CODEC_COMPRESSION}, the compression of large values in Redis; default none.
     *
     * <pre>{@code
     * builder.compression(Compression.LZ4);
     * }</pre>
     */
    public B compression(Compression compression) {
        return with(TieredSetting.CODEC_COMPRESSION, compression);
    }

    /**
     * Sets {@link TieredSetting#LOAD_MAXIMUM_CONCURRENT}, the maximum number of loads of this cache that run on this node at
     * a time; default 64, 0 for any number.
     *
     * <pre>{@code
     * builder.maximumConcurrentLoads(16).with(TieredSetting.LOAD_QUEUE_WAIT, Duration.ofSeconds(2));
     * }</pre>
     */
    public B maximumConcurrentLoads(int loads) {
        return with(TieredSetting.LOAD_MAXIMUM_CONCURRENT, loads);
    }

    /**
     * Sets {@link TieredSetting#LOAD_TIMEOUT}, the maximum time that callers wait for the loader; default unlimited.
     *
     * <pre>{@code
     * builder.loadTimeout(Duration.ofSeconds(5));
     * }</pre>
     */
    public B loadTimeout(Duration timeout) {
        return with(TieredSetting.LOAD_TIMEOUT, timeout);
    }

    /**
     * Sets {@link TieredSetting#LOAD_SOFT_TIMEOUT}, the time after which a lookup that waits for a load returns an expired
     * value, if there is one; default unlimited.
     *
     * <pre>{@code
     * builder.loadSoftTimeout(Duration.ofMillis(300)).staleFor(Duration.ofMinutes(10));
     * }</pre>
     */
    public B loadSoftTimeout(Duration timeout) {
        return with(TieredSetting.LOAD_SOFT_TIMEOUT, timeout);
    }

    /**
     * Sets {@link TieredSetting#LOAD_STALE_FOR}, how long after its expiry a value may be returned while the loader fails or
     * is slow; default zero, never.
     *
     * <pre>{@code
     * builder.staleFor(Duration.ofMinutes(10));
     * }</pre>
     */
    public B staleFor(Duration time) {
        return with(TieredSetting.LOAD_STALE_FOR, time);
    }

    /**
     * Sets {@link TieredSetting#LOAD_REFRESH_AHEAD}, the factor by which an entry that is read is loaded again before it
     * expires, in the background; default 0, never.
     *
     * <pre>{@code
     * builder.refreshAhead(1);
     * }</pre>
     */
    public B refreshAhead(double factor) {
        return with(TieredSetting.LOAD_REFRESH_AHEAD, factor);
    }

    /**
     * Sets {@link TieredSetting#EXPIRY_JITTER}, the maximum percentage by which lifetimes are shortened at random; default 0,
     * maximum 50.
     *
     * <pre>{@code
     * builder.expiryJitter(10);
     * }</pre>
     */
    public B expiryJitter(int percent) {
        return with(TieredSetting.EXPIRY_JITTER, percent);
    }

    /**
     * Sets {@link TieredSetting#WARM_KEYS}, how many of the most-read keys are saved in Redis for the warm start of a node;
     * default 0, no warm start.
     *
     * <pre>{@code
     * builder.warmKeys(1_000);
     * }</pre>
     */
    public B warmKeys(int keys) {
        return with(TieredSetting.WARM_KEYS, keys);
    }

    /**
     * Sets {@link TieredSetting#OUTAGE_POLICY}, the behaviour of operations while Redis is unavailable; default {@link
     * OutagePolicy#LOCAL}.
     *
     * <pre>{@code
     * builder.outagePolicy(OutagePolicy.FAIL); // for locks and rate limits
     * }</pre>
     */
    public B outagePolicy(OutagePolicy policy) {
        return with(TieredSetting.OUTAGE_POLICY, policy);
    }

    /**
     * Sets the loader and switches read-through on: {@code get}, {@code getAll} and entry processors load missing
     * values.
     *
     * <pre>{@code
     * builder.readThrough(FactoryBuilder.factoryOf(OrderLoader.class));
     * }</pre>
     */
    public B readThrough(Factory<? extends CacheLoader<K, V>> loader) {
        loader(loader);
        standard.setReadThrough(true);
        return self();
    }

    /** Sets the loader of {@code loadAll}, and of read-through if that is on. */
    public B loader(Factory<? extends CacheLoader<K, V>> loader) {
        standard.setCacheLoaderFactory(Objects.requireNonNull(loader, "loader"));
        return self();
    }

    /** Sets the writer and switches write-through on: a mutation calls the writer before it changes the cache. */
    public B writeThrough(Factory<? extends CacheWriter<? super K, ? super V>> writer) {
        standard.setCacheWriterFactory(Objects.requireNonNull(writer, "writer"));
        standard.setWriteThrough(true);
        return self();
    }

    /**
     * Sets the expiry policy; default eternal.
     *
     * <pre>{@code
     * builder.expiry(CreatedExpiryPolicy.factoryOf(new Duration(TimeUnit.MINUTES, 10)));
     * }</pre>
     */
    public B expiry(Factory<? extends ExpiryPolicy> policy) {
        standard.setExpiryPolicyFactory(Objects.requireNonNull(policy, "policy"));
        return self();
    }

    /**
     * Sets whether the cache copies mutable values on each put and get, so that callers and cache never share an
     * instance; default true.
     */
    public B storeByValue(boolean byValue) {
        standard.setStoreByValue(byValue);
        return self();
    }

    /**
     * Sets whether statistics are enabled from the creation of the cache; default false. Near hits and latencies are
     * counted only while they are.
     */
    public B statistics(boolean enabled) {
        standard.setStatisticsEnabled(enabled);
        return self();
    }

    /** Sets whether JMX shows the cache from its creation; default false. */
    public B management(boolean enabled) {
        standard.setManagementEnabled(enabled);
        return self();
    }

    /** Adds the configuration of a listener. */
    public B listener(CacheEntryListenerConfiguration<K, V> listener) {
        standard.addCacheEntryListenerConfiguration(Objects.requireNonNull(listener, "listener"));
        return self();
    }

    /** Removes the configuration of a listener, if it was added. */
    public B withoutListener(CacheEntryListenerConfiguration<K, V> listener) {
        standard.removeCacheEntryListenerConfiguration(Objects.requireNonNull(listener, "listener"));
        return self();
    }
}
