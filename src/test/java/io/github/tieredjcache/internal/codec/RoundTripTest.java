package io.github.tieredjcache.internal.codec;

import static io.github.tieredjcache.internal.codec.Samples.counted;
import static io.github.tieredjcache.internal.codec.Samples.linked;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.internal.codec.Samples.Basket;
import io.github.tieredjcache.internal.codec.Samples.ByLength;
import io.github.tieredjcache.internal.codec.Samples.Circle;
import io.github.tieredjcache.internal.codec.Samples.Colour;
import io.github.tieredjcache.internal.codec.Samples.Dog;
import io.github.tieredjcache.internal.codec.Samples.Empty;
import io.github.tieredjcache.internal.codec.Samples.Entity;
import io.github.tieredjcache.internal.codec.Samples.Generic;
import io.github.tieredjcache.internal.codec.Samples.Holder;
import io.github.tieredjcache.internal.codec.Samples.Identifier;
import io.github.tieredjcache.internal.codec.Samples.Loop;
import io.github.tieredjcache.internal.codec.Samples.Narrow;
import io.github.tieredjcache.internal.codec.Samples.Node;
import io.github.tieredjcache.internal.codec.Samples.Nothing;
import io.github.tieredjcache.internal.codec.Samples.Outer;
import io.github.tieredjcache.internal.codec.Samples.Point;
import io.github.tieredjcache.internal.codec.Samples.Point3;
import io.github.tieredjcache.internal.codec.Samples.Primitives;
import io.github.tieredjcache.internal.codec.Samples.Rebuilt;
import io.github.tieredjcache.internal.codec.Samples.Replaced;
import io.github.tieredjcache.internal.codec.Samples.ShopException;
import io.github.tieredjcache.internal.codec.Samples.Singleton;
import io.github.tieredjcache.internal.codec.Samples.Square;
import io.github.tieredjcache.internal.codec.Samples.TaggedList;
import io.github.tieredjcache.internal.codec.Samples.Transients;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.sql.Timestamp;
import java.time.DayOfWeek;
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
import java.util.AbstractMap;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.Currency;
import java.util.Date;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.GregorianCalendar;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Hashtable;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.SimpleTimeZone;
import java.util.Stack;
import java.util.TimeZone;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.Vector;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CopyOnWriteArraySet;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.PriorityBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.cache.CacheException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every kind of value that users store either comes back as it was, copies as it is, or is refused by name. */
@SuppressWarnings({"JavaUtilDate", "JdkObsolete", "UnnecessaryStringBuilder", "UnusedVariable"
}) // they are stored all the same
class RoundTripTest {
    private static final byte[] KEY = {'k'};

    /** Private classes of the JDK that come back as another private class with the same behaviour. */
    private static final Set<String> RENAMED = Set.of(
            "java.util.Collections$CopiesList",
            "java.util.Collections$UnmodifiableList",
            "java.util.Collections$UnmodifiableNavigableMap$EmptyNavigableMap",
            "java.util.Collections$UnmodifiableNavigableSet$EmptyNavigableSet",
            "java.util.ImmutableCollections$SubList");

    private final Codecs codecs = new Codecs(RoundTripTest.class.getClassLoader());
    private final ValueCodec<Object> codec = codecs.values(Object.class, rules());

    static CodecRules rules(String... allowed) {
        return new CodecRules(String.class, Samples.class, List.of(allowed), 1_024, 1 << 24);
    }

    private Object roundTrip(Object value) {
        try {
            byte[] bytes = codec.encode(KEY, value);
            byte[] cell = new byte[bytes.length + 5];
            System.arraycopy(bytes, 0, cell, 5, bytes.length);
            return codec.decode(KEY, cell, 5);
        } catch (UndecodableException e) {
            throw new AssertionError(e.reason() + ": " + e.getMessage(), e.getCause());
        }
    }

    static Stream<Arguments> values() {
        return Stream.of(scalars(), times(), lists(), setsAndMaps(), objects())
                .flatMap(each -> each)
                .map(value -> Arguments.of(value.getClass().getName(), value));
    }

