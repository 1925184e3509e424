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
import io.github.tieredjcache.internal.codec.graph.SessionPool;
import io.github.tieredjcache.internal.codec.key.CanonicalKeyCodec;
import io.github.tieredjcache.internal.codec.key.EncodedKeyCodec;
import io.github.tieredjcache.internal.codec.value.GraphCopier;
import io.github.tieredjcache.internal.codec.value.KryoCodec;
import io.github.tieredjcache.internal.codec.value.OptionalLz4;
import io.github.tieredjcache.internal.codec.value.RoundTripCopier;
import io.github.tieredjcache.internal.codec.value.UserCodec;
import io.github.tieredjcache.internal.codec.value.ValueEnvelope;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The codecs of one manager: its class loader and a bounded pool of Kryo instances. Nothing in it is static. */
public final class Codecs implements AutoCloseable {
    private final ClassLoader loader;
    private final ClassDescriptors descriptors = new ClassDescriptors();
    private final SessionPool pool = new SessionPool(descriptors);
    private final Copier copier = new GraphCopier(descriptors);
    private final OptionalLz4 lz4 = new OptionalLz4();

    /** @param loader the only loader through which classes named in bytes are resolved */
    public Codecs(ClassLoader loader) {
        this.loader = Objects.requireNonNull(loader, "loader");
    }

    /** The library's own codec for the values of one cache. */
    public <V> ValueCodec<V> values(Class<V> declaredType, CodecRules rules) {
        return values(declaredType, rules, ValueOptions.none());
    }

    /**
     * A codec for the values of one cache.
     *
     * @throws IllegalArgumentException if the user's codec has no valid name, or the library for the compression is missing
     */
    public <V> ValueCodec<V> values(Class<V> declaredType, CodecRules rules, ValueOptions<V> options) {
        TieredCodec<V> codec = options.codec();
        PayloadCodec<V> payloads = codec == null
                ? new KryoCodec<>(pool, declaredType, allowList(rules), rules.maximumValueBytes())
                : userCodec(declaredType, rules, codec);
        return new ValueEnvelope<>(payloads, rules.maximumValueBytes(), options, lz4);
    }

    private <V> UserCodec<V> userCodec(Class<V> declaredType, CodecRules rules, TieredCodec<V> codec) {
        return new UserCodec<>(codec, declaredType, loader, rules.maximumValueBytes());
    }

    /**
     * A codec for the keys of one cache.
     *
     * @param encoder the user's own; null for the canonical form
     */
    public <K> KeyCodec<K> keys(Class<K> declaredType, CodecRules rules, @Nullable TieredKeyEncoder<K> encoder) {
        if (encoder != null) {
            return new EncodedKeyCodec<>(encoder, declaredType, rules.maximumKeyBytes());
        }
        return new CanonicalKeyCodec<>(declaredType, allowList(rules), descriptors, rules.maximumKeyBytes());
    }

    /** The copier for store by value; it needs no rules, since nothing foreign is read. */
    public Copier copier() {
        return copier;
    }

    /**
     * The copier for values that a codec of the user encodes.
     *
     * @throws IllegalArgumentException if the codec has no valid name
     */
    public <V> Copier copier(Class<V> declaredType, CodecRules rules, TieredCodec<V> codec) {
        return new RoundTripCopier<>(userCodec(declaredType, rules, codec), declaredType, descriptors);
    }

    /** The only loader through which classes are found. */
    public ClassLoader loader() {
        return loader;
    }

    /** Drops the pool. Codecs in use go on working, without pooling. */
    @Override
    public void close() {
        pool.close();
    }

    private AllowList allowList(CodecRules rules) {
        return new AllowList(loader, descriptors, rules);
    }
}
