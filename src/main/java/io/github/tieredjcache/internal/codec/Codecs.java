package io.github.tieredjcache.internal.codec;

import io.github.tieredjcache.TieredCodec;
import io.github.tieredjcache.TieredKeyEncoder;
import io.github.tieredjcache.internal.codec.api.CodecRules;
import io.github.tieredjcache.internal.codec.api.Copier;
import io.github.tieredjcache.internal.codec.api.KeyCodec;
import io.github.tieredjcache.internal.codec.api.PayloadCodec;
import io.github.tieredjcache.internal.codec.api.ValueCodec;
import io.github.tieredjcache.internal.codec.api.ValueOptions;
import io.github.tieredjcache.internal.codec.graph.AllowList;
import io.github.tieredjcache.internal.codec.graph.ClassDescriptors;
import io.github.tieredjcache.internal.codec.graph.DescriptorFactory;
import io.github.tieredjcache.internal.codec.graph.SessionPool;
import io.github.tieredjcache.internal.codec.key.CanonicalKeyCodec;
import io.github.tieredjcache.internal.codec.key.EncodedKeyCodec;
import io.github.tieredjcache.internal.codec.value.GraphCopier;
import io.github.tieredjcache.internal.codec.value.KryoCodec;
import io.github.tieredjcache.internal.codec.value.OptionalLz4;
import io.github.tieredjcache.internal.codec.value.RoundTripCopier;
import io.github.tieredjcache.internal.codec.value.UserCodec;
import io.github.tieredjcache.internal.codec.value.ValueEnvelope;
import io.github.tieredjcache.internal.support.Lazy;
import io.github.tieredjcache.internal.support.Libraries;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Makes the codecs and copiers of one cache manager; owns its class loader and a bounded pool of Kryo instances. */
public final class Codecs implements AutoCloseable {
    private static final String KRYO_UNSAFE = "kryo.unsafe";
    private static final int JDK_THAT_WARNS_OF_UNSAFE = 24;

    private final ClassLoader loader;
    // Kryo and the serializers of all classes take a good part of a start; a cache in memory may need none of them.
    private final Lazy<ClassDescriptors> descriptors = new Lazy<>() {
        @Override
        protected ClassDescriptors create() {
            return allDescriptors();
        }
    };
    private final Lazy<SessionPool> pool = new Lazy<>() {
        @Override
        protected SessionPool create() {
            return new SessionPool(descriptors.get());
        }
    };
    private final Copier copier = new GraphCopier(descriptors);
    private final OptionalLz4 lz4 = new OptionalLz4();

    /** @param loader the only loader that resolves the classes that bytes name */
    public Codecs(ClassLoader loader) {
        this.loader = Objects.requireNonNull(loader, "loader");
    }

    private static ClassDescriptors allDescriptors() {
        avoidUnsafe();
        try {
            return DescriptorFactory.all();
        } catch (LinkageError e) {
            throw Libraries.explained(e);
        }
    }

    /**
     * Switches Kryo's use of {@code sun.misc.Unsafe} off, before Kryo reads the property: from JDK 24 on that use prints
     * warnings, and the sessions do not need it. A property that is set stays.
     */
    private static void avoidUnsafe() {
        if (Runtime.version().feature() >= JDK_THAT_WARNS_OF_UNSAFE && System.getProperty(KRYO_UNSAFE) == null) {
            System.setProperty(KRYO_UNSAFE, "false");
        }
    }

    /**
     * Loads what all codecs have in common, so that the first codec and the first value need not. Calls no code of the
     * user; what fails, fails again where it is needed.
     */
    public void prepare() {
        try {
            pool.get().release(pool.get().take());
        } catch (RuntimeException | LinkageError e) {
            // The codec that needs it tells what is missing.
        }
    }

    /** Returns the library's own codec for the values of one cache. */
    public <V> ValueCodec<V> values(Class<V> declaredType, CodecRules rules) {
        return values(declaredType, rules, ValueOptions.none());
    }

    /**
     * Returns a codec for the values of one cache.
     *
     * @throws IllegalArgumentException if the user's codec has no valid name, or if the LZ4 library is missing and the
     *     options compress
     */
    public <V> ValueCodec<V> values(Class<V> declaredType, CodecRules rules, ValueOptions<V> options) {
        TieredCodec<V> codec = options.codec();
        PayloadCodec<V> payloads = codec == null
                ? new KryoCodec<>(pool.get(), declaredType, allowList(rules), rules.maximumValueBytes())
                : userCodec(declaredType, rules, codec);
        return new ValueEnvelope<>(payloads, rules.maximumValueBytes(), options, lz4);
    }

    private <V> UserCodec<V> userCodec(Class<V> declaredType, CodecRules rules, TieredCodec<V> codec) {
        return new UserCodec<>(codec, declaredType, loader, rules.maximumValueBytes());
    }

    /**
     * Returns a codec for the keys of one cache.
     *
     * @param encoder the user's encoder; null for the canonical form
     */
    public <K> KeyCodec<K> keys(Class<K> declaredType, CodecRules rules, @Nullable TieredKeyEncoder<K> encoder) {
        if (encoder != null) {
            return new EncodedKeyCodec<>(encoder, declaredType, rules.maximumKeyBytes());
        }
        return new CanonicalKeyCodec<>(declaredType, allowList(rules), descriptors.get(), rules.maximumKeyBytes());
    }

    /** Returns the copier for store by value; the copier needs no rules, since it reads no bytes from outside. */
    public Copier copier() {
        return copier;
    }

    /**
     * Returns the copier for values that the user's codec encodes.
     *
     * @throws IllegalArgumentException if the codec has no valid name
     */
    public <V> Copier copier(Class<V> declaredType, CodecRules rules, TieredCodec<V> codec) {
        return new RoundTripCopier<>(userCodec(declaredType, rules, codec), declaredType, descriptors);
    }

    /** Returns the only loader through which classes are found. */
    public ClassLoader loader() {
        return loader;
    }

    /** Drops the pool. Codecs in use continue to work, without pooling. */
    @Override
    public void close() {
        SessionPool open = pool.ifCreated();
        if (open != null) {
            open.close();
        }
    }

    private AllowList allowList(CodecRules rules) {
        return new AllowList(loader, descriptors.get(), rules);
    }
}