    private static Stream<Object> scalars() {
        return Stream.of(
                true,
                (byte) -1,
                (short) 300,
                'x',
                '\ud800',
                Integer.MIN_VALUE,
                -1L,
                Long.MAX_VALUE,
                1.5f,
                Double.NaN,
                -0.0,
                "",
                "plain",
                "Grüße",
                "日本 😀",
                "lone \ud800 surrogate",
                "x".repeat(5_000_000),
                "é".repeat(100_000),
                BigInteger.TWO.pow(200).negate(),
                new BigDecimal("1.00"),
                new BigDecimal("-1E+30"),
                new UUID(-1, 1),
                URI.create("http://a/b?c#d"),
                Locale.GERMANY,
                Locale.ROOT,
                Currency.getInstance("EUR"),
                OptionalInt.empty(),
                OptionalInt.of(-3),
                OptionalLong.of(4),
                OptionalLong.empty(),
                OptionalDouble.of(0.1),
                OptionalDouble.empty(),
                StandardCharsets.UTF_8,
                TimeUnit.DAYS,
                DayOfWeek.FRIDAY,
                Colour.RED,
                Colour.GREEN,
                BitSet.valueOf(new long[] {5, 0, 1L << 63}),
                Comparator.naturalOrder(),
                Collections.reverseOrder(),
                String.CASE_INSENSITIVE_ORDER);
    }

    private static Stream<Object> times() {
        Timestamp timestamp = new Timestamp(1_700_000_000_123L);
        timestamp.setNanos(123_456_789);
        GregorianCalendar calendar = new GregorianCalendar(TimeZone.getTimeZone("Europe/Berlin"));
        calendar.setTimeInMillis(1_700_000_000_123L);
        LocalDateTime overlap = LocalDateTime.of(2024, 10, 27, 2, 30);
        return Stream.of(
                Instant.MAX,
                Instant.MIN,
                Instant.ofEpochSecond(-1, 999_999_999),
                Duration.ofNanos(-1),
                Period.of(1, -2, 3),
                LocalDate.MIN,
                LocalTime.MAX,
                LocalDateTime.MAX,
                Year.of(2024),
                YearMonth.of(2024, 2),
                MonthDay.of(2, 29),
                OffsetDateTime.of(overlap, ZoneOffset.ofHours(-3)),
                OffsetTime.of(1, 2, 3, 4, ZoneOffset.ofHoursMinutes(5, 30)),
                ZonedDateTime.ofLocal(overlap, ZoneId.of("Europe/Berlin"), ZoneOffset.ofHours(1)),
                ZonedDateTime.ofLocal(overlap, ZoneId.of("Europe/Berlin"), ZoneOffset.ofHours(2)),
                ZonedDateTime.of(overlap, ZoneOffset.UTC),
                ZoneId.of("America/New_York"),
                ZoneOffset.ofHours(7),
                new Date(5),
                timestamp,
                new java.sql.Date(7),
                new java.sql.Time(8),
                TimeZone.getTimeZone("Asia/Tokyo"),
                calendar);
    }

    private static Stream<Object> lists() {
        return Stream.of(
                new ArrayList<>(Arrays.asList("a", null, 3)),
                new LinkedList<>(List.of(1, 2)),
                new Vector<>(List.of(1)),
                stack(1, 2),
                new CopyOnWriteArrayList<>(List.of(1, "b")),
                List.of(),
                List.of(1),
                List.of(1, 2),
                List.of(1, 2, 3, 4),
                List.of(1, 2, 3, 4).subList(1, 3),
                Stream.of("a", null).toList(),
                Arrays.asList("a", null),
                Collections.emptyList(),
                Collections.singletonList(null),
                Collections.unmodifiableList(new ArrayList<>(List.of(1))),
                Collections.unmodifiableList(new LinkedList<>(List.of(1))),
                Collections.synchronizedList(new ArrayList<>(List.of(1))),
                Collections.nCopies(1_000, "x"),
                List.of(List.of(List.of())),
                new ArrayList<>(IntStream.range(0, 100_000).boxed().toList()));
    }

