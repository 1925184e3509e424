package io.github.tieredjcache.internal.engine.verification;

import io.github.tieredjcache.internal.codec.api.KeyCodec;
import io.github.tieredjcache.internal.codec.api.ValueCodec;
import java.nio.charset.StandardCharsets;
import java.util.function.UnaryOperator;

/** Keys and values whose encoded form is their text. */
final class TextCodecs {
    private TextCodecs() {}

    static KeyCodec<String> keys() {
        return new KeyCodec<>() {
            @Override
            public byte[] encode(String key) {
                return key.getBytes(StandardCharsets.UTF_8);
            }

            @Override
            public String decode(byte[] bytes) {
                return new String(bytes, StandardCharsets.UTF_8);
            }
        };
    }

    /**
     * A codec of values.
     *
     * @param decoded what an encoded text is decoded as
     */
    static ValueCodec<String> values(UnaryOperator<String> decoded) {
        return new ValueCodec<>() {
            @Override
            public byte[] encode(byte[] key, String value) {
                return value.getBytes(StandardCharsets.UTF_8);
            }

            @Override
            public String decode(byte[] key, byte[] storedEntry, int offset) {
                return decoded.apply(
                        new String(storedEntry, offset, storedEntry.length - offset, StandardCharsets.UTF_8));
            }
        };
    }
}
