package io.github.tieredjcache.internal.assembly;

import io.github.tieredjcache.Compression;
import io.github.tieredjcache.TieredCodec;
import io.github.tieredjcache.TieredConfiguration;
import io.github.tieredjcache.TieredKeyEncoder;
import io.github.tieredjcache.TieredSetting;
import io.github.tieredjcache.TieredSettings;
import io.github.tieredjcache.internal.codec.Codecs;
import io.github.tieredjcache.internal.codec.api.CodecRules;
import io.github.tieredjcache.internal.codec.api.Copier;
import io.github.tieredjcache.internal.codec.api.KeyCodec;
import io.github.tieredjcache.internal.codec.api.RefusedValues;
import io.github.tieredjcache.internal.codec.api.Signature;
import io.github.tieredjcache.internal.codec.api.ValueCodec;
import io.github.tieredjcache.internal.codec.api.ValueOptions;
import io.github.tieredjcache.internal.near.InMemoryTierOfRecord;
import io.github.tieredjcache.internal.support.Lazy;
import java.io.Closeable;
import java.util.List;
import java.util.Objects;
import java.util.function.ToIntBiFunction;
import javax.cache.CacheException;
import javax.cache.configuration.Factory;
import javax.crypto.SecretKey;
import org.jspecify.annotations.Nullable;

/**
 * Creates the codecs and copiers of one cache from its configuration.
 *
 * @param <K> the type of the keys
 * @param <V> the type of the values
 */
final class CacheCodecs<K, V> {
    private final Codecs codecs;
    private final TieredConfiguration<K, V> configuration;
    private final CodecRules rules;
    private final ValueOptions<V> options;
    /** The only codec of the keys, since it learns classes. */
    private final Lazy<KeyCodec<K>> keys;

    private CacheCodecs(
            Codecs codecs,
            TieredConfiguration<K, V> configuration,
            @Nullable TieredKeyEncoder<K> keyEncoder,
            ValueOptions<V> options) {
        TieredSettings settings = configuration.settings();
        this.codecs = codecs;
        this.configuration = configuration;
        this.options = options;
        this.rules = new CodecRules(
                configuration.getKeyType(),
                configuration.getValueType(),
                settings.get(TieredSetting.CODEC_ALLOWED),
                settings.get(TieredSetting.CODEC_LEARNING),
                settings.get(TieredSetting.CODEC_MAXIMUM_KEY_SIZE),
                settings.get(TieredSetting.CODEC_MAXIMUM_VALUE_SIZE));
        this.keys = new Lazy<>() {
            @Override
            protected KeyCodec<K> create() {
                return codecs.keys(configuration.getKeyType(), rules, keyEncoder);
            }
        };
    }

    /**
     * Creates the codecs, those of the user included.
     *
     * @param closeables receives the objects to close with the cache
     * @throws IllegalArgumentException if the configured class is not a codec (such a class is not initialised), or if
     *     the keys of signatures are not valid
     */
    static <K, V> CacheCodecs<K, V> of(
            Codecs codecs, TieredConfiguration<K, V> configuration, List<AutoCloseable> closeables) {
        TieredKeyEncoder<K> keyEncoder = keyEncoder(configuration);
        if (keyEncoder instanceof Closeable closeable) {
            closeables.add(closeable);
        }
        TieredCodec<V> codec = codec(codecs, configuration);
        if (codec instanceof Closeable closeable) {
            closeables.add(closeable);
        }
        TieredSettings settings = configuration.settings();
        int compressedFromBytes = settings.get(TieredSetting.CODEC_COMPRESSION) == Compression.NONE
                ? 0
                : settings.get(TieredSetting.CODEC_COMPRESSION_THRESHOLD);
        return new CacheCodecs<>(
                codecs,
                configuration,
                keyEncoder,
                new ValueOptions<>(codec, compressedFromBytes, signature(configuration)));
    }

    private static <K, V> @Nullable TieredKeyEncoder<K> keyEncoder(TieredConfiguration<K, V> configuration) {
        Factory<? extends TieredKeyEncoder<K>> factory =
                configuration.factories().keyEncoder();
        return factory == null
                ? null
                : Objects.requireNonNull(factory.create(), "the factory of the key encoder returned null");
    }

    private static <K, V> @Nullable TieredCodec<V> codec(Codecs codecs, TieredConfiguration<K, V> configuration) {
        Factory<? extends TieredCodec<V>> factory = configuration.factories().codec();
        if (factory != null) {
            return Objects.requireNonNull(factory.create(), "the factory of the codec returned null");
        }
        String className = configuration.settings().get(TieredSetting.CODEC_CLASS);
        return className.isEmpty() ? null : newInstance(className, codecs.loader());
    }

    private static @Nullable Signature signature(TieredConfiguration<?, ?> configuration) {
        Factory<List<SecretKey>> factory = configuration.factories().hmacKeys();
        if (factory != null) {
            return Signature.by(Objects.requireNonNull(
                    factory.create(), "the factory of the keys for codec.hmac-keys returned null"));
        }
        List<SecretKey> keys = configuration.settings().get(TieredSetting.CODEC_HMAC_KEYS);
        return keys.isEmpty() ? null : Signature.by(keys);
    }

    @SuppressWarnings("unchecked") // Each decoded value is checked against the type.
    private static <V> TieredCodec<V> newInstance(String className, ClassLoader loader) {
        try {
            return (TieredCodec<V>) Class.forName(className, false, loader)
                    .asSubclass(TieredCodec.class)
                    .getConstructor()
                    .newInstance();
        } catch (ReflectiveOperationException | ClassCastException | LinkageError e) {
            throw new IllegalArgumentException(
                    "codec.class must name a class that the cache manager's loader finds, that implements "
                            + TieredCodec.class.getName() + " and has a public constructor without parameters, was "
                            + className,
                    e);
        }
    }

    KeyCodec<K> keys() {
        return keys.get();
    }

    ValueCodec<V> values() {
        return codecs.values(configuration.getValueType(), rules, options);
    }

    /** Returns the library's own codec, without compression and signatures; null if the user's codec is configured. */
    @Nullable
    Lazy<ValueCodec<V>> ownValues() {
        return options.codec() != null
                ? null
                : new Lazy<>() {
                    @Override
                    protected ValueCodec<V> create() {
                        return codecs.values(configuration.getValueType(), rules);
                    }
                };
    }

    /**
     * Returns the weigher of entries in memory whose bytes are bounded: the encoded size of an entry.
     *
     * @param refused decides about values that cannot be encoded
     */
    ToIntBiFunction<K, V> weigher(RefusedValues refused) {
        KeyCodec<K> keyCodec = keys();
        ValueCodec<V> valueCodec = values();
        return (key, value) -> {
            byte[] encoded = keyCodec.encode(key);
            try {
                return encoded.length + valueCodec.encode(encoded, value).length;
            } catch (CacheException e) {
                refused.drop(value, e);
                return InMemoryTierOfRecord.DROPPED;
            }
        };
    }

    Copier keyCopier() {
        return codecs.copier();
    }

    Copier valueCopier() {
        TieredCodec<V> codec = options.codec();
        return codec == null ? codecs.copier() : codecs.copier(configuration.getValueType(), rules, codec);
    }
}
