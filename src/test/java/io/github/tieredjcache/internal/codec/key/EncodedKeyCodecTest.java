package io.github.tieredjcache.internal.codec.key;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.TieredKeyEncoder;
import io.github.tieredjcache.internal.codec.Codecs;
import io.github.tieredjcache.internal.codec.api.CodecRules;
import io.github.tieredjcache.internal.codec.api.KeyCodec;
import io.github.tieredjcache.internal.codec.api.UndecodableException;
import java.net.URI;
import java.util.List;
import java.util.function.Function;
import javax.cache.CacheException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The first key of each class checks the user's key encoder; an encoder that fails the check is refused. */
class EncodedKeyCodecTest {
    private static final URI KEY = URI.create("http://shop.com/a");

    private static KeyCodec<URI> codec(Function<URI, String> encode, Function<String, URI> decode) {
        TieredKeyEncoder<URI> encoder = new TieredKeyEncoder<>() {
            @Override
            public String encode(URI key) {
                return encode.apply(key);
            }

            @Override
            public URI decode(String text) {
                return decode.apply(text);
            }
        };
        CodecRules rules = new CodecRules(URI.class, String.class, List.of(), 100, 100);
        return new Codecs(EncodedKeyCodecTest.class.getClassLoader()).keys(URI.class, rules, encoder);
    }

    @Test
    void theTextOfTheEncoderIsTheKeyInRedis() throws UndecodableException {
        KeyCodec<URI> codec = codec(URI::toString, URI::create);
        assertEquals("http://shop.com/a", new String(codec.encode(KEY), UTF_8));
        assertEquals(KEY, codec.decode(codec.encode(KEY)));
    }

    @Test
    void anyTextOfTheEncoderRoundTrips() throws UndecodableException {
        for (String prefix : List.of("", "~", "~K", "~S", "\ud800", "\r\n\0", "😀")) {
            KeyCodec<URI> codec = codec(key -> prefix + key, text -> URI.create(text.substring(prefix.length())));
            assertEquals(KEY, codec.decode(codec.encode(KEY)));
        }
    }

    static List<Arguments> failing() {
        Function<URI, String> encode = URI::toString;
        Function<String, URI> decode = URI::create;
        Function<URI, String> byIdentity = key -> key + "?" + System.identityHashCode(key);
        Function<String, URI> withoutQuery = text -> URI.create(text.substring(0, text.indexOf('?')));
        Function<Object, Object> none = any -> null;
        return List.of(
                Arguments.of(none, decode, "encode returned null"),
                Arguments.of(encode, none, "must return an equal key"),
                Arguments.of(encode, (Function<String, URI>) text -> URI.create("b"), "must return an equal key"),
                Arguments.of(byIdentity, withoutQuery, "encode returned different texts for equal keys"),
                Arguments.of(
                        (Function<URI, String>) key -> {
                            throw new IllegalStateException("mine");
                        },
                        decode,
                        "encode threw java.lang.IllegalStateException"),
                Arguments.of(
                        encode,
                        (Function<String, URI>) text -> {
                            throw new IllegalStateException("mine");
                        },
                        "decode of the encoded text threw java.lang.IllegalStateException"),
                Arguments.of(
                        (Function<URI, String>) key -> "x".repeat(101),
                        decode,
                        "101 bytes long, and tiered-jcache.codec.maximum-key-size is 100"));
    }

    @ParameterizedTest
    @MethodSource("failing")
    void aKeyThatFailsItsCheckIsRefusedEachTime(
            Function<URI, String> encode, Function<String, URI> decode, String named) {
        KeyCodec<URI> codec = codec(encode, decode);
        for (int i = 0; i < 2; i++) {
            CacheException e = assertThrows(CacheException.class, () -> codec.encode(KEY));
            assertTrue(e.getMessage().contains(named), e.getMessage());
            assertTrue(e.getMessage().contains("java.net.URI"), e.getMessage());
        }
    }

    @Test
    void bytesThatTheEncoderDoesNotWriteAreUndecodable() {
        KeyCodec<URI> codec = codec(URI::toString, text -> text.equals("none") ? null : URI.create(text.strip()));
        for (String text : List.of("a b", " a", "none", "~Sa", "~", "~Wzz", "x".repeat(101))) {
            assertThrows(UndecodableException.class, () -> codec.decode(text.getBytes(UTF_8)), text);
        }
        assertThrows(UndecodableException.class, () -> codec.decode(new byte[] {(byte) 0xff}));
    }
}
