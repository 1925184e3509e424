package io.github.tieredjcache;

import java.io.Serial;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Executor;
import javax.cache.configuration.CacheEntryListenerConfiguration;
import javax.cache.configuration.CompleteConfiguration;
import javax.cache.configuration.Configuration;
import javax.cache.configuration.Factory;
import javax.cache.configuration.MutableConfiguration;
import javax.cache.expiry.ExpiryPolicy;
import javax.cache.integration.CacheLoader;
import javax.cache.integration.CacheWriter;
import javax.crypto.SecretKey;
import org.jspecify.annotations.Nullable;

/**
 * The configuration of a tiered cache: the options of JCache, and the settings of the tiers.
 *
 * <pre>{@code
 * TieredConfiguration<String, Order> configuration = TieredConfiguration.builder(String.class, Order.class)
 *         .redisUri("redis://localhost:6379")
 *         .nearMaximumSize(50_000)
 *         .outagePolicy(OutagePolicy.LOCAL)
 *         .readThrough(FactoryBuilder.factoryOf(OrderLoader.class))
 *         .statistics(true)
 *         .build();
 * Cache<String, Order> orders = manager.createCache("orders", configuration);
 * }</pre>
 *
 * <p>A setting that the builder does not set comes from the first of these sources that has it: the properties of the
 * cache manager, system properties, the configuration file, the environment; else it has its default. {@code
 * cache.getConfiguration(TieredConfiguration.class)} returns the configuration in force.
 *
 * <p>Immutable and safe for use by many threads. Serializable if its factories and listeners are.
 *
 * @param <K> the type of the keys
 * @param <V> the type of the values
 */
public final class TieredConfiguration<K, V> implements CompleteConfiguration<K, V> {
    @Serial
    private static final long serialVersionUID = 1L;

    private final MutableConfiguration<K, V> standard;
    private final TieredSettings settings;
    private final @Nullable Factory<? extends Executor> loadExecutor;
    private final @Nullable Factory<? extends TieredCodec<V>> codec;
    private final @Nullable Factory<List<SecretKey>> hmacKeys;
    private final @Nullable Factory<? extends TieredKeyEncoder<K>> keyEncoder;
    private final @Nullable Factory<String> redisPassword;

    private TieredConfiguration(Builder<K, V> builder) {
        this.standard = new MutableConfiguration<>(builder.standard);
        this.settings = builder.settings;
        this.loadExecutor = builder.loadExecutor;
        this.codec = builder.codec;
        this.hmacKeys = builder.hmacKeys;
        this.keyEncoder = builder.keyEncoder;
        this.redisPassword = builder.redisPassword;
    }

    /**
     * Begins a configuration of a cache with these types.
     *
     * @param keyType the class of the keys; {@code Object.class} for any
     * @param valueType the class of the values; {@code Object.class} for any
     */
    public static <K, V> Builder<K, V> builder(Class<K> keyType, Class<V> valueType) {
        MutableConfiguration<K, V> standard = new MutableConfiguration<>();
        standard.setTypes(keyType, valueType);
        return new Builder<>(standard);
    }

    /** Begins a configuration with the types, options and settings of another configuration, of any class. */
    public static <K, V> Builder<K, V> builder(Configuration<K, V> like) {
        if (like instanceof TieredConfiguration<K, V> tiered) {
            Builder<K, V> copy = new Builder<>(new MutableConfiguration<>(tiered.standard));
            copy.settings = tiered.settings;
            copy.loadExecutor = tiered.loadExecutor;
            copy.codec = tiered.codec;
            copy.hmacKeys = tiered.hmacKeys;
            copy.keyEncoder = tiered.keyEncoder;
            copy.redisPassword = tiered.redisPassword;
            return copy;
        }
        if (like instanceof CompleteConfiguration<K, V> complete) {
            return new Builder<>(new MutableConfiguration<>(complete));
        }
        MutableConfiguration<K, V> standard = new MutableConfiguration<>();
        standard.setTypes(like.getKeyType(), like.getValueType());
        standard.setStoreByValue(like.isStoreByValue());
        return new Builder<>(standard);
    }

