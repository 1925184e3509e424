package io.github.tieredjcache.internal.codec.key;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Array;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.Year;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The values by which a check sees what the {@code equals} of a key class distinguishes. */
class KeyVariantsTest {
    enum Only {
        ONE
    }

    static Stream<Arguments> others() {
        return Stream.of(
                Arguments.of(1, 2),
                Arguments.of(1L, 2L),
                Arguments.of((short) 1, (short) 2),
                Arguments.of((byte) 1, (byte) 2),
                Arguments.of('a', 'b'),
                Arguments.of(true, false),
                Arguments.of(false, true),
                Arguments.of(1.0, 2.0),
                Arguments.of(3.0, 1.0),
                Arguments.of(1f, 2f),
                Arguments.of(3f, 1f),
                Arguments.of(BigInteger.ONE, BigInteger.TWO),
                Arguments.of(new BigDecimal("1.5"), new BigDecimal("2.5")),
                Arguments.of("a", "ax"),
                Arguments.of(new UUID(5, 0), new UUID(5, -1)),
                Arguments.of(Duration.ZERO, Duration.ofNanos(1)),
                Arguments.of(Instant.EPOCH, Instant.ofEpochSecond(0, 1)),
                Arguments.of(LocalDate.of(2026, 12, 31), LocalDate.of(2027, 1, 1)),
                Arguments.of(YearMonth.of(2026, 12), YearMonth.of(2027, 1)),
                Arguments.of(Year.of(2026), Year.of(2027)),
                Arguments.of(DayOfWeek.MONDAY, DayOfWeek.TUESDAY),
                Arguments.of(DayOfWeek.TUESDAY, DayOfWeek.MONDAY),
                Arguments.of(List.of(), List.of("a")),
                Arguments.of(List.of("b"), List.of()),
                Arguments.of(Set.of(), Set.of("a")),
                Arguments.of(Set.of("b"), Set.of()),
                Arguments.of(Map.of(), Map.of("a", "b")),
                Arguments.of(Map.of("c", "d"), Map.of()),
                Arguments.of(Optional.empty(), Optional.of("a")),
                Arguments.of(Optional.of("b"), Optional.empty()));
    }

    @ParameterizedTest
    @MethodSource("others")
    void anotherValueOfTheSameType(Object value, Object other) {
        assertEquals(List.of(other), KeyVariants.others(value));
    }

    @ParameterizedTest
    @MethodSource("arrays")
    void anArrayOfAnotherLength(Object array, int length) {
        Object other = KeyVariants.others(array).get(0);
        assertEquals(array.getClass(), other.getClass());
        assertEquals(length, Array.getLength(other));
    }

    static Stream<Arguments> arrays() {
        return Stream.of(
                Arguments.of(new int[0], 1), Arguments.of(new int[] {7, 8}, 0), Arguments.of(new String[] {"a"}, 0));
    }

    static Stream<Object> withoutOthers() {
        // An object of any class, an enum of one constant, and the last of its type.
        return Stream.of(
                new Object(),
                Only.ONE,
                LocalDate.MAX,
                Duration.ofSeconds(Long.MAX_VALUE).plusNanos(999_999_999));
    }

    @ParameterizedTest
    @MethodSource("withoutOthers")
    void noOtherValueIsKnown(Object value) {
        assertEquals(List.of(), KeyVariants.others(value));
    }

    @Test
    void nothingIsAnotherThanNull() {
        assertEquals(List.of(), KeyVariants.others(null));
    }

    /** Pairs of values of one kind, of a different one each. */
    static List<List<@Nullable Object>> kinds() {
        List<List<@Nullable Object>> kinds = new ArrayList<>();
        kinds.add(Arrays.asList(null, null));
        kinds.add(List.of(List.of(), new ArrayList<>()));
        kinds.add(List.of(List.of("a"), new ArrayList<>(List.of(1))));
        kinds.add(List.of(List.of("a", "b"), List.of(1, 2, 3)));
        kinds.add(List.of(Set.of(), new HashSet<>()));
        kinds.add(List.of(Set.of("a"), Set.of(1, 2)));
        kinds.add(List.of(Map.of(), Map.of()));
        kinds.add(List.of(Map.of("a", "b"), Map.of(1, 2, 3, 4)));
        kinds.add(List.of("a", "b"));
        kinds.add(List.of(1, 2));
        kinds.add(List.of(new Object[0], new Object[] {"a"}));
        kinds.add(List.of(new Object[] {new int[0]}, new Object[] {"a", new String[] {"b"}}));
        kinds.add(List.of(new String[0], new String[] {"a"}));
        kinds.add(List.of(new int[0], new int[] {1}));
        return kinds;
    }

