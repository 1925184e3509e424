package io.github.tieredjcache.internal.codec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.UndecodableReason;
import io.github.tieredjcache.internal.codec.Samples.Generic;
import io.github.tieredjcache.internal.codec.Samples.Holder;
import io.github.tieredjcache.internal.codec.Samples.ShopException;
import io.github.tieredjcache.internal.codec.api.CodecRules;
import io.github.tieredjcache.internal.codec.api.UndecodableException;
import io.github.tieredjcache.internal.codec.api.ValueCodec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import javax.cache.CacheException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The limits of depth and size are exact, and the same for a put, a read and a copy. */
class GraphLimitsTest {
    private static final byte[] KEY = {'k'};
    private static final int LEVELS_MAX = 400;

    private final Codecs codecs = new Codecs(getClass().getClassLoader());
    private final ValueCodec<Object> codec = codec(1 << 20);

    private ValueCodec<Object> codec(int valueBytesMax) {
        return codecs.values(
                Object.class, new CodecRules(String.class, Samples.class, List.of(), 1_024, valueBytesMax));
    }

    static Stream<Arguments> nestings() {
        return Stream.of(
                Arguments.of("lists", (UnaryOperator<Object>) inner -> new ArrayList<>(Arrays.asList(inner))),
                Arguments.of("arrays", (UnaryOperator<Object>) inner -> new Object[] {inner}),
                Arguments.of("objects", (UnaryOperator<Object>) Holder::new),
                Arguments.of("records of mutable parts", (UnaryOperator<Object>) Generic::new),
                Arguments.of("Optionals", (UnaryOperator<Object>) Optional::of));
    }

    private static Object nested(int levels, UnaryOperator<Object> level) {
        Object value = new int[1];
        for (int i = 1; i < levels; i++) {
            value = level.apply(value);
        }
        return value;
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("nestings")
    void aValueHasAtMost400Levels(String name, UnaryOperator<Object> level) throws Exception {
        Object deepest = nested(LEVELS_MAX, level);
        assertEquals(
                deepest.getClass(),
                codec.decode(KEY, codec.encode(KEY, deepest), 0).getClass());
        assertEquals(deepest.getClass(), codecs.copier().copy(deepest).getClass());
        Object deeper = nested(LEVELS_MAX + 1, level);
        for (CacheException refused : List.of(
                assertThrows(CacheException.class, () -> codec.encode(KEY, deeper)),
                assertThrows(CacheException.class, () -> codecs.copier().copy(deeper)))) {
            assertTrue(refused.getMessage().contains("more than 400 levels of objects"), refused.getMessage());
        }
    }

    @Test
    void levelsAreCountedAnewForEachPartAndEachValue() throws Exception {
        Object deep = nested(LEVELS_MAX - 1, Holder::new);
        List<Object> wide = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            wide.add(deep);
            wide.add(nested(LEVELS_MAX - 1, Holder::new));
        }
        for (int i = 0; i < 2; i++) {
            assertEquals(6, ((List<?>) codec.decode(KEY, codec.encode(KEY, wide), 0)).size());
            assertEquals(6, ((List<?>) codecs.copier().copy(wide)).size());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {LEVELS_MAX, LEVELS_MAX + 1})
    void aReaderAcceptsAsManyLevelsAsAWriter(int levels) throws Exception {
        // Lists of one element; the innermost element is null.
        byte[] payload = new byte[3 * levels - 2];
        for (int i = 0; i < payload.length; i++) {
            payload[i] = (byte) (i % 3 == 0 ? 82 : 1);
        }
        payload[payload.length - 1] = 0;
        byte[] entry = HostileEntry.around(KEY, payload, 0);
        if (levels == LEVELS_MAX) {
            assertEquals(1, ((List<?>) codec.decode(KEY, entry, 0)).size());
        } else {
            UndecodableException miss = assertThrows(UndecodableException.class, () -> codec.decode(KEY, entry, 0));
            assertEquals(UndecodableReason.LIMIT, miss.reason());
            assertTrue(miss.getMessage().contains("more than 400 levels"), miss.getMessage());
        }
    }

    @Test
    void aCacheWithASmallLimitKeepsItInTheBuffersOfOthers() {
        ValueCodec<Object> small = codec(1_000);
        for (int i = 0; i < 2; i++) {
            int head = small.encode(KEY, new byte[900]).length - HostileEntry.HEAD_BYTES - 900;
            assertEquals(1_000 + HostileEntry.HEAD_BYTES, small.encode(KEY, new byte[1_000 - head]).length);
            CacheException refused =
                    assertThrows(CacheException.class, () -> small.encode(KEY, new byte[1_001 - head]));
            assertTrue(refused.getMessage().contains("more than 1000 bytes"), refused.getMessage());
            codec.encode(KEY, new byte[60_000]);
        }
    }

    @Test
    void bytesAfterTheValueAreCounted() {
        byte[] longer = Arrays.copyOf(codec.encode(KEY, "x"), HostileEntry.HEAD_BYTES + 3 + 5);
        UndecodableException miss = assertThrows(
                UndecodableException.class, () -> codec.decode(KEY, HostileEntry.withChecksum(KEY, longer), 0));
        assertEquals(UndecodableReason.DAMAGED, miss.reason());
        assertTrue(miss.getMessage().contains("5 bytes follow the value"), miss.getMessage());
    }

    /** A session that is used again has forgotten the graph before, in which each part may stand once. */
    @Test
    void aSecondPutOfTheSameValueHasTheSameBytes() {
        List<Object> words = new ArrayList<>(List.of("a", "b"));
        Object inKey = Map.of(new Holder(words), "value");
        Object inSection = new ShopException("sold out", 1, new IllegalStateException("inner"));
        Stream.concat(Kinds.stored().stream().map(Kind::value), Stream.of(inKey, words, inKey, inSection))
                .forEach(value -> assertEquals(hex(value), hex(value), value.toString()));
    }

    private String hex(Object value) {
        return HexFormat.of().formatHex(codec(1 << 24).encode(KEY, value));
    }
}