    /**
     * Returns the factory of the executor of background loads; null if {@link TieredSettings#loadThreads} determines
     * their threads.
     */
    public @Nullable Factory<? extends Executor> loadExecutorFactory() {
        return loadExecutor;
    }

    /** Returns the factory of the codec of the values; null if {@link TieredSettings#codecClass} determines it. */
    public @Nullable Factory<? extends TieredCodec<V>> codecFactory() {
        return codec;
    }

    /** Returns the factory of the keys of signatures; null if {@link TieredSettings#hmacKeys} determines them. */
    public @Nullable Factory<List<SecretKey>> hmacKeysFactory() {
        return hmacKeys;
    }

    /** Returns the factory of the encoder of the keys; null for the canonical form. */
    public @Nullable Factory<? extends TieredKeyEncoder<K>> keyEncoderFactory() {
        return keyEncoder;
    }

    /** Returns the factory of the password of Redis; null if the URI has it, or none is needed. */
    public @Nullable Factory<String> redisPasswordFactory() {
        return redisPassword;
    }

    /** Returns the settings of the tiers. */
    public TieredSettings settings() {
        return settings;
    }

    @Override
    public Class<K> getKeyType() {
        return standard.getKeyType();
    }

    @Override
    public Class<V> getValueType() {
        return standard.getValueType();
    }

    @Override
    public boolean isStoreByValue() {
        return standard.isStoreByValue();
    }

    @Override
    public boolean isReadThrough() {
        return standard.isReadThrough();
    }

    @Override
    public boolean isWriteThrough() {
        return standard.isWriteThrough();
    }

    @Override
    public boolean isStatisticsEnabled() {
        return standard.isStatisticsEnabled();
    }

    @Override
    public boolean isManagementEnabled() {
        return standard.isManagementEnabled();
    }

    /** Returns the configurations of the listeners, as an immutable copy. */
    @Override
    public Iterable<CacheEntryListenerConfiguration<K, V>> getCacheEntryListenerConfigurations() {
        List<CacheEntryListenerConfiguration<K, V>> copy = new ArrayList<>();
        standard.getCacheEntryListenerConfigurations().forEach(copy::add);
        return List.copyOf(copy);
    }

    @Override
    public @Nullable Factory<CacheLoader<K, V>> getCacheLoaderFactory() {
        return standard.getCacheLoaderFactory();
    }

    @Override
    public @Nullable Factory<CacheWriter<? super K, ? super V>> getCacheWriterFactory() {
        return standard.getCacheWriterFactory();
    }

    @Override
    public Factory<ExpiryPolicy> getExpiryPolicyFactory() {
        return standard.getExpiryPolicyFactory();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof TieredConfiguration<?, ?> that
                && standard.equals(that.standard)
                && settings.equals(that.settings)
                && Objects.equals(loadExecutor, that.loadExecutor)
                && Objects.equals(codec, that.codec)
                && Objects.equals(hmacKeys, that.hmacKeys)
                && Objects.equals(keyEncoder, that.keyEncoder)
                && Objects.equals(redisPassword, that.redisPassword);
    }

    @Override
    public int hashCode() {
        return Objects.hash(standard, settings, loadExecutor, codec, hmacKeys, keyEncoder, redisPassword);
    }

    @Override
    public String toString() {
        return "TieredConfiguration" + settings;
    }

    /**
     * Builds a {@link TieredConfiguration}. Not safe for use by several threads; may be used again after {@link
     * #build}.
     *
     * <p>Each method that sets a setting names the setting, its default and its unit. Every method returns this
     * builder. Methods throw {@link IllegalArgumentException} for a value that breaks a setting's rule, and {@link
     * NullPointerException} for null.
     *
     * @param <K> the type of the keys
     * @param <V> the type of the values
     */
    public static final class Builder<K, V> {
        private final MutableConfiguration<K, V> standard;
        private TieredSettings settings = TieredSettings.NONE;
        private @Nullable Factory<? extends Executor> loadExecutor;
        private @Nullable Factory<? extends TieredCodec<V>> codec;
        private @Nullable Factory<List<SecretKey>> hmacKeys;
        private @Nullable Factory<? extends TieredKeyEncoder<K>> keyEncoder;
        private @Nullable Factory<String> redisPassword;

