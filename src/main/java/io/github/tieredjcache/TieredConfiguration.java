package io.github.tieredjcache;

import java.io.Serial;
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
    private final TieredFactories<K, V> factories;

    private TieredConfiguration(Builder<K, V> builder) {
        this.standard = new MutableConfiguration<>(builder.standard);
        this.settings = builder.settings;
        this.factories = new TieredFactories<>(
                builder.loadExecutor, builder.codec, builder.hmacKeys, builder.keyEncoder, builder.redisPassword);
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
            copy.loadExecutor = tiered.factories.loadExecutor();
            copy.codec = tiered.factories.codec();
            copy.hmacKeys = tiered.factories.hmacKeys();
            copy.keyEncoder = tiered.factories.keyEncoder();
            copy.redisPassword = tiered.factories.redisPassword();
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

    /** Returns the settings of the tiers. */
    public TieredSettings settings() {
        return settings;
    }

    /** Returns the factories of executor, codec, keys and password. */
    public TieredFactories<K, V> factories() {
        return factories;
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
                && factories.equals(that.factories);
    }

    @Override
    public int hashCode() {
        return Objects.hash(standard, settings, factories);
    }

    /** Returns all settings with their values, defaults included, without passwords and keys. */
    @Override
    public String toString() {
        return "TieredConfiguration" + settings;
    }

    /**
     * Builds a {@link TieredConfiguration}. Not safe for use by several threads; may be used again after {@link
     * #build}.
     *
     * <p>{@link #with with} sets any {@link TieredSetting}; the settings that most applications decide have a method of their own.
     * Every method but {@link #build} returns this builder. Methods throw {@link IllegalArgumentException} for a value
     * that breaks a setting's rule, and {@link NullPointerException} for null.
     *
     * @param <K> the type of the keys
     * @param <V> the type of the values
     */
    public static final class Builder<K, V> extends OptionsBuilder<K, V, Builder<K, V>> {
        private @Nullable Factory<? extends Executor> loadExecutor;
        private @Nullable Factory<? extends TieredCodec<V>> codec;
        private @Nullable Factory<List<SecretKey>> hmacKeys;
        private @Nullable Factory<? extends TieredKeyEncoder<K>> keyEncoder;
        private @Nullable Factory<String> redisPassword;

        private Builder(MutableConfiguration<K, V> standard) {
            super(standard);
        }

        @Override
        Builder<K, V> self() {
            return this;
        }

        /**
         * Sets a factory that returns the password of Redis, for a password that changes; default: the password of
         * {@link TieredSetting#REDIS_URI}. The user name is still that of the URI.
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
         * Sets the codec of the values in Redis, which also makes the copies of a cache that stores by value; default:
         * {@link TieredSetting#CODEC_CLASS}, else the library's own codec.
         *
         * <pre>{@code
         * builder.codec(JsonCodec::new);
         * }</pre>
         *
         * <p>All nodes of a cache need the same codec: values of another codec count as missing. The codec does not
         * encode keys, and {@link TieredSetting#CODEC_ALLOWED} has no effect on it. The factory is called once per cache.
         */
        public Builder<K, V> codec(Factory<? extends TieredCodec<V>> factory) {
            codec = Objects.requireNonNull(factory, "factory");
            return this;
        }

        /**
         * Sets a factory of the keys of signatures; default: {@link TieredSetting#CODEC_HMAC_KEYS}, which explains them. The
         * factory is called once per cache.
         *
         * <pre>{@code
         * builder.hmacKeys(() -> List.of(vault.hmacKey("orders")));
         * }</pre>
         */
        public Builder<K, V> hmacKeys(Factory<List<SecretKey>> keys) {
            hmacKeys = Objects.requireNonNull(keys, "keys");
            return this;
        }

        /**
         * Sets the encoder that converts keys to texts in Redis, for keys without a canonical form; default none. All
         * nodes that share the cache need the same encoder. No effect without Redis.
         *
         * <pre>{@code
         * builder.keyEncoder(OrderKeyEncoder::new);
         * }</pre>
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
         * Sets the executor of loads that do not run on the threads of their callers: {@code loadAll}, refreshes, and
         * all loads with a timeout; default: threads of the kind {@link TieredSetting#LOAD_THREADS}.
         *
         * <pre>{@code
         * builder.loadExecutor(() -> executor);
         * }</pre>
         *
         * <p>The cache does not close the executor. If the executor rejects a load, the caller runs the load.
         */
        public Builder<K, V> loadExecutor(Factory<? extends Executor> executor) {
            loadExecutor = Objects.requireNonNull(executor, "executor");
            return this;
        }

        /** Returns the configuration. */
        public TieredConfiguration<K, V> build() {
            return new TieredConfiguration<>(this);
        }
    }
}
