package io.github.tieredjcache.internal.codec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.UndecodableReason;
import io.github.tieredjcache.internal.codec.Samples.Point;
import io.github.tieredjcache.internal.codec.api.CodecRules;
import io.github.tieredjcache.internal.codec.api.UndecodableException;
import io.github.tieredjcache.internal.codec.api.ValueCodec;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import javax.cache.CacheException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A {@code Class} within a Java section, as exceptions hold them, is stored, and no part hides the cost of its holder. */
class ClassesInSectionsTest {
    private static final byte[] KEY = {'k'};

    private final Codecs codecs = new Codecs(getClass().getClassLoader());
    private final ValueCodec<Object> codec =
            codecs.values(Object.class, new CodecRules(String.class, Samples.class, List.of(), 1_024, 1 << 20));

    /** Only Java serialization can write it. */
    private static final class Bag extends ArrayList<Object> {
        private static final long serialVersionUID = 1L;

        Bag(Object... elements) {
            super(Arrays.asList(elements));
        }
    }

    /** An exception that tells the expected type. */
    private static final class WrongType extends IllegalArgumentException {
        private static final long serialVersionUID = 1L;

        private final Class<?> expected;

        @SuppressWarnings("serial") // the test chooses the elements
        private final Set<Object> found;

        WrongType(Class<?> expected, Set<Object> found) {
            this.expected = expected;
            this.found = found;
        }
    }

    private Object roundTrip(Object value) throws UndecodableException {
        return codec.decode(KEY, codec.encode(KEY, value), 0);
    }

    @Test
    void classesAreReadInEachPlace() throws Exception {
        Set<Object> found = new HashSet<>(List.of(String.class, Point.class, "text"));
        WrongType back = (WrongType) roundTrip(new WrongType(Point.class, found));
        assertEquals(Point.class, back.expected);
        assertEquals(found, back.found);
        for (Bag bag : List.of(
                new Bag(Point.class),
                new Bag(Point.class, new ArrayList<>(List.of("text", new ArrayList<>(List.of("text"))))),
                new Bag(String.class, new ArrayList<>(List.of(new ArrayList<>(List.of("text"))))),
                new Bag(Point.class, Point.class, "text"),
                new Bag(Point.class, new int[] {1}.getClass(), List.of("text")),
                new Bag(new ArrayList<>(List.of("text")), new ArrayList<>(List.of(ArrayList.class)), Point.class),
                new Bag(new Bag(Bag.class), new Bag(Bag.class, Bag.class)))) {
            assertEquals(bag, roundTrip(bag));
        }
    }

    private static List<Object> shared(int levels) {
        List<Object> level = new ArrayList<>(List.of("x"));
        for (int i = 0; i < levels; i++) {
            level = new ArrayList<>(Arrays.asList(level, level));
        }
        return level;
    }

    /** Hashing the list takes as many steps as there are paths through it. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void aKeyIsChargedForAllPartsOfItsSectionWhereverAClassIs(int classAt) {
        Bag bag = new Bag("text", shared(20));
        bag.add(classAt, Point.class);
        CacheException refused =
                assertThrows(CacheException.class, () -> codec.encode(KEY, new HashSet<>(List.of(new Box(bag)))));
        assertTrue(refused.getMessage().contains("hashing and comparing its keys"), refused::getMessage);
        byte[] forged = HostileEntry.payload(codec.encode(KEY, new ArrayList<>(List.of(new Box(bag)))));
        forged[0] = 92;
        UndecodableException miss = assertThrows(
                UndecodableException.class, () -> codec.decode(KEY, HostileEntry.around(KEY, forged, 0), 0));
        assertEquals(UndecodableReason.LIMIT, miss.reason(), miss::getMessage);
    }

    /** Java serialization does not report it, but the string in its place. */
    private static final class Code implements Serializable {
        private static final long serialVersionUID = 1L;

        private Object readResolve() {
            return "code";
        }
    }

    @Test
    void aKeyIsChargedForAllPartsOfItsSectionIfAnObjectIsReadAsAString() {
        Bag bag = new Bag(shared(20), new Code());
        CacheException refused =
                assertThrows(CacheException.class, () -> codec.encode(KEY, new HashSet<>(List.of(new Box(bag)))));
        assertTrue(refused.getMessage().contains("hashing and comparing its keys"), refused::getMessage);
    }

    /** Is not hashed when the test makes a set of it. */
    private static final class Box {
        @SuppressWarnings("unused") // stored
        private final Object content;

        Box(Object content) {
            this.content = content;
        }

        @Override
        public boolean equals(Object other) {
            return this == other;
        }

        @Override
        public int hashCode() {
            return 1;
        }
    }
}
