package io.github.tieredjcache.internal.assembly;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.tieredjcache.integration.LogLines;
import io.github.tieredjcache.internal.codec.api.ValueCodec;
import io.github.tieredjcache.internal.support.Lazy;
import java.util.List;
import javax.cache.CacheException;
import org.junit.jupiter.api.Test;

class EncodingTrialTest {
    /** Encodes nothing but texts. */
    private static final ValueCodec<Object> TEXTS = new ValueCodec<>() {
        @Override
        public byte[] encode(byte[] key, Object value) {
            if (value instanceof String) {
                return key;
            }
            throw new CacheException("no text");
        }

        @Override
        public Object decode(byte[] key, byte[] storedEntry, int offset) {
            throw new UnsupportedOperationException();
        }
    };

    @Test
    void eachRefusedClassIsReportedOnce() {
        EncodingTrial<Object> trial = new EncodingTrial<>("orders", new Lazy<>() {
            @Override
            protected ValueCodec<Object> create() {
                return TEXTS;
            }
        });
        try (LogLines log = new LogLines()) {
            List.<Object>of("text", '1', '2', "other", 3.0, 4.0).forEach(trial);
            String rest = ", which it could not store in Redis: no text; store another class, or set redis.uri empty if"
                    + " the cache is to have no Redis anywhere";
            assertEquals(
                    List.of(
                            "WARNING cache 'orders' keeps values of java.lang.Character" + rest,
                            "WARNING cache 'orders' keeps values of java.lang.Double" + rest),
                    log.lines());
        }
    }
}