    private static Stack<Integer> stack(Integer... values) {
        Stack<Integer> stack = new Stack<>();
        stack.addAll(List.of(values));
        return stack;
    }

    private static Stream<Object> setsAndMaps() {
        EnumMap<Colour, Object> colours = new EnumMap<>(Map.of(Colour.RED, 1));
        colours.put(Colour.GREEN, null);
        TreeMap<String, Integer> reverse = new TreeMap<>(Comparator.reverseOrder());
        reverse.putAll(Map.of("a", 1, "b", 2));
        TreeSet<String> byLength = new TreeSet<>(new ByLength());
        byLength.addAll(List.of("aaa", "b"));
        Map<Object, Object> nulls = new HashMap<>();
        nulls.put(null, null);
        return Stream.of(
                new HashSet<>(Arrays.asList("a", null)),
                linked(3, 1, 2),
                new TreeSet<>(List.of(2, 1)),
                byLength,
                Set.of(),
                Set.of(1),
                Set.of(1, 2, 3),
                Collections.emptySet(),
                Collections.singleton("a"),
                Collections.unmodifiableSet(new HashSet<>(List.of(1, 2))),
                Collections.unmodifiableSortedSet(new TreeSet<>(List.of(1))),
                Collections.unmodifiableNavigableSet(new TreeSet<>(List.of(1))),
                Collections.synchronizedSet(new HashSet<>(Set.of(1))),
                new CopyOnWriteArraySet<>(List.of(1, 2)),
                new ConcurrentSkipListSet<>(List.of(2, 1)),
                EnumSet.allOf(Colour.class),
                EnumSet.noneOf(Colour.class),
                EnumSet.of(TimeUnit.DAYS),
                nulls,
                new LinkedHashMap<>(Map.of("a", List.of(1))),
                new TreeMap<>(Map.of(1, 2)),
                reverse,
                new ConcurrentHashMap<>(Map.of(1, 2)),
                new ConcurrentSkipListMap<>(Map.of(1, 2)),
                new Hashtable<>(Map.of(1, 2)),
                Map.of(),
                Map.of(1, 2),
                Map.of(1, 2, 3, 4),
                Collections.emptyMap(),
                Collections.singletonMap("k", null),
                Collections.unmodifiableMap(new HashMap<>(Map.of(1, 2))),
                Collections.unmodifiableSortedMap(new TreeMap<>(Map.of(1, 2))),
                Collections.unmodifiableNavigableMap(new TreeMap<>(Map.of(1, 2))),
                Collections.synchronizedMap(new HashMap<>(Map.of(1, 2))),
                colours,
                new EnumMap<>(Colour.class),
                Collections.emptySortedSet(),
                Collections.emptySortedMap(),
                keySet("a", "b"),
                new EnumMap<>(Map.of(DayOfWeek.MONDAY, new Point(1, 2))),
                Map.entry(1, 2),
                new AbstractMap.SimpleEntry<>(1, null),
                new AbstractMap.SimpleImmutableEntry<>(null, 1),
                counted("a", "b", "a"));
    }

    private static Set<Object> keySet(Object... elements) {
        Set<Object> set = ConcurrentHashMap.newKeySet();
        set.addAll(List.of(elements));
        return set;
    }

    private static Stream<Object> objects() {
        Narrow narrow = new Narrow();
        TaggedList tagged = new TaggedList();
        tagged.add("x");
        tagged.tag = "tagged";
        return Stream.of(
                Optional.empty(),
                Optional.of(new Point(1, 2)),
                new Point(1, -2),
                new Empty(),
                new Circle(1.5),
                new Square(3, Colour.GREEN),
                new Basket("b", List.of("x"), Optional.empty()),
                new Basket(null, new ArrayList<>(List.of("y")), Optional.of(new Point(0, 0))),
                new Generic<>(new Generic<>(1)),
                Entity.sample(),
                new Entity(),
                new Primitives(),
                new Identifier("id"),
                new Dog("rex", Dog.Sex.MALE),
                narrow.identifier,
                tagged,
                new Point3(3),
                new Rebuilt("r"),
                new Replaced("s"),
                Singleton.INSTANCE);
    }