        private Builder(MutableConfiguration<K, V> standard) {
            this.standard = standard;
        }

        /**
         * Sets {@code redis.uri}, the Redis that the nodes share; default none. Without it in any source, or with an
         * empty text, the cache has no remote tier.
         *
         * <pre>{@code
         * builder.redisUri("redis://user:password@host:6379/0");                                // one server
         * builder.redisUri("redis-sentinel://user:password@host1:26379,host2:26379/0#mymaster"); // Sentinel
         * builder.redisUri("redis-cluster://user:password@host1:6379,host2:6379");              // Redis Cluster
         * }</pre>
         *
         * <p>The schemes {@code rediss://}, {@code rediss-sentinel://} and {@code rediss-cluster://} use TLS;
         * certificate and host name of the server are then always verified. With Sentinel, user and password are those
         * of the servers, and the parameter {@code ?sentinelPassword=…} is the password of the sentinels. In a Redis
         * Cluster all keys of a cache are in one hash slot, and so on one master.
         *
         * <p>Special characters of a user or password are percent-encoded: '/' is {@code %2F}, '@' is {@code %40}, '?'
         * is {@code %3F}, '#' is {@code %23}, '%' is {@code %25}. A URI with an unencoded one is refused, because a
         * piece of the password would be taken for a host. No message, bean or log shows user or password.
         */
        public Builder<K, V> redisUri(String uri) {
            return with(Setting.REDIS_URI, uri);
        }

        /**
         * Sets a factory that returns the password of Redis, for a password that changes; default: the password of
         * {@code redis.uri}. The user name is still that of the URI.
         *
         * <pre>{@code
         * builder.redisUri("rediss://app@redis.shop.com:6379").redisPassword(() -> tokens.current());
         * }</pre>
         *
         * <p>The factory is called for each new connection, on a thread of the library, one call at a time. It may
         * block, and must not return null. An open connection stays open when the password changes. While the factory
         * throws, Redis is unavailable; the log has only the class of the exception. Caches with equal URIs and equal
         * factories share a connection. There is no setting for a file.
         */
        public Builder<K, V> redisPassword(Factory<String> password) {
            redisPassword = Objects.requireNonNull(password, "password");
            return this;
        }

        /**
         * Sets {@code redis.tls.ca-file}, a PEM file of the authorities that may sign the certificate of a {@code
         * rediss://} server; default: the authorities of the JVM. The file is checked when a cache is created, and read
         * again for each connection, so it may be replaced while caches are open.
         */
        public Builder<K, V> tlsCaFile(Path certificates) {
            return with(Setting.TLS_CA_FILE, certificates.toString());
        }

        /**
         * Sets {@code redis.tls.certificate-file} and {@code redis.tls.key-file}, the certificate for a {@code
         * rediss://} server that requests one; default none. Both files are checked when a cache is created, and read
         * again for each connection.
         *
         * @param certificate a PEM file of the certificate and of the certificates that lead to its authority
         * @param key a PEM file of the private key, PKCS #8, not encrypted
         */
        public Builder<K, V> tlsCertificate(Path certificate, Path key) {
            return with(Setting.TLS_CERTIFICATE_FILE, certificate.toString())
                    .with(Setting.TLS_KEY_FILE, key.toString());
        }

        /**
         * Sets {@code redis.namespace}, the first part of every Redis key; default {@code tiered-jcache}. Caches of one
         * namespace and one name share their data.
         */
        public Builder<K, V> namespace(String namespace) {
            return with(Setting.NAMESPACE, namespace);
        }

