package io.github.tieredjcache.internal.codec;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.faults.Covers;
import io.github.tieredjcache.faults.FaultRow;
import io.github.tieredjcache.internal.codec.api.KeyCodec;
import java.math.BigDecimal;
import java.util.AbstractSet;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import javax.cache.CacheException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A class whose equal keys could have different bytes is refused at its first key, or at the first key that shows it.
 */
class KeyRoundTripCheckTest {
    private final KeyCodec<Object> codec = KeyCodecTest.codec(Object.class);

    /** Its {@code equals} ignores the note. */
    static final class Remarked {
        final String id;
        final Object note;

        Remarked(String id, Object note) {
            this.id = id;
            this.note = note;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Remarked that && id.equals(that.id);
        }

        @Override
        public int hashCode() {
            return id.hashCode();
        }
    }

    static final class Counted {
        final String id;
        final Integer count;

        Counted(String id, Integer count) {
            this.id = id;
            this.count = count;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Counted that && id.equals(that.id);
        }

        @Override
        public int hashCode() {
            return id.hashCode();
        }
    }

    /** Does not allow null in a field, so that only two keys show that {@code equals} ignores it. */
    record Placed(String id, Samples.Point place) {
        Placed {
            Objects.requireNonNull(place);
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Placed that && id.equals(that.id);
        }

        @Override
        public int hashCode() {
            return id.hashCode();
        }
    }

    /** Its {@code equals} ignores the order and the number of the tags. */
    record Tagged(List<String> tags) {
        @Override
        public boolean equals(Object other) {
            return other instanceof Tagged that && new HashSet<>(tags).equals(new HashSet<>(that.tags));
        }

        @Override
        public int hashCode() {
            return new HashSet<>(tags).hashCode();
        }
    }

    /** Its {@code equals} ignores the order of the tags. */
    record Shuffled(List<String> tags) {
        @Override
        public boolean equals(Object other) {
            return other instanceof Shuffled that && sorted().equals(that.sorted());
        }

        private List<String> sorted() {
            return tags.stream().sorted().toList();
        }

        @Override
        public int hashCode() {
            return sorted().hashCode();
        }
    }

    /** Accepts few texts, and none of those that the check uses as examples. */
    record Airport(String code) {
        Airport {
            if (!code.matches("[A-Za-z]{3}")) {
                throw new IllegalArgumentException("no code");
            }
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Airport that && code.equalsIgnoreCase(that.code);
        }

        @Override
        public int hashCode() {
            return code.toLowerCase(Locale.ROOT).hashCode();
        }
    }

    static class Figure {
        final int size;

        Figure(int size) {
            this.size = size;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Figure that && size == that.size;
        }

        @Override
        public int hashCode() {
            return size;
        }
    }

    static final class Ball extends Figure {
        Ball(int size) {
            super(size);
        }
    }

    abstract static class Serial {
        final long value;

        Serial(long value) {
            this.value = value;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Serial that && value == that.value;
        }

        @Override
        public int hashCode() {
            return Long.hashCode(value);
        }
    }

    static final class UserSerial extends Serial {
        UserSerial(long value) {
            super(value);
        }
    }

    static final class OrderSerial extends Serial {
        OrderSerial(long value) {
            super(value);
        }
    }

    record Amount(BigDecimal value, String currency) implements Comparable<Amount> {
        @Override
        public int compareTo(Amount other) {
            return value.compareTo(other.value);
        }
    }

    /** A set of another library, which ignores the case of names. */
    static final class Names extends AbstractSet<String> {
        private final List<String> names;

        Names(String... names) {
            this.names = List.of(names);
        }

        @Override
        public boolean contains(Object wanted) {
            return names.stream().anyMatch(name -> name.equalsIgnoreCase((String) wanted));
        }

        @Override
        public Iterator<String> iterator() {
            return names.iterator();
        }

        @Override
        public int size() {
            return names.size();
        }
    }

    /** Accepts only names that no check creates, so no check proves anything; counts the calls of its constructor. */
    record Secretive(String name) {
        static final AtomicInteger BUILT = new AtomicInteger();

        Secretive {
            BUILT.incrementAndGet();
            if (!name.matches("secret\\d+")) {
                throw new IllegalArgumentException();
            }
        }
    }

    private void assertRefused(Object key, String... words) {
        String refusal =
                assertThrows(CacheException.class, () -> codec.encode(key)).getMessage();
        for (String word : words) {
            assertTrue(refusal.contains(word), refusal);
        }
    }

    @Test
    @Covers(FaultRow.F61)
    void anIgnoredFieldIsFoundAtTheFirstKeyWithAValueInIt() {
        codec.encode(new Remarked("a", null));
        assertRefused(
                new Remarked("a", "seen"), "Remarked ignores its field note in equals", "make the field transient");
    }

