package io.github.tieredjcache.internal.codec;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.UndecodableReason;
import io.github.tieredjcache.faults.Covers;
import io.github.tieredjcache.faults.FaultRow;
import io.github.tieredjcache.internal.codec.Samples.CachedHash;
import io.github.tieredjcache.internal.codec.Samples.CaseInsensitive;
import io.github.tieredjcache.internal.codec.Samples.Colour;
import io.github.tieredjcache.internal.codec.Samples.Dog;
import io.github.tieredjcache.internal.codec.Samples.Generic;
import io.github.tieredjcache.internal.codec.Samples.Identifier;
import io.github.tieredjcache.internal.codec.Samples.Loop;
import io.github.tieredjcache.internal.codec.Samples.Outer;
import io.github.tieredjcache.internal.codec.Samples.Point;
import io.github.tieredjcache.internal.codec.Samples.Rebuilt;
import io.github.tieredjcache.internal.codec.api.CodecRules;
import io.github.tieredjcache.internal.codec.api.KeyCodec;
import io.github.tieredjcache.internal.codec.api.UndecodableException;
import io.github.tieredjcache.internal.codec.graph.Fingerprint;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.MonthDay;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.Period;
import java.time.Year;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.Currency;
import java.util.Date;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.LinkedList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Stream;
import javax.cache.CacheException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Equal keys have equal bytes in every JVM, unequal keys do not; a key that could break this rule is refused. */
@SuppressWarnings({"JavaUtilDate", "JdkObsolete"}) // users have such keys
class KeyCodecTest {
    private final KeyCodec<Object> codec = codec(Object.class);

    static <K> KeyCodec<K> codec(Class<K> type) {
        return codec(type, 1_024);
    }

    static <K> KeyCodec<K> codec(Class<K> type, int bytesMax) {
        CodecRules rules = new CodecRules(Samples.class, String.class, List.of(), bytesMax, 1_024);
        return new Codecs(KeyCodecTest.class.getClassLoader()).keys(type, rules, null);
    }

    private String text(Object key) {
        return new String(codec.encode(key), UTF_8);
    }

    /** Returns keys of every kind, with sets and maps in an order that depends on this JVM's salt. */
    static List<Object> keys() {
        Timestamp timestamp = new Timestamp(1_000);
        timestamp.setNanos(7);
        LocalDateTime overlap = LocalDateTime.of(2024, 10, 27, 2, 30);
        return List.of(
                "",
                "plain",
                "~",
                "~L42",
                "~~",
                "Grüße 😀",
                "lone \udc00",
                "\ud800",
                42L,
                42,
                (short) 42,
                (byte) 42,
                'x',
                '\ud800',
                true,
                1.0,
                1.0f,
                Double.NaN,
                -0.0,
                0.0,
                0.1,
                BigInteger.TEN,
                new BigDecimal("1.0"),
                new BigDecimal("1.00"),
                new UUID(1, 2),
                Colour.RED,
                Colour.GREEN,
                java.time.DayOfWeek.MONDAY,
                Instant.EPOCH,
                Duration.ofMillis(-1),
                Period.ofDays(3),
                LocalDate.EPOCH,
                LocalTime.MIDNIGHT,
                overlap,
                OffsetDateTime.of(overlap, ZoneOffset.UTC),
                OffsetTime.of(LocalTime.NOON, ZoneOffset.ofHours(1)),
                ZonedDateTime.ofLocal(overlap, ZoneId.of("Europe/Berlin"), ZoneOffset.ofHours(1)),
                ZonedDateTime.ofLocal(overlap, ZoneId.of("Europe/Berlin"), ZoneOffset.ofHours(2)),
                Year.of(2024),
                YearMonth.of(2024, 1),
                YearMonth.of(-12_345, 12),
                MonthDay.of(2, 29),
                ZoneId.of("Europe/Berlin"),
                ZoneOffset.ofHours(3),
                Locale.GERMANY,
                Currency.getInstance("EUR"),
                new Date(5),
                timestamp,
                new java.sql.Date(6),
                new java.sql.Time(7),
                new Identifier("a"),
                new Identifier("~"),
                new Dog("rex", Dog.Sex.FEMALE),
                new Rebuilt("x"),
                new Samples.Arguments(),
                new Samples.Arguments("a", 1, null, new int[] {1, 2}, new String[] {"x"}),
                new Point(1, 2),
                new Point(2, 1),
                new Generic<>(null),
                new Generic<>(Optional.of(1)),
                new Generic<>(Optional.empty()),
                List.of(1, 2),
                List.of(2, 1),
                List.of(1L, 2L),
                List.of(List.of(1), 2),
                Set.of("a", "b", "c", "d"),
                EnumSet.allOf(Colour.class),
                Set.of(),
                List.of(),
                Map.of(),
                Map.of("a", 1, "b", Set.of(3, 4), "c", Colour.RED),
                Optional.of("a"),
                new Generic<>(Map.of(new Point(1, 1), List.of("x"))));
    }