    @Test
    void eachKindIsToldFromTheOthers() {
        List<List<@Nullable Object>> kinds = kinds();
        for (List<@Nullable Object> one : kinds) {
            for (List<@Nullable Object> other : kinds) {
                if (one == other) {
                    assertEquals(KeyVariants.kind(one.get(0)), KeyVariants.kind(one.get(1)));
                } else {
                    assertNotEquals(KeyVariants.kind(one.get(0)), KeyVariants.kind(other.get(0)));
                }
            }
        }
        Object[] withNull = {null};
        assertEquals(KeyVariants.kind(new Object[0]), KeyVariants.kind(withNull));
    }

    static Stream<Arguments> pairs() {
        List<List<String>> texts = List.of(List.of("a", "b"), List.of("a", "A"), List.of("a", "a "));
        List<List<Double>> doubles = List.of(List.of(0.0, -0.0));
        List<List<Float>> floats = List.of(List.of(0f, -0f));
        List<List<BigDecimal>> decimals = List.of(List.of(new BigDecimal("1"), new BigDecimal("1.0")));
        return Stream.of(
                Arguments.of(String.class, null, texts),
                Arguments.of(Object.class, "x", texts),
                Arguments.of(double.class, null, doubles),
                Arguments.of(Double.class, null, doubles),
                Arguments.of(Object.class, 5.0, doubles),
                Arguments.of(float.class, null, floats),
                Arguments.of(Float.class, null, floats),
                Arguments.of(Object.class, 5f, floats),
                Arguments.of(BigDecimal.class, null, decimals),
                Arguments.of(Object.class, BigDecimal.TEN, decimals),
                Arguments.of(Integer.class, null, List.of(List.of(1, 2))),
                Arguments.of(Integer.class, 1, List.of()),
                Arguments.of(Set.class, null, List.of(List.of(Set.of("a"), Set.of("b")))),
                Arguments.of(DayOfWeek.class, null, List.of(List.of(DayOfWeek.MONDAY, DayOfWeek.TUESDAY))),
                Arguments.of(DayOfWeek.class, DayOfWeek.FRIDAY, List.of()),
                Arguments.of(Only.class, null, List.of()),
                Arguments.of(Object.class, null, List.of()));
    }

    @ParameterizedTest
    @MethodSource("pairs")
    void pairsOfUnequalValues(Class<?> type, @Nullable Object value, List<List<?>> pairs) {
        assertEquals(pairs, KeyVariants.pairs(type, value));
        for (List<?> pair : pairs) {
            assertNotEquals(pair.get(0), pair.get(1));
        }
    }

    @Test
    void aListIsComparedWithThoseOfTheSameElements() {
        List<String> list = List.of("a", "b");
        assertEquals(
                List.of(List.of(list, List.of("a", "b", "a")), List.of(list, List.of("b", "a"))),
                KeyVariants.pairs(List.class, list));
        assertEquals(List.of(), KeyVariants.pairs(List.class, List.of()));
        assertEquals(
                List.of(List.of(List.of("a", "a"), List.of("a", "a", "a"))),
                KeyVariants.pairs(List.class, List.of("a", "a")));
    }

    @Test
    void similarValues() {
        assertEquals(Map.of("upper and lower case", "AB", "a space at the end", "aB "), KeyVariants.similar("aB"));
        assertEquals("ab", KeyVariants.similar("AB").get("upper and lower case"));
        assertEquals(Set.of("a space at the end"), KeyVariants.similar("1").keySet());
        assertEquals(
                Map.of("a zero at the end of a BigDecimal", new BigDecimal("1.50")),
                KeyVariants.similar(new BigDecimal("1.5")));
        assertTrue(KeyVariants.similar(new BigDecimal(BigInteger.ONE, Integer.MAX_VALUE))
                .isEmpty());
        assertTrue(KeyVariants.similar(1).isEmpty());
        assertTrue(KeyVariants.similar(null).isEmpty());
    }

    @Test
    void theFirstElementThatIsNotNull() {
        assertEquals("a", KeyVariants.first(Arrays.asList(null, "a", "b")));
        assertNull(KeyVariants.first(Arrays.asList(null, null)));
    }
}