    @ParameterizedTest(name = "{index} {0}")
    @MethodSource("values")
    void aValueComesBackEqualAndOfItsClass(String name, Object value) {
        Object back = roundTrip(value);
        assertEquals(value, back, name);
        if (!RENAMED.contains(name)) {
            assertSame(value.getClass(), back.getClass());
        }
    }

    @ParameterizedTest(name = "{index} {0}")
    @MethodSource("values")
    void aCopyIsEqualAndOfItsClass(String name, Object value) {
        Object copy = codecs.copier().copy(value);
        assertEquals(value, copy, name);
    }

    static Stream<Arguments> arrays() {
        return Stream.<Object>of(
                        new byte[] {1, -1},
                        new boolean[] {true, false},
                        new char[] {'a', '\uffff'},
                        new short[] {-1, 300},
                        new int[] {1, Integer.MIN_VALUE},
                        new long[] {1, -1},
                        new float[] {1.5f},
                        new double[] {0.1},
                        new int[0],
                        new String[] {"a", null},
                        new Object[] {1, "b", new int[] {1}},
                        new Point[] {new Point(1, 2), null},
                        new int[][] {{1}, null, {2, 3}},
                        new Colour[] {Colour.GREEN},
                        new Number[] {1, 2.0},
                        new List<?>[] {List.of(1)})
                .map(array -> Arguments.of(array));
    }

    @ParameterizedTest
    @MethodSource("arrays")
    void anArrayComesBackWithItsElementType(Object array) {
        for (Object back : List.of(roundTrip(array), codecs.copier().copy(array))) {
            assertSame(array.getClass(), back.getClass());
            assertNotSame(array, back);
            assertTrue(Objects.deepEquals(array, back));
        }
    }

    @Test
    void whatHasNoEqualsComesBackWithItsContent() {
        assertEquals(5, ((AtomicInteger) roundTrip(new AtomicInteger(5))).get());
        assertEquals(5, ((AtomicLong) roundTrip(new AtomicLong(5))).get());
        assertTrue(((AtomicBoolean) roundTrip(new AtomicBoolean(true))).get());
        assertEquals("x", ((AtomicReference<?>) roundTrip(new AtomicReference<>("x"))).get());
        assertEquals("ab", roundTrip(new StringBuilder("ab")).toString());
        assertSame(Object.class, roundTrip(new Object()).getClass());
        assertEquals(List.of(1, 2), List.copyOf((Collection<?>) roundTrip(new ArrayDeque<>(List.of(1, 2)))));
        assertEquals(List.of(1, 2), List.copyOf((Collection<?>) roundTrip(new ConcurrentLinkedQueue<>(List.of(1, 2)))));
        assertEquals(List.of(1, 2), List.copyOf((Collection<?>) roundTrip(new ConcurrentLinkedDeque<>(List.of(1, 2)))));
        assertEquals(1, ((PriorityQueue<?>) roundTrip(new PriorityQueue<>(List.of(2, 1)))).peek());
        assertEquals(1, ((PriorityBlockingQueue<?>) roundTrip(new PriorityBlockingQueue<>(List.of(2, 1)))).peek());
        Collection<Integer> readOnly = Collections.unmodifiableCollection(new ArrayList<>(List.of(1)));
        assertThrows(UnsupportedOperationException.class, ((Collection<?>) roundTrip(readOnly))::clear);
        assertEquals(List.of(1), List.copyOf((Collection<?>) roundTrip(readOnly)));
        Collection<Integer> locked = Collections.synchronizedCollection(new ArrayList<>(List.of(1)));
        assertEquals(List.of(1), List.copyOf((Collection<?>) roundTrip(locked)));
    }

