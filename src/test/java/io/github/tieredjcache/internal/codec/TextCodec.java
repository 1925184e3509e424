package io.github.tieredjcache.internal.codec;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.tieredjcache.TieredCodec;

/** A hand-written codec for a class that knows nothing of serialization; tests override its methods to misbehave. */
class TextCodec implements TieredCodec<StringBuilder> {
    private final String name;

    TextCodec(String name) {
        this.name = name;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public byte[] encode(StringBuilder value) throws Exception {
        return value.toString().getBytes(UTF_8);
    }

    @Override
    public StringBuilder decode(byte[] bytes, Class<StringBuilder> type, ClassLoader loader) throws Exception {
        return new StringBuilder(new String(bytes, UTF_8));
    }
}
