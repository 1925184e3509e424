package io.github.tieredjcache.internal.codec;

import java.util.Objects;

/** The codecs of one manager: its class loader and a bounded pool of Kryo instances. Nothing in it is static. */
public final class Codecs implements AutoCloseable {
    private final ClassLoader loader;
    private final Shapes shapes = new Shapes();
    private final SessionPool pool = new SessionPool(shapes);
    private final Copier copier = new GraphCopier(shapes);

    /** @param loader the only loader through which classes named in bytes are resolved */
    public Codecs(ClassLoader loader) {
        this.loader = Objects.requireNonNull(loader, "loader");
    }

    /** A codec for the values of one cache. */
    public <V> ValueCodec<V> values(Class<V> declaredType, CodecRules rules) {
        return new KryoValueCodec<>(pool, declaredType, allowList(rules), rules.maximumValueBytes());
    }

    /** A codec for the keys of one cache. */
    public <K> KeyCodec<K> keys(Class<K> declaredType, CodecRules rules) {
        return new CanonicalKeyCodec<>(declaredType, allowList(rules), shapes, rules.maximumKeyBytes());
    }

    /** The copier for store by value; it needs no rules, since nothing foreign is read. */
    public Copier copier() {
        return copier;
    }

    /** Drops the pool. Codecs in use go on working, without pooling. */
    @Override
    public void close() {
        pool.close();
    }

    private AllowList allowList(CodecRules rules) {
        return new AllowList(loader, shapes, rules);
    }
}