        /**
         * Sets {@code redis.command-timeout}, the maximum time that a call of this cache waits for one reply of Redis;
         * default 500 ms, minimum 1 ms. Each byte that is transferred meanwhile extends it by a microsecond, so that a
         * large value on a slow network is no outage. Caches that share a connection may have different timeouts.
         *
         * <pre>{@code
         * builder.commandTimeout(Duration.ofMillis(200));
         * }</pre>
         */
        public Builder<K, V> commandTimeout(Duration timeout) {
            return with(Setting.COMMAND_TIMEOUT, timeout);
        }

        /**
         * Sets {@code redis.connect-timeout}, the maximum time that the creation of a cache waits for the first
         * connection to Redis; default 5 s, minimum 1 ms. After that the cache is created without a connection, which
         * is then established in the background.
         */
        public Builder<K, V> connectTimeout(Duration timeout) {
            return with(Setting.CONNECT_TIMEOUT, timeout);
        }

        /**
         * Sets {@code near.maximum-size}, the maximum number of entries in the near tier; default 10,000. Without Redis
         * this bounds the cache itself.
         *
         * <pre>{@code
         * builder.nearMaximumSize(50_000);
         * }</pre>
         */
        public Builder<K, V> nearMaximumSize(long entries) {
            return with(Setting.NEAR_MAXIMUM_SIZE, entries);
        }

        /**
         * Sets {@code near.maximum-weight}, the maximum weight of the near tier in bytes, in place of a maximum number
         * of entries; default none.
         *
         * <pre>{@code
         * builder.nearMaximumWeight(64L << 20); // 64 MiB
         * }</pre>
         *
         * <p>The weight of an entry is the number of bytes of its key and value in Redis, and {@value
         * TieredSettings#ENTRY_OVERHEAD_BYTES} more; as a Java object a value often needs more memory. A cache without
         * Redis encodes each value once to weigh it, so it accepts only values that could be stored in Redis.
         */
        public Builder<K, V> nearMaximumWeight(long bytes) {
            return with(Setting.NEAR_MAXIMUM_WEIGHT, bytes);
        }

        /**
         * Sets {@code near.staleness-bound}, the maximum staleness of a read, also if the network is cut silently or
         * this node was paused; default 2 s, minimum 1 s. No effect without Redis.
         *
         * <pre>{@code
         * builder.stalenessBound(Duration.ofSeconds(1));
         * }</pre>
         */
        public Builder<K, V> stalenessBound(Duration bound) {
            return with(Setting.NEAR_STALENESS_BOUND, bound);
        }

        /**
         * Sets {@code near.time-to-live}, the maximum age of a near copy, counted from before the copy was read from
         * Redis; default unlimited: a copy stays until its entry changes or expires. Zero keeps no near copies, so
         * every read asks Redis. No effect without Redis.
         */
        public Builder<K, V> nearTimeToLive(Duration timeToLive) {
            return with(Setting.NEAR_TIME_TO_LIVE, timeToLive);
        }

        /**
         * Sets {@code near.verify-sample}: one of about so many near hits is compared with Redis in the background;
         * default 0, none. The comparison finds invalidations that get lost between Redis and this node. A near copy
         * that Redis does not hold is dropped, logged, and counted by {@link TierStatistics#nearMismatches}. No lookup
         * waits for a comparison, and a cache compares one key at a time. No effect without Redis.
         */
        public Builder<K, V> nearVerifySample(int hits) {
            return with(Setting.NEAR_VERIFY_SAMPLE, hits);
        }

        /**
         * Sets {@code codec.allowed}, the classes that may be stored in Redis in addition to the JDK's value types, the
         * configured key and value types, and the packages of these types; default none.
         *
         * <pre>{@code
         * builder.allowedClasses("com.shop.Order", "com.shop.model.*", "com.shop.events.**");
         * }</pre>
         *
         * <p>A pattern is a class name, a package ({@code .*}) or a package tree ({@code .**}). A class of the Java
         * runtime, or of a library that is known to run code from hostile bytes, is allowed only by its full name.
         */
        public Builder<K, V> allowedClasses(String... patterns) {
            return with(Setting.CODEC_ALLOWED, List.of(patterns));
        }

