package io.github.tieredjcache.internal.codec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.UndecodableReason;
import io.github.tieredjcache.internal.codec.api.KeyCodec;
import io.github.tieredjcache.internal.codec.api.UndecodableException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import javax.cache.CacheException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Keys have a bounded number of levels, whatever they consist of, when they are written and when they are read. */
class KeyDepthTest {
    private static final int LEVELS = 64;
    /** Of the mark and the kind of the whole key. */
    private static final int PREFIX = 2;

    private final KeyCodec<Object> codec = KeyCodecTest.codec(Object.class, 8_192);

    /** What encloses a part of a key. */
    enum Level {
        LIST(List::of),
        SET(Set::of),
        VALUE_OF_MAP(part -> Map.of("a", part)),
        KEY_OF_MAP(part -> Map.of(part, "a")),
        OPTIONAL(Optional::of),
        RECORD(Box::new),
        ARRAY(part -> new Array(new Object[] {part}));

        @SuppressWarnings("ImmutableEnumChecker") // it has no state
        private final UnaryOperator<Object> encloses;

        Level(UnaryOperator<Object> encloses) {
            this.encloses = encloses;
        }

        /** An array takes a level, and so does the object that has it. */
        int levels() {
            return this == ARRAY ? 2 : 1;
        }

        Object enclosing(Object part, int times) {
            Object key = part;
            for (int i = 0; i < times; i++) {
                key = encloses.apply(key);
            }
            return key;
        }
    }

    record Box(Object part) {}

    @SuppressWarnings("ArrayRecordComponent") // with an equals of its own it may be a key
    record Array(Object[] parts) {
        @Override
        public boolean equals(Object other) {
            return other instanceof Array that && Arrays.equals(parts, that.parts);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(parts);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aKeyOfTheMostLevelsRoundTripsAndAHigherOneIsRefused(Level level) throws Exception {
        int most = LEVELS / level.levels();
        Object key = level.enclosing("a", most);
        assertEquals(key, codec.decode(codec.encode(key)));
        CacheException refused = assertThrows(CacheException.class, () -> codec.encode(level.enclosing("a", most + 1)));
        assertTrue(String.valueOf(refused.getMessage()).contains("at most " + LEVELS + " levels"), refused::getMessage);
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "KEY_OF_MAP")
    void bytesOfMoreLevelsAreNotRead(Level level) throws Exception {
        byte[] one = codec.encode(level.enclosing("a", 1));
        byte[] two = codec.encode(level.enclosing("a", 2));
        byte[] most = codec.encode(level.enclosing("a", LEVELS / level.levels()));
        // Of two levels, the bytes of the inner one follow those of the outer one.
        byte[] outer = Arrays.copyOf(two, two.length - one.length + PREFIX);
        byte[] bytes = Arrays.copyOf(outer, outer.length + most.length - PREFIX);
        System.arraycopy(most, PREFIX, bytes, outer.length, most.length - PREFIX);
        UndecodableException refused = assertThrows(UndecodableException.class, () -> codec.decode(bytes));
        assertEquals(UndecodableReason.LIMIT, refused.reason());
    }
}