    static Stream<Arguments> named() {
        return keys().stream().map(key -> Arguments.of(key.getClass().getSimpleName(), key));
    }

    @ParameterizedTest(name = "{index} {0}")
    @MethodSource("named")
    void aDecodedKeyEqualsTheOriginal(String name, Object key) throws UndecodableException {
        Object back = codec.decode(codec.encode(key));
        assertEquals(key, back, name);
        assertEquals(key.hashCode(), back.hashCode());
    }

    @Test
    @Covers(FaultRow.F61)
    void unequalKeysHaveUnequalBytes() {
        Map<String, Object> seen = new HashMap<>();
        for (Object key : keys()) {
            Object other = seen.put(HexFormat.of().formatHex(codec.encode(key)), key);
            assertTrue(other == null, () -> other + " and " + key);
        }
    }

    @Test
    void scalarKeysAreReadableTexts() {
        assertEquals("user:7", text("user:7"));
        assertEquals("~L42", text(42L));
        assertEquals("~I7", text(7));
        assertEquals("~U00000000-0000-0001-0000-000000000002", text(new UUID(1, 2)));
        assertEquals("~E" + Colour.class.getName() + ".GREEN", text(Colour.GREEN));
        assertEquals("~S~L42", text("~L42"));
        assertEquals("~TLocalDate:2025-01-02", text(LocalDate.of(2025, 1, 2)));
    }

    @Test
    @Covers(FaultRow.F61)
    void equalKeysOfDifferentClassesAndOrdersHaveEqualBytes() {
        List<List<Object>> groups = List.of(
                List.of(
                        List.of(1, 2),
                        new ArrayList<>(List.of(1, 2)),
                        new LinkedList<>(List.of(1, 2)),
                        Arrays.asList(1, 2),
                        Collections.unmodifiableList(Arrays.asList(1, 2))),
                List.of(
                        Set.of("a", "b", "c"),
                        new HashSet<>(List.of("c", "b", "a")),
                        new TreeSet<>(Set.of("a", "b", "c")),
                        new LinkedHashSet<>(List.of("b", "a", "c"))),
                List.of(
                        Map.of(1, "a", 2, "b"),
                        new HashMap<>(Map.of(2, "b", 1, "a")),
                        new TreeMap<>(Map.of(1, "a", 2, "b")),
                        new LinkedHashMap<>(Map.of(1, "a", 2, "b"))),
                List.of(Set.of(Colour.RED, Colour.GREEN), EnumSet.allOf(Colour.class)),
                List.of(List.of("a", "b"), new Samples.Words("a", "b")),
                List.of(new Date(5), new java.sql.Date(5), new java.sql.Time(5)),
                List.of(new Samples.Email("a@b"), new Samples.Email("A@B")),
                List.of(new Identifier("x"), new Identifier(new String("x"))),
                List.of(new Generic<>(Set.of(1, 2)), new Generic<>(new HashSet<>(List.of(2, 1)))));
        for (List<Object> group : groups) {
            byte[] first = codec.encode(group.get(0));
            for (Object key : group) {
                assertEquals(group.get(0), key);
                assertArrayEquals(first, codec.encode(key), key.getClass().getName());
            }
        }
    }

    @Test
    void randomStringsRoundTripAndHaveDistinctBytes() throws UndecodableException {
        Random random = new Random(42);
        Map<String, String> seen = new HashMap<>();
        String alphabet = "~SLWK:aé\ud83d\ude00\ud800\udc00\u0000\n";
        for (int i = 0; i < 20_000; i++) {
            StringBuilder text = new StringBuilder();
            for (int length = random.nextInt(6); length > 0; length--) {
                text.append(alphabet.charAt(random.nextInt(alphabet.length())));
            }
            byte[] bytes = codec.encode(text.toString());
            assertEquals(text.toString(), codec.decode(bytes));
            String before = seen.put(HexFormat.of().formatHex(bytes), text.toString());
            assertTrue(before == null || before.equals(text.toString()));
        }
    }