        /**
         * Sets the codec of the values in Redis, which also makes the copies of a cache that stores by value; default:
         * the class of the setting {@code codec.class}, else the library's own codec.
         *
         * <pre>{@code
         * builder.codec(JsonCodec::new);
         * }</pre>
         *
         * <p>All nodes of a cache need the same codec: values of another codec count as missing. The codec does not
         * encode keys, and {@link #allowedClasses} has no effect on it. The factory is called once per cache.
         */
        public Builder<K, V> codec(Factory<? extends TieredCodec<V>> factory) {
            codec = Objects.requireNonNull(factory, "factory");
            return this;
        }

        /**
         * Sets {@code codec.compression}, the compression of large values in Redis; default {@link Compression#NONE}. A
         * value of which compression saves less than an eighth is stored uncompressed. Nodes with and without
         * compression read each other's values, if both have the compression library. A cache without Redis compresses
         * values only to weigh them.
         */
        public Builder<K, V> compression(Compression compression) {
            return with(Setting.CODEC_COMPRESSION, compression);
        }

        /**
         * Sets {@code codec.compression-threshold}, in bytes; default 4 KiB. Smaller encoded values are not compressed.
         */
        public Builder<K, V> compressionThresholdBytes(int bytes) {
            return with(Setting.CODEC_COMPRESSION_THRESHOLD, bytes);
        }

        /**
         * Sets a factory of the secret keys by which values in Redis are signed (HMAC-SHA256) in place of a checksum;
         * default: the setting {@code codec.hmac-keys} (Base64), else no signatures. 1 to 8 keys of at least 32 bytes;
         * the factory is called once per cache.
         *
         * <pre>{@code
         * builder.hmacKeys(() -> List.of(vault.hmacKey("orders")));
         * }</pre>
         *
         * <p>The first key signs; a value that none of the keys verifies counts as missing, see {@link
         * UndecodableReason#SIGNATURE}. To rotate keys, first give all nodes the new key behind the old one, then
         * before it, then alone.
         *
         * <p>The signature covers the Redis key (namespace, cache, epoch, key) and everything that the node has written
         * of the value. It does not cover the lifetime, which changes in Redis, nor the age: a program that can write
         * to Redis can remove a value, expire it, keep it, and restore an earlier value of the same key. Nodes that
         * have seen a {@code clear()} accept nothing from before it. The number of the epoch itself is not signed; so
         * after a restart of all nodes an old number with values of its time is accepted, until the keys are replaced
         * without keeping the old one.
         */
        public Builder<K, V> hmacKeys(Factory<List<SecretKey>> keys) {
            hmacKeys = Objects.requireNonNull(keys, "keys");
            return this;
        }

        /**
         * Sets {@code codec.maximum-value-size}, the maximum number of bytes of an encoded value before compression;
         * default 16 MiB. A put of a larger value is refused. A larger value that is in Redis all the same is not read,
         * but counted as undecodable, logged and removed.
         */
        public Builder<K, V> maximumValueBytes(int bytes) {
            return with(Setting.CODEC_MAXIMUM_VALUE_SIZE, bytes);
        }

        /**
         * Sets the encoder that converts keys to texts in Redis, for keys without a canonical form; default none. All
         * nodes that share the cache need the same encoder. No effect without Redis.
         *
         * <p>Without an encoder, {@code equals} of a key class must compare exactly the contents of its fields. A class
         * whose {@code equals} ignores a field, or a difference in a field, is refused at the first key that shows it.
         * The check by trial does not find an {@code equals} that depends on two fields together, or that holds between
         * classes without a common superclass; such a class needs an encoder.
         */
        public Builder<K, V> keyEncoder(Factory<? extends TieredKeyEncoder<K>> encoder) {
            keyEncoder = Objects.requireNonNull(encoder, "encoder");
            return this;
        }

