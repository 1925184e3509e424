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
 * The configuration of a tiered cache: all that JCache knows, and the settings of the tiers.
 *
 * <p>Immutable and safe for use by many threads. Made by a {@link Builder}; what the builder is not told comes from the
 * manager's properties, system properties, the configuration file and the environment, in this order, and then from defaults. The configuration
 * that a cache returns from {@code getConfiguration(TieredConfiguration.class)} shows what is in force.
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

    /** Begins a configuration that starts as a copy of another one, of whatever kind. */
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

    /** Returns where loads run that are not run by their callers; null where {@link TieredSettings#loadThreads} says so. */
    public @Nullable Factory<? extends Executor> loadExecutorFactory() {
        return loadExecutor;
    }

    /** Returns the codec of the values; null where {@link TieredSettings#codecClass} says which. */
    public @Nullable Factory<? extends TieredCodec<V>> codecFactory() {
        return codec;
    }

    /** Returns where the keys for signatures come from; null where {@link TieredSettings#hmacKeys} says which. */
    public @Nullable Factory<List<SecretKey>> hmacKeysFactory() {
        return hmacKeys;
    }

    /** Returns what gives keys their texts in Redis; null for the canonical form. */
    public @Nullable Factory<? extends TieredKeyEncoder<K>> keyEncoderFactory() {
        return keyEncoder;
    }

    /** Returns what tells the password of Redis; null where the URI does. */
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

    /** Returns the listeners, as a copy that does not change. */
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
     * Collects a configuration. Not safe for use by several threads; may be used again after {@link #build}.
     *
     * <p>Methods throw {@link IllegalArgumentException} for a value that breaks a setting's rule, and
     * {@link NullPointerException} for null.
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
         * Sets the Redis that the nodes share, for instance {@code redis://user:password@host:6379/0}, or {@code
         * rediss://…} for TLS, by which the server's certificate and host name are always verified; or the sentinels that know which server is the master, as {@code
         * redis-sentinel://user:password@host1:26379,host2:26379/0#mymaster} or {@code rediss-sentinel://…}. User and password are
         * then those of the servers; the parameter {@code ?sentinelPassword=…} is that of the sentinels. Or nodes of a Redis Cluster, as
         * {@code redis-cluster://user:password@host1:6379,host2:6379} or {@code rediss-cluster://…}, in which all keys of a cache are in one
         * hash slot, and so on one master. Without it, wherever it may be set, the cache has no remote tier; the empty text says so explicitly.
         *
         * <p>In a user or password special characters are percent-encoded: '/' is {@code %2F}, '@' is {@code %40}, '?' is {@code
         * %3F}, '#' is {@code %23}, '%' is {@code %25}. A URI in which one is not is refused, since a piece of the password would be
         * taken for a host. User and password appear in no message, no bean and no log.
         */
        public Builder<K, V> redisUri(String uri) {
            return with(Setting.REDIS_URI, uri);
        }

        /**
         * Sets what tells the password of Redis, for one that changes: it is asked anew for each connection, and goes before a
         * password in the URI, from which the user's name is taken. A connection that is there goes on, whatever its password has
         * become. The factory may block, is called on a thread of ours, one call at a time, and must not return null; while it
         * throws, Redis is away, and its exception is named in the log by its class only. Caches of equal URIs and equal factories
         * share a connection.
         */
        public Builder<K, V> redisPassword(Factory<String> password) {
            redisPassword = Objects.requireNonNull(password, "password");
            return this;
        }

        /**
         * Sets by which authorities the certificate of a {@code rediss://} server must be signed: a PEM file of their certificates,
         * instead of those that the JVM trusts. It is read for each connection, so it may be replaced while caches are open.
         * That the file is there and in order is checked when a cache is created.
         */
        public Builder<K, V> tlsCaFile(Path certificates) {
            return with(Setting.TLS_CA_FILE, certificates.toString());
        }

        /**
         * Sets the certificate that is shown to a {@code rediss://} server which asks for one; by default none is. Both files are
         * read for each connection, and checked when a cache is created.
         *
         * @param certificate a PEM file of the certificate and those that lead to its authority
         * @param key a PEM file of its private key, PKCS #8, not encrypted
         */
        public Builder<K, V> tlsCertificate(Path certificate, Path key) {
            return with(Setting.TLS_CERTIFICATE_FILE, certificate.toString())
                    .with(Setting.TLS_KEY_FILE, key.toString());
        }

        /** Sets the first part of every Redis key; default {@code tiered-jcache}. Caches share data if it is the same. */
        public Builder<K, V> namespace(String namespace) {
            return with(Setting.NAMESPACE, namespace);
        }

        /**
         * Sets how long a call of this cache waits for one answer of Redis; default 500 ms. Bytes that move meanwhile prolong it by a
         * microsecond each, so that a large value on a slow network is no outage. Caches that share a connection need not agree.
         */
        public Builder<K, V> commandTimeout(Duration timeout) {
            return with(Setting.COMMAND_TIMEOUT, timeout);
        }

        /**
         * Sets how long the creation of a cache waits for the first connection to its Redis; default 5 s. It goes on
         * without one, and the connection is made in the background.
         */
        public Builder<K, V> connectTimeout(Duration timeout) {
            return with(Setting.CONNECT_TIMEOUT, timeout);
        }

        /** Sets how many entries the near tier holds at most; default 10,000. */
        public Builder<K, V> nearMaximumSize(long entries) {
            return with(Setting.NEAR_MAXIMUM_SIZE, entries);
        }

        /**
         * Sets how many bytes the entries of the near tier may weigh together, instead of a bound on their number. An entry
         * weighs what its key and value have in bytes as Redis would hold them, and {@value TieredSettings#ENTRY_OVERHEAD_BYTES}
         * more; as an object in memory a value often takes more than that. A cache without Redis encodes each value once to
         * weigh it, so it takes only values that could be stored in Redis.
         */
        public Builder<K, V> nearMaximumWeight(long bytes) {
            return with(Setting.NEAR_MAXIMUM_WEIGHT, bytes);
        }

        /**
         * Sets how stale a read may be at most, even if the network is cut silently or this node was paused; default 2 s,
         * at least 1 s. A cache without Redis ignores it.
         */
        public Builder<K, V> stalenessBound(Duration bound) {
            return with(Setting.NEAR_STALENESS_BOUND, bound);
        }

        /**
         * Sets how old a near copy of an entry of Redis may become, counted from before it was asked for; default
         * unlimited: a copy lives until the entry changes or expires. Zero keeps no copies: every read asks Redis. A cache
         * without Redis ignores it.
         */
        public Builder<K, V> nearTimeToLive(Duration timeToLive) {
            return with(Setting.NEAR_TIME_TO_LIVE, timeToLive);
        }

        /**
         * Sets of how many near hits about one is compared with Redis in the background, to find out whether announcements of
         * changes get lost between Redis and this node; default 0: none. A copy that Redis does not hold is dropped, counted by
         * {@link TierStatistics#nearMismatches} and told in the log. No lookup waits for it, and a cache compares one at a time. A
         * cache without Redis ignores it.
         */
        public Builder<K, V> nearVerifySample(int hits) {
            return with(Setting.NEAR_VERIFY_SAMPLE, hits);
        }

        /**
         * Sets what may be written to and read from Redis beside the JDK's value types and the configured key and value
         * types with their packages: class names ({@code com.shop.Order}), packages ({@code com.shop.*}) and package
         * trees ({@code com.shop.**}). A class of the Java runtime, or of a library with which bytes are known to run code, is
         * allowed by its name only.
         */
        public Builder<K, V> allowedClasses(String... patterns) {
            return with(Setting.CODEC_ALLOWED, List.of(patterns));
        }

        /**
         * Sets how values become bytes in Redis, and copies where the cache stores by value; default the library's own codec, or
         * the one that the setting {@code codec.class} names. All nodes of a cache need the same one: what another has written
         * counts as missing. Keys are not concerned, and {@link #allowedClasses} says nothing of it. The factory is asked once a
         * cache.
         */
        public Builder<K, V> codec(Factory<? extends TieredCodec<V>> factory) {
            codec = Objects.requireNonNull(factory, "factory");
            return this;
        }

        /**
         * Sets how large values are made smaller in Redis; default {@link Compression#NONE}. What it does not make smaller by an
         * eighth stays as it is. Nodes that compress and nodes that do not read each other's values, if both have the library. A
         * cache without Redis compresses only to weigh.
         */
        public Builder<K, V> compression(Compression compression) {
            return with(Setting.CODEC_COMPRESSION, compression);
        }

        /** Sets how many bytes an encoded value has at least that is compressed; default 4 KiB. */
        public Builder<K, V> compressionThresholdBytes(int bytes) {
            return with(Setting.CODEC_COMPRESSION_THRESHOLD, bytes);
        }

        /**
         * Makes values in Redis signed by HMAC-SHA256 instead of having a checksum: the first key signs, and what none of them has
         * signed counts as missing, see {@link UndecodableReason#SIGNATURE}. The signature is bound to the Redis key (namespace,
         * cache, epoch, key) and to all that this node has written of the value; not to its lifetime, which changes in Redis, and
         * not to its time: who can write to Redis can remove a value, end it or keep it, and put back what was under the same key
         * earlier. Nodes that know of a {@code clear()} accept nothing from before it. The number of the epoch itself is not signed,
         * so when all nodes have been restarted an old number with values of its time is accepted; new keys, without the
         * old one behind them, are what ends that.
         *
         * <p>1 to 8 keys of at least 32 bytes; the factory is asked once a cache. To change keys: first let all nodes have the
         * new one behind the old, then before it, then alone. Goes before the setting {@code codec.hmac-keys}.
         */
        public Builder<K, V> hmacKeys(Factory<List<SecretKey>> keys) {
            hmacKeys = Objects.requireNonNull(keys, "keys");
            return this;
        }

        /**
         * Sets how many bytes an encoded value may have, before compression; default 16 MiB. A larger one is refused on put. One that
         * stands in Redis all the same is not read, but counted as undecodable, logged and removed.
         */
        public Builder<K, V> maximumValueBytes(int bytes) {
            return with(Setting.CODEC_MAXIMUM_VALUE_SIZE, bytes);
        }

        /**
         * Sets what gives keys their texts in Redis, for keys that have no canonical form otherwise. All nodes that share the
         * cache need the same; a cache without Redis has no use for it.
         *
         * <p>Without an encoder a key class must compare exactly what its fields hold. A class that ignores a field, or a
         * difference in one, is refused at the first key that shows it. Not all of that can be found by trial: an {@code equals}
         * that depends on two fields together, or that holds for classes without a common superclass, needs an encoder.
         */
        public Builder<K, V> keyEncoder(Factory<? extends TieredKeyEncoder<K>> encoder) {
            keyEncoder = Objects.requireNonNull(encoder, "encoder");
            return this;
        }

        /** Sets how many bytes an encoded key may have; default 4 KiB. A larger one is refused. */
        public Builder<K, V> maximumKeyBytes(int bytes) {
            return with(Setting.CODEC_MAXIMUM_KEY_SIZE, bytes);
        }

        /** Sets for how long an entry processor or a writer has its key exclusively in Redis; default 5 s. */
        public Builder<K, V> writeLease(Duration lease) {
            return with(Setting.WRITE_LEASE, lease);
        }

        /** Sets how long a call waits for a key that another has exclusively; default 30 s. */
        public Builder<K, V> writeWait(Duration wait) {
            return with(Setting.WRITE_WAIT, wait);
        }

        /**
         * Sets for how long one node has the right to load a key for all nodes; default 3 s. It is renewed as long as the loader
         * runs, up to a minute; so it is how long others wait at most for a node that died while it loaded.
         */
        public Builder<K, V> loadLease(Duration lease) {
            return with(Setting.LOAD_LEASE, lease);
        }

        /**
         * Sets how long a lookup waits for another node's load of the same key; default 1 s, zero for not at all. Then it loads
         * for itself, and what it loads is not cached.
         */
        public Builder<K, V> loadWait(Duration wait) {
            return with(Setting.LOAD_WAIT, wait);
        }

        /**
         * Sets how many loads of this cache run on this node at a time; default 64, 0 for any number. A call of {@code
         * CacheLoader.loadAll} is one; whoever waits for another's load of the same key is none, and neither is what a loader's own
         * thread loads because the loader asks its own cache. When so many run others wait for {@link #loadQueueWait}; refreshes in the
         * background do not wait, and are left.
         */
        public Builder<K, V> maximumConcurrentLoads(int loads) {
            return with(Setting.LOAD_MAXIMUM_CONCURRENT, loads);
        }

        /**
         * Sets how long a load waits, first come, first served, while {@link #maximumConcurrentLoads} run; default 30 s, zero for
         * not at all. After it its callers get a {@link javax.cache.integration.CacheLoaderException}, or an expired value as if
         * the loader had failed. Where {@link #loadTimeout} is shorter, that ends the wait.
         */
        public Builder<K, V> loadQueueWait(Duration wait) {
            return with(Setting.LOAD_QUEUE_WAIT, wait);
        }

        /**
         * Sets how long a call of the loader may take; default unlimited. After it the callers get a {@link
         * javax.cache.integration.CacheLoaderException}, the thread of the loader is interrupted, other nodes need not wait, and
         * what it brings is not cached. With this or {@link #loadSoftTimeout}, lookups do not load on their own threads.
         */
        public Builder<K, V> loadTimeout(Duration timeout) {
            return with(Setting.LOAD_TIMEOUT, timeout);
        }

        /**
         * Sets how long a lookup waits for a load before it is answered with an expired value, if {@link #staleFor} has kept one;
         * default unlimited. The load goes on in the background.
         */
        public Builder<K, V> loadSoftTimeout(Duration timeout) {
            return with(Setting.LOAD_SOFT_TIMEOUT, timeout);
        }

        /**
         * Sets how long after its end a value may be answered while the loader fails, or is slower than {@link
         * #loadSoftTimeout}; default zero, never. To everything but such lookups the entry has ended. So long does Redis, or the
         * memory of a cache without Redis, keep what has ended.
         */
        public Builder<K, V> staleFor(Duration time) {
            return with(Setting.LOAD_STALE_FOR, time);
        }

        /**
         * Sets how eagerly an entry that is read is loaded again before it ends, in the background, by one node; default 0, never;
         * 1 is a good start, more is earlier. Which read does so is drawn, with a chance that grows as the end comes nearer, by
         * how long loads take (Vattani, Chierichetti and Lowenstein, "Optimal Probabilistic Cache Stampede Prevention", 2015).
         */
        public Builder<K, V> refreshAhead(double factor) {
            return with(Setting.LOAD_REFRESH_AHEAD, factor);
        }

        /**
         * Sets on which threads loads run that are not run by their callers: {@code platform}, the default, or {@code virtual},
         * which needs JDK 21 or later.
         */
        public Builder<K, V> loadThreads(String kind) {
            return with(Setting.LOAD_THREADS, kind);
        }

        /**
         * Sets where loads run that are not run by their callers: {@code loadAll}, refreshes, and all loads with a timeout. Goes
         * before {@link #loadThreads}. The executor is used and not closed; if it refuses a load, the caller runs it.
         */
        public Builder<K, V> loadExecutor(Factory<? extends Executor> executor) {
            loadExecutor = Objects.requireNonNull(executor, "executor");
            return this;
        }

        /**
         * Sets by how many percent the lifetime that the expiry policy gives on creation and update is shortened at random, so
         * that what was stored together does not end together; default 0, at most 50.
         */
        public Builder<K, V> expiryJitter(int percent) {
            return with(Setting.EXPIRY_JITTER, percent);
        }

        /**
         * Sets how many of the keys that are read most are written down in Redis, for a node that starts to fill its near tier
         * with in the background; default 0, no warm start. A cache without Redis ignores it.
         */
        public Builder<K, V> warmKeys(int keys) {
            return with(Setting.WARM_KEYS, keys);
        }

        /** Sets how often these keys are written down, beside the end of the cache; default 1 minute. */
        public Builder<K, V> warmInterval(Duration interval) {
            return with(Setting.WARM_INTERVAL, interval);
        }

        /** Sets what operations do while Redis is away; default {@link OutagePolicy#LOCAL}. A cache without Redis ignores it. */
        public Builder<K, V> outagePolicy(OutagePolicy policy) {
            return with(Setting.OUTAGE_POLICY, policy);
        }

        /**
         * Sets for how long after Redis went its last known values are answered from this process's memory; default 5 minutes, 0
         * for not at all. They may be as stale as that. By {@link OutagePolicy#LOCAL} only.
         */
        public Builder<K, V> outageNearTimeToLive(Duration time) {
            return with(Setting.OUTAGE_NEAR_TIME_TO_LIVE, time);
        }

        /**
         * Sets how many keys may be written or removed while Redis is away before all keys count as changed, and Redis is made to
         * forget the whole cache when it is back; default 10,000.
         */
        public Builder<K, V> outageJournalKeys(int keys) {
            return with(Setting.OUTAGE_JOURNAL_KEYS, keys);
        }

        /**
         * Sets whether the cache is emptied when Redis is another server than before: a replica that took over, or one that was
         * started again. Changes that were acknowledged may be missing there, so that what was removed is there again. Default: off,
         * because then each such change sends everybody to the source, also one that was planned and lost nothing.
         */
        public Builder<K, V> failoverRepair(boolean repairs) {
            return with(Setting.OUTAGE_FAILOVER_REPAIR, repairs);
        }

        /** Makes {@code get}, {@code getAll} and processors load what is missing. */
        public Builder<K, V> readThrough(Factory<? extends CacheLoader<K, V>> loader) {
            loader(loader);
            standard.setReadThrough(true);
            return this;
        }

        /** Sets the loader for {@code loadAll}, and for read-through if that is on. */
        public Builder<K, V> loader(Factory<? extends CacheLoader<K, V>> loader) {
            standard.setCacheLoaderFactory(Objects.requireNonNull(loader, "loader"));
            return this;
        }

        /** Makes mutations call the writer before the cache changes. */
        public Builder<K, V> writeThrough(Factory<? extends CacheWriter<? super K, ? super V>> writer) {
            standard.setCacheWriterFactory(Objects.requireNonNull(writer, "writer"));
            standard.setWriteThrough(true);
            return this;
        }

        /** Sets the expiry policy; default eternal. */
        public Builder<K, V> expiry(Factory<? extends ExpiryPolicy> policy) {
            standard.setExpiryPolicyFactory(Objects.requireNonNull(policy, "policy"));
            return this;
        }

        /** Sets whether callers and cache have instances of their own; default true. */
        public Builder<K, V> storeByValue(boolean byValue) {
            standard.setStoreByValue(byValue);
            return this;
        }

        /** Sets whether statistics are gathered; default false. */
        public Builder<K, V> statistics(boolean enabled) {
            standard.setStatisticsEnabled(enabled);
            return this;
        }

        /** Sets whether the configuration is shown in JMX; default false. */
        public Builder<K, V> management(boolean enabled) {
            standard.setManagementEnabled(enabled);
            return this;
        }

        /** Adds a listener. */
        public Builder<K, V> listener(CacheEntryListenerConfiguration<K, V> listener) {
            standard.addCacheEntryListenerConfiguration(Objects.requireNonNull(listener, "listener"));
            return this;
        }

        /** Removes a listener, if it is there. */
        public Builder<K, V> withoutListener(CacheEntryListenerConfiguration<K, V> listener) {
            standard.removeCacheEntryListenerConfiguration(Objects.requireNonNull(listener, "listener"));
            return this;
        }

        /** Fills in, for each setting of the tiers that is not set yet, what these settings say. */
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