    /** Prints the bytes of equal keys that are built differently than in this JVM. */
    public static void main(String[] arguments) {
        hex(2).forEach(System.out::println);
    }

    private static List<String> hex(long seed) {
        KeyCodec<Object> codec = codec(Object.class, 1 << 20);
        Random random = new Random(seed);
        return Stream.concat(keys().stream(), KeyRecipe.draw(9, 1_000).stream().map(recipe -> recipe.make(random)))
                .map(key -> HexFormat.of().formatHex(codec.encode(key)))
                .toList();
    }

    @Test
    @Tag(OtherJvm.TAG)
    void anotherJvmWritesTheSameBytes() throws Exception {
        for (int hashMode = 1; hashMode <= 2; hashMode++) {
            assertEquals(hex(1), OtherJvm.lines(hashMode, KeyCodecTest.class));
        }
    }

    @SuppressWarnings("IdentityHashMapUsage") // it is refused for that
    static Stream<Arguments> refused() {
        List<Object> cycle = new ArrayList<>();
        cycle.add(new Loop(cycle));
        TreeSet<String> own = new TreeSet<>(Comparator.comparing(String::length));
        own.add("a");
        return Stream.of(
                Arguments.of(new int[] {1}, "canonical form"),
                Arguments.of(List.of((Object) new Object[] {1}), "canonical form"),
                Arguments.of(new Object(), "canonical form"),
                Arguments.of(URI.create("http://A"), "canonical form"),
                Arguments.of(new Outer(), "does not define equals"),
                Arguments.of(new CachedHash("x"), "ignores its field hash"),
                Arguments.of(
                        new CaseInsensitive("x"), "ignores a difference in its field name in equals, that of a and A"),
                Arguments.of(new Samples.Label("x"), "ignores a difference in its field text"),
                Arguments.of(new Samples.Measure(1), "ignores a difference in its field metres in equals, that of 0.0"),
                Arguments.of(new Samples.Price(BigDecimal.TEN), "ignores a difference in its field amount"),
                Arguments.of(new Samples.Typed(new LinkedList<>(List.of("a"))), "cannot be rebuilt"),
                Arguments.of(new TreeSet<>(Set.of(BigDecimal.ONE)), "not sorted"),
                Arguments.of(new TreeMap<>(Map.of(BigDecimal.ONE, 1)), "not sorted"),
                Arguments.of(new IdentityHashMap<>(Map.of("a", "b")), "canonical form"),
                Arguments.of(new Samples.TaggedList(), "does not equal itself"),
                Arguments.of(new Samples.Replaced("x"), "use a record"),
                Arguments.of(new Samples.Point3(1), "use a record"),
                Arguments.of(cycle, "cycle"),
                Arguments.of(own, "order of its own"),
                Arguments.of(Thread.currentThread(), "Thread"),
                Arguments.of(new Generic<>(new Outer()), "key.content"),
                Arguments.of((Runnable) () -> {}, "lambda"),
                Arguments.of(new Generic<>(new int[] {1}), "does not equal itself"),
                Arguments.of(new Samples.Arguments(new Object[] {new Object[] {new Object()}}), "key.values[0][0]"),
                Arguments.of(new Samples.Arguments(List.of(new int[] {1})), "canonical form"),
                Arguments.of(new Locale("a b"), "language tag"),
                Arguments.of("x".repeat(1_025), "1025 bytes long, and tiered-jcache.codec.maximum-key-size is 1024"),
                Arguments.of(org.junit.jupiter.api.parallel.ExecutionMode.CONCURRENT, "tiered-jcache.codec.allowed"));
    }

    @ParameterizedTest
    @Covers(FaultRow.F61)
    @MethodSource("refused")
    void aKeyWithoutCanonicalFormIsRefusedWithACure(Object key, String named) {
        for (int i = 0; i < 2; i++) {
            CacheException e = assertThrows(CacheException.class, () -> codec.encode(key));
            assertTrue(e.getMessage().contains(named), e.getMessage());
        }
    }

    @Test
    @Covers(FaultRow.F61)
    void aKeyWithACachedHashIsRefusedAlsoIfTheHashWasComputed() {
        CachedHash key = new CachedHash("x");
        assertNotEquals(0, key.hashCode());
        assertThrows(CacheException.class, () -> codec.encode(key));
    }