        /**
         * Sets {@code codec.maximum-key-size}, the maximum number of bytes of an encoded key; default 4 KiB. A larger
         * key is refused.
         */
        public Builder<K, V> maximumKeyBytes(int bytes) {
            return with(Setting.CODEC_MAXIMUM_KEY_SIZE, bytes);
        }

        /**
         * Sets {@code write.lease}, the duration of the write lease under which an entry processor or a writer runs;
         * default 5 s, minimum 10 ms. The lease is renewed while that code runs, so this is how long other callers wait
         * for a node that died meanwhile.
         */
        public Builder<K, V> writeLease(Duration lease) {
            return with(Setting.WRITE_LEASE, lease);
        }

        /**
         * Sets {@code write.wait}, the maximum time that a call waits for a key that another call has leased; default
         * 30 s, minimum 1 ms.
         */
        public Builder<K, V> writeWait(Duration wait) {
            return with(Setting.WRITE_WAIT, wait);
        }

        /**
         * Sets {@code load.lease}, the duration of the load lease, the right of one node to load a key for all nodes;
         * default 3 s, minimum 10 ms. The lease is renewed while the loader runs, up to a minute; so this is how long
         * other nodes wait for a node that died while it loaded.
         */
        public Builder<K, V> loadLease(Duration lease) {
            return with(Setting.LOAD_LEASE, lease);
        }

        /**
         * Sets {@code load.wait}, the maximum time that a lookup waits for another node's load of the same key; default
         * 1 s, zero for no wait. After that the lookup loads without a load lease, and its value is not cached.
         */
        public Builder<K, V> loadWait(Duration wait) {
            return with(Setting.LOAD_WAIT, wait);
        }

        /**
         * Sets {@code load.maximum-concurrent}, the maximum number of loads of this cache that run on this node at a
         * time; default 64, 0 for any number.
         *
         * <pre>{@code
         * builder.maximumConcurrentLoads(16).loadQueueWait(Duration.ofSeconds(2));
         * }</pre>
         *
         * <p>A call of {@code CacheLoader.loadAll} counts as one load. Waiting for another caller's load of the same
         * key does not count, nor does a load on the loader's own thread, when a loader reads its own cache. Further
         * loads wait for {@link #loadQueueWait}; background refreshes do not wait, but are skipped.
         */
        public Builder<K, V> maximumConcurrentLoads(int loads) {
            return with(Setting.LOAD_MAXIMUM_CONCURRENT, loads);
        }

        /**
         * Sets {@code load.queue-wait}, the maximum time that a load waits while {@link #maximumConcurrentLoads} loads
         * run, first come, first served; default 30 s, zero for no wait. After that its callers get a {@link
         * javax.cache.integration.CacheLoaderException}, or an expired value as if the loader had failed. A shorter
         * {@link #loadTimeout} ends the wait earlier.
         */
        public Builder<K, V> loadQueueWait(Duration wait) {
            return with(Setting.LOAD_QUEUE_WAIT, wait);
        }

        /**
         * Sets {@code load.timeout}, the maximum time that callers wait for the loader; default unlimited, minimum 1
         * ms. After that the callers get a {@link javax.cache.integration.CacheLoaderException}, the thread of the
         * loader is interrupted, other nodes stop waiting, and the loaded value is not cached.
         *
         * <pre>{@code
         * builder.loadTimeout(Duration.ofSeconds(5));
         * }</pre>
         *
         * <p>With this setting or {@link #loadSoftTimeout}, loads do not run on the threads of their callers.
         */
        public Builder<K, V> loadTimeout(Duration timeout) {
            return with(Setting.LOAD_TIMEOUT, timeout);
        }

        /**
         * Sets {@code load.soft-timeout}, the time after which a lookup that waits for a load returns an expired value,
         * if {@link #staleFor} has kept one; default unlimited, minimum 1 ms. The load continues in the background.
         */
        public Builder<K, V> loadSoftTimeout(Duration timeout) {
            return with(Setting.LOAD_SOFT_TIMEOUT, timeout);
        }