    @Test
    void anExceptionComesBackWithMessageCauseTraceAndFields() {
        ShopException thrown = new ShopException("sold out", 42, new IllegalStateException("inner"));
        thrown.addSuppressed(new java.io.IOException("late"));
        ShopException back = (ShopException) roundTrip(thrown);
        assertEquals("sold out", back.getMessage());
        assertEquals(42, back.code);
        assertEquals("inner", back.getCause().getMessage());
        assertEquals("late", back.getSuppressed()[0].getMessage());
        assertArrayEquals(thrown.getStackTrace(), back.getStackTrace());
        assertEquals("x", ((Exception) roundTrip(new IllegalArgumentException("x"))).getMessage());
        assertEquals("sold out", codecs.copier().copy(thrown).getMessage());
    }

    @Test
    void cyclesAndSharedObjectsComeBackAsTheyWere() {
        Node root = new Node("root");
        Node child = new Node("child");
        child.parent = root;
        root.children.add(child);
        root.children.add(child);
        root.friends.add(child);
        root.friends.add(root);
        root.next = root;
        for (Node back : List.of((Node) roundTrip(root), codecs.copier().copy(root))) {
            assertNotSame(root, back);
            assertSame(back, back.next);
            assertSame(back, back.children.get(0).parent);
            assertSame(back.children.get(0), back.children.get(1));
            assertTrue(back.friends.contains(back));
            assertTrue(back.friends.contains(back.children.get(0)));
            assertEquals(2, back.friends.size());
        }
        List<Object> self = new ArrayList<>();
        self.add(self);
        List<?> back = (List<?>) roundTrip(self);
        assertSame(back, back.get(0));
    }

    @Test
    void aSetOfAnObjectThatIsReadBeforeItsFieldsFindsIt() {
        // The root's friends are read while the root has no name yet, so its hash is not what it will be.
        Node root = new Node("root");
        Node friend = new Node("friend");
        friend.friends.add(root);
        friend.friends.add(friend);
        root.friends.add(friend);
        Node back = (Node) roundTrip(root);
        Node backFriend = back.friends.iterator().next();
        assertTrue(backFriend.friends.contains(back));
        assertTrue(backFriend.friends.contains(backFriend));
    }

    @Test
    void aMapKeyThatLeadsBackToItsOwnerIsFound() {
        Node root = new Node("root");
        Holder holder = new Holder(null);
        Map<Node, Object> map = new HashMap<>(Map.of(root, "r"));
        holder.content = map;
        root.children = new ArrayList<>();
        root.next = new Node("next");
        Map<Object, Object> outer = new HashMap<>();
        outer.put("self", outer);
        outer.put("holder", holder);
        Map<?, ?> back = (Map<?, ?>) roundTrip(outer);
        assertSame(back, back.get("self"));
        assertEquals("r", ((Map<?, ?>) ((Holder) back.get("holder")).content).get(new Node("root")));
    }

    @Test
    void aRecordWithAListMayBeAKeyAndAValueAtOnce() {
        Generic<Object> key = new Generic<>(new ArrayList<>(List.of("a", 1)));
        Map<Object, Object> map = new HashMap<>(Map.of(key, new Holder(key)));
        Map<?, ?> back = (Map<?, ?>) roundTrip(map);
        assertEquals(key, ((Holder) back.get(key)).content);
        assertEquals(List.of(key, Set.of(key)), roundTrip(List.of(key, new HashSet<>(List.of(key)))));
    }

    @Test
    void theSecondReferenceToAnImmutableListIsThatList() {
        List<Object> shared = List.of(new int[] {1});
        List<?> back = (List<?>) roundTrip(new ArrayList<>(List.of(shared, shared)));
        assertSame(back.get(0), back.get(1));
        Point point = new Point(1, 2);
        Object[] points = (Object[]) roundTrip(new Object[] {point, point});
        assertSame(points[0], points[1]);
    }

    @Test
    void anInnerObjectKeepsItsOuterOne() {
        Outer.Inner back = (Outer.Inner) roundTrip(new Outer().new Inner());
        assertEquals("outer/inner", back.describe());
    }

    @Test
    void anEnumWithABodyComesBackAsItself() {
        assertTrue(((Colour) roundTrip(Colour.GREEN)).isCalm());
        assertSame(Colour.GREEN, roundTrip(Colour.GREEN));
        assertSame(Singleton.INSTANCE, roundTrip(Singleton.INSTANCE));
    }