    @Test
    void aRefusedKeyClassStaysRefusedForAllFurtherKeys() {
        codec.encode(new Remarked("a", null));
        assertRefused(new Remarked("a", "seen"), "ignores its field note");
        assertRefused(new Remarked("b", null), "ignores its field note");
    }

    @Test
    void anIgnoredFieldOfAKeyPartIsFound() {
        codec.encode(List.of(new Remarked("a", null)));
        assertRefused(new Samples.Pair("x", List.of(new Remarked("a", 1))), "ignores its field note");
    }

    @Test
    void anIgnoredFieldOfAKnownTypeIsFoundEvenIfItIsNull() {
        assertRefused(new Counted("a", null), "ignores a difference in its field count in equals, that of 1 and 2");
    }

    @Test
    void anIgnoredFieldThatMayNotBeNullIsFoundAtTheFirstKeyWithAnotherValue() {
        codec.encode(new Placed("a", new Samples.Point(1, 1)));
        codec.encode(new Placed("b", new Samples.Point(1, 1)));
        assertRefused(new Placed("a", new Samples.Point(1, 2)), "Placed ignores its field place");
    }

    @Test
    void aListThatIsComparedAsASetIsFoundAsSoonAsItHasAnElement() {
        codec.encode(new Tagged(List.of()));
        assertRefused(
                new Tagged(List.of("x")),
                "ignores a difference in its field tags in equals, that of the order or number of elements");
    }

    @Test
    void aListWhoseOrderIsIgnoredIsFoundAsSoonAsItHasTwoElements() {
        codec.encode(new Shuffled(List.of("x")));
        assertRefused(new Shuffled(List.of("x", "y")), "the order or number of elements", "compare it exactly");
    }

    @Test
    void anIgnoredCaseIsFoundInAClassThatAcceptsFewTexts() {
        assertRefused(new Airport("TXL"), "ignores a difference in its field code in equals, that of upper and lower");
    }

    @Test
    @Covers(FaultRow.F61)
    void aSubclassThatEqualsItsSuperclassIsRefused() {
        codec.encode(new Figure(1));
        assertRefused(new Ball(1), "Ball and class", "Figure equal each other's objects", "getClass()");
        codec.encode(new Figure(2));
    }

    @Test
    void theSecondOfTwoSubclassesThatEqualEachOtherIsRefused() {
        codec.encode(new UserSerial(1));
        codec.encode(new UserSerial(2));
        assertRefused(new OrderSerial(3), "OrderSerial and class", "UserSerial equal each other's objects");
        codec.encode(new UserSerial(3));
    }

    static Stream<Object> setsAndMapsWithAnOrderThatIsHidden() {
        SortedSet<String> names = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
        names.add("Ada");
        SortedMap<String, Object> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        headers.put("Accept", 1);
        Set<Object> fromMap = Collections.newSetFromMap(new TreeMap<>());
        fromMap.add(BigDecimal.ONE);
        return Stream.of(
                Collections.unmodifiableSet(names),
                Collections.unmodifiableSet(Collections.synchronizedSet(names)),
                Collections.checkedSet(names, String.class),
                Collections.unmodifiableMap(headers),
                Collections.synchronizedMap(headers),
                headers.keySet(),
                fromMap,
                Collections.unmodifiableSet(new TreeSet<>(Set.of(BigDecimal.ONE))),
                Collections.unmodifiableMap(new TreeMap<>(Map.of(BigDecimal.ONE, 1))),
                new TreeSet<>(Set.of(new Amount(BigDecimal.ONE, "EUR"))),
                Collections.unmodifiableSet(new TreeSet<>(Set.of(new Amount(BigDecimal.ONE, "EUR")))),
                new Names("Ada"));
    }

    @ParameterizedTest(name = "{index}")
    @Covers(FaultRow.F61)
    @MethodSource("setsAndMapsWithAnOrderThatIsHidden")
    void aSetOrMapThatFindsElementsItDoesNotHoldIsRefusedAlsoBehindAView(Object container) {
        // Containers of the same classes that pass the check, or are empty, prove nothing for the others.
        codec.encode(Collections.unmodifiableSet(new HashSet<>(Set.of("Ada"))));
        codec.encode(Collections.unmodifiableMap(new TreeMap<>(Map.of("a", 1))));
        codec.encode(new Names());
        assertRefused(container, "has no canonical form as a key", "use a ");
        assertRefused(List.of(container), "has no canonical form as a key");
    }

    @Test
    void aSortedViewOfStringsInNaturalOrderIsAKey() {
        assertArrayEquals(
                codec.encode(Set.of("a", "b")),
                codec.encode(Collections.unmodifiableSet(new TreeSet<>(Set.of("b", "a")))));
    }

    @Test
    void aClassWhoseChecksProveNothingIsCheckedFewTimes() {
        List<Object> keys = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            keys.add(new Secretive("secret" + i));
        }
        Secretive.BUILT.set(0);
        keys.forEach(codec::encode);
        int built = Secretive.BUILT.get();
        assertTrue(built < 1_000, built + " objects were built");
    }
}