        /**
         * Sets {@code load.stale-for}, how long after its expiry a value may be returned while the loader fails, or is
         * slower than {@link #loadSoftTimeout}; default zero, never.
         *
         * <pre>{@code
         * builder.staleFor(Duration.ofMinutes(10)).loadSoftTimeout(Duration.ofMillis(300));
         * }</pre>
         *
         * <p>Every other operation treats the entry as expired. Redis, or the memory of a cache without Redis, keeps
         * expired entries for that long.
         */
        public Builder<K, V> staleFor(Duration time) {
            return with(Setting.LOAD_STALE_FOR, time);
        }

        /**
         * Sets {@code load.refresh-ahead}, the factor by which an entry that is read is loaded again before it expires,
         * in the background, by one node; default 0, never. 1 is a good start; a larger factor loads earlier.
         *
         * <pre>{@code
         * builder.refreshAhead(1);
         * }</pre>
         *
         * <p>Each read decides at random whether to load. The probability grows with the approach of the expiry and
         * with the duration of loads (Vattani, Chierichetti and Lowenstein, "Optimal Probabilistic Cache Stampede
         * Prevention", 2015).
         */
        public Builder<K, V> refreshAhead(double factor) {
            return with(Setting.LOAD_REFRESH_AHEAD, factor);
        }

        /**
         * Sets {@code load.threads}, the kind of the threads of loads that do not run on the threads of their callers:
         * {@code platform}, the default, or {@code virtual}, which needs JDK 21 or later.
         */
        public Builder<K, V> loadThreads(String kind) {
            return with(Setting.LOAD_THREADS, kind);
        }

        /**
         * Sets the executor of loads that do not run on the threads of their callers: {@code loadAll}, refreshes, and
         * all loads with a timeout; default: threads of the kind {@link #loadThreads}. The cache does not close the
         * executor. If the executor rejects a load, the caller runs the load.
         */
        public Builder<K, V> loadExecutor(Factory<? extends Executor> executor) {
            loadExecutor = Objects.requireNonNull(executor, "executor");
            return this;
        }

        /**
         * Sets {@code expiry.jitter}, the maximum percentage by which the lifetime that the expiry policy returns on
         * creation and update is shortened at random; default 0, maximum 50. Entries that were stored together then do
         * not expire together.
         */
        public Builder<K, V> expiryJitter(int percent) {
            return with(Setting.EXPIRY_JITTER, percent);
        }

        /**
         * Sets {@code warm.keys}, how many of the most-read keys are saved in Redis, so that a node that starts can
         * fill its near tier in the background; default 0, no warm start. No effect without Redis.
         */
        public Builder<K, V> warmKeys(int keys) {
            return with(Setting.WARM_KEYS, keys);
        }

        /**
         * Sets {@code warm.interval}, the interval in which the most-read keys are saved; default 1 minute, minimum 1
         * s. They are also saved when the cache is closed.
         */
        public Builder<K, V> warmInterval(Duration interval) {
            return with(Setting.WARM_INTERVAL, interval);
        }

        /**
         * Sets {@code outage.policy}, the behaviour of operations while Redis is unavailable; default {@link
         * OutagePolicy#LOCAL}. No effect without Redis.
         *
         * <pre>{@code
         * builder.outagePolicy(OutagePolicy.FAIL); // for locks and rate limits
         * }</pre>
         */
        public Builder<K, V> outagePolicy(OutagePolicy policy) {
            return with(Setting.OUTAGE_POLICY, policy);
        }

        /**
         * Sets {@code outage.near-time-to-live}, how long after the begin of an outage the last known values are
         * returned from memory; default 5 minutes, zero for not at all. These values may be as stale as that. By {@link
         * OutagePolicy#LOCAL} only.
         */
        public Builder<K, V> outageNearTimeToLive(Duration time) {
            return with(Setting.OUTAGE_NEAR_TIME_TO_LIVE, time);
        }