    @Test
    void transientFieldsAreLeftOut() {
        Transients back = (Transients) roundTrip(new Transients());
        assertEquals("kept", back.kept);
        assertNull(back.dropped);
        assertNull(codecs.copier().copy(new Transients()).dropped);
    }

    @SuppressWarnings({"unchecked", "rawtypes"})
    private static TaggedList nestedInJavaSection() {
        Object nested = 1;
        for (int i = 0; i < 40; i++) {
            nested = new HashSet<>(List.of(nested));
        }
        TaggedList list = new TaggedList();
        ((List) list).add(nested);
        return list;
    }

    static Stream<Arguments> refused() {
        Loop loop = new Loop(new ArrayList<>());
        loop.parts().add(loop);
        List<Object> shared = new ArrayList<>();
        Object[] deep = new Object[1];
        for (int i = 0; i < 500; i++) {
            deep = new Object[] {deep};
        }
        Node chain = new Node("end");
        for (int i = 0; i < 100_000; i++) {
            Node node = new Node("n");
            node.next = chain;
            chain = node;
        }
        Runnable lambda = () -> {};
        Holder cyclic = new Holder(null);
        cyclic.content = Set.of(cyclic);
        return Stream.of(
                Arguments.of(lambda, "lambda"),
                Arguments.of((Runnable & java.io.Serializable) () -> {}, "lambda"),
                Arguments.of(String.class, "java.lang.Class"),
                Arguments.of(Thread.currentThread(), "java.lang.Thread"),
                Arguments.of(java.util.regex.Pattern.compile("x"), "java.util.regex.Pattern"),
                Arguments.of(new ArrayList<>(List.of(1)).subList(0, 1), "SubList"),
                Arguments.of(new HashMap<>().keySet(), "KeySet"),
                Arguments.of(new LinkedBlockingQueue<>(), "LinkedBlockingQueue"),
                Arguments.of(new IdentityHashMap<>(), "IdentityHashMap"),
                Arguments.of(nestedInJavaSection(), "could not be read back"),
                Arguments.of(
                        java.lang.reflect.Proxy.newProxyInstance(
                                RoundTripTest.class.getClassLoader(),
                                new Class<?>[] {Runnable.class},
                                (p, m, a) -> null),
                        "proxy"),
                Arguments.of(loop, "cycle through an immutable"),
                Arguments.of(deep, "400 levels"),
                Arguments.of(chain, "400 levels"),
                Arguments.of(EnumSet.noneOf(Nothing.class), "without constants"),
                Arguments.of(cyclic, "immutable set or map"),
                Arguments.of(new HashSet<>(List.of(new Holder(shared), new Holder(shared))), "referred to twice"),
                Arguments.of(List.of(shared, new HashSet<>(List.of(new Holder(shared)))), "referred to twice"),
                Arguments.of(List.of(new HashSet<>(List.of(new Holder(shared))), shared), "referred to twice"),
                Arguments.of(new SimpleTimeZone(5, "own"), "own"),
                Arguments.of(new Locale("a b"), "language tag"),
                Arguments.of(new Holder(new Holder(lambda)), "value.content.content"),
                Arguments.of(new Generic<>(List.of(1, Thread.currentThread())), "value.content[1]"),
                Arguments.of(new EnumMap<>(Map.of(Colour.RED, lambda)), "{RED}"),
                Arguments.of(new TreeMap<>(Map.of("a", lambda)), "{entry 0}"),
                Arguments.of(
                        new ShopException("m", 1, new RuntimeException("x") {
                            final transient Object a = 1;
                            final Thread t = Thread.currentThread();
                        }),
                        "NotSerializable"));
    }

    @ParameterizedTest
    @MethodSource("refused")
    void whatCannotBeReadBackIsRefusedByName(Object value, String named) {
        CacheException e = assertThrows(CacheException.class, () -> codec.encode(KEY, value));
        assertTrue(e.getMessage().contains(named), e.getMessage());
        assertTrue(
                e.getMessage()
                        .startsWith("cannot encode a value of class "
                                + value.getClass().getName()),
                e.getMessage());
    }
}