    @Test
    void amongEqualKeysTheOneOfTheDeclaredTypeIsDecoded() throws UndecodableException {
        java.sql.Date day = new java.sql.Date(5);
        KeyCodec<java.sql.Date> days = codec(java.sql.Date.class);
        assertEquals(java.sql.Date.class, days.decode(days.encode(day)).getClass());
        Samples.Dated dated = new Samples.Dated(day, new java.sql.Time(6), new Date(7));
        Samples.Dated back = (Samples.Dated) codec.decode(codec.encode(dated));
        assertEquals(dated, back);
        assertEquals(Date.class, back.date().getClass());
    }

    @Test
    @SuppressWarnings("NonApiType") // users declare such caches
    void keysThatCannotBeDecodedToTheDeclaredTypeAreRefused() {
        KeyCodec<LinkedList<?>> codec = uncheckedCodec(LinkedList.class);
        CacheException e = assertThrows(CacheException.class, () -> codec.encode(new LinkedList<>(List.of(1))));
        assertTrue(e.getMessage().contains("declare the cache's keys as List"), e.getMessage());
    }

    @SuppressWarnings("unchecked")
    private static <K> KeyCodec<K> uncheckedCodec(Class<?> type) {
        return codec((Class<K>) type);
    }

    @Test
    void keyBytesDependOnFieldNamesButNotOnTheirTypesOrOrder() {
        byte[] name = Samples.Pair.class.getName().getBytes(UTF_8);
        byte[] bytes = codec.encode(new Samples.Pair("l", "r"));
        String text = new String(bytes, java.nio.charset.StandardCharsets.ISO_8859_1);
        assertEquals(2 + 1 + 1 + name.length + 8 + 2 * 3, bytes.length);
        assertTrue(text.endsWith("s\1ls\1r"), text);
        assertEquals(
                Fingerprint.of("key\nleft\nright"),
                java.nio.ByteBuffer.wrap(bytes)
                        .order(java.nio.ByteOrder.LITTLE_ENDIAN)
                        .getLong(4 + name.length));
    }

    @Test
    void bytesOfNoKeyAreUndecodable() {
        for (String text : List.of(
                "~",
                "~X",
                "~L",
                "~L042",
                "~Lx",
                "~Splain",
                "~TNothing:1",
                "~T",
                "~E",
                "~Ex.Y",
                "~U1",
                "~W00",
                "~K",
                "~Kx",
                "~TLocalDate:2025-1-2",
                "~E" + Colour.class.getName() + ".BLUE",
                "~E" + Colour.class.getName(),
                "~Ejava.lang.Thread.A",
                "~E" + Point.class.getName() + ".A")) {
            assertThrows(UndecodableException.class, () -> codec.decode(text.getBytes(UTF_8)), text);
        }
        assertThrows(UndecodableException.class, () -> codec.decode(new byte[] {(byte) 0xff}));
        UndecodableException tooLong = assertThrows(UndecodableException.class, () -> codec.decode(new byte[2_000]));
        assertEquals(UndecodableReason.LIMIT, tooLong.reason());
        UndecodableException type =
                assertThrows(UndecodableException.class, () -> codec(Long.class).decode("~I1".getBytes(UTF_8)));
        assertEquals(UndecodableReason.CLASS_CHANGED, type.reason());
    }

    @Test
    void mutatedCompositeKeysAreAKeyOrUndecodable() {
        byte[] bytes = codec.encode(new Generic<>(Map.of(new Point(1, 1), List.of("x", Set.of(1, 2)))));
        Random random = new Random(7);
        int keys = 0;
        for (int i = 0; i < 20_000; i++) {
            byte[] mutated = Arrays.copyOf(bytes, random.nextInt(4) == 0 ? random.nextInt(bytes.length) : bytes.length);
            for (int n = random.nextInt(3); n >= 0 && mutated.length > 2; n--) {
                mutated[2 + random.nextInt(mutated.length - 2)] = (byte) random.nextInt();
            }
            try {
                assertArrayEquals(mutated, codec.encode(codec.decode(mutated)));
                keys++;
            } catch (UndecodableException e) {
                assertFalse(e.getMessage().isEmpty());
            }
        }
        assertTrue(keys < 20_000);
    }
}