        /**
         * Sets {@code outage.journal-keys}, the maximum number of keys in the recovery journal; default 10,000. If more
         * keys are written or removed during an outage, all keys count as changed, and Redis drops the whole cache on
         * recovery.
         */
        public Builder<K, V> outageJournalKeys(int keys) {
            return with(Setting.OUTAGE_JOURNAL_KEYS, keys);
        }

        /**
         * Sets {@code outage.failover-repair}: whether the cache is emptied when Redis is another server than before,
         * that is, a promoted replica or a restarted server. Such a server may lack acknowledged changes, so that
         * removed entries reappear. Default false, because then every failover, also a planned one without loss, sends
         * all nodes to the source.
         */
        public Builder<K, V> failoverRepair(boolean repairs) {
            return with(Setting.OUTAGE_FAILOVER_REPAIR, repairs);
        }

        /**
         * Sets the loader and switches read-through on: {@code get}, {@code getAll} and entry processors load missing
         * values.
         *
         * <pre>{@code
         * builder.readThrough(FactoryBuilder.factoryOf(OrderLoader.class));
         * }</pre>
         */
        public Builder<K, V> readThrough(Factory<? extends CacheLoader<K, V>> loader) {
            loader(loader);
            standard.setReadThrough(true);
            return this;
        }

        /** Sets the loader of {@code loadAll}, and of read-through if that is on. */
        public Builder<K, V> loader(Factory<? extends CacheLoader<K, V>> loader) {
            standard.setCacheLoaderFactory(Objects.requireNonNull(loader, "loader"));
            return this;
        }

        /** Sets the writer and switches write-through on: a mutation calls the writer before it changes the cache. */
        public Builder<K, V> writeThrough(Factory<? extends CacheWriter<? super K, ? super V>> writer) {
            standard.setCacheWriterFactory(Objects.requireNonNull(writer, "writer"));
            standard.setWriteThrough(true);
            return this;
        }

        /**
         * Sets the expiry policy; default eternal.
         *
         * <pre>{@code
         * builder.expiry(CreatedExpiryPolicy.factoryOf(new Duration(TimeUnit.MINUTES, 10)));
         * }</pre>
         */
        public Builder<K, V> expiry(Factory<? extends ExpiryPolicy> policy) {
            standard.setExpiryPolicyFactory(Objects.requireNonNull(policy, "policy"));
            return this;
        }

        /**
         * Sets whether the cache copies mutable values on each put and get, so that callers and cache never share an
         * instance; default true.
         */
        public Builder<K, V> storeByValue(boolean byValue) {
            standard.setStoreByValue(byValue);
            return this;
        }

        /**
         * Sets whether statistics are enabled from the creation of the cache; default false. Near hits and latencies
         * are counted only while they are.
         */
        public Builder<K, V> statistics(boolean enabled) {
            standard.setStatisticsEnabled(enabled);
            return this;
        }

        /** Sets whether JMX shows the cache from its creation; default false. */
        public Builder<K, V> management(boolean enabled) {
            standard.setManagementEnabled(enabled);
            return this;
        }

        /** Adds the configuration of a listener. */
        public Builder<K, V> listener(CacheEntryListenerConfiguration<K, V> listener) {
            standard.addCacheEntryListenerConfiguration(Objects.requireNonNull(listener, "listener"));
            return this;
        }

        /** Removes the configuration of a listener, if it was added. */
        public Builder<K, V> withoutListener(CacheEntryListenerConfiguration<K, V> listener) {
            standard.removeCacheEntryListenerConfiguration(Objects.requireNonNull(listener, "listener"));
            return this;
        }

        /**
         * Completes the settings: each setting that is not set yet gets its value of the given settings, if it is set
         * there.
         */
        public Builder<K, V> orElse(TieredSettings lower) {
            settings = settings.orElse(lower);
            return this;
        }

        /** Returns the configuration. */
        public TieredConfiguration<K, V> build() {
            return new TieredConfiguration<>(this);
        }

        private <T> Builder<K, V> with(Setting<T> setting, T value) {
            settings = settings.with(setting, Objects.requireNonNull(value, setting.name()));
            return this;
        }
    }
}
