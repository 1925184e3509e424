package io.github.tieredjcache.internal.codec;

import static io.github.tieredjcache.internal.codec.Samples.counted;
import static io.github.tieredjcache.internal.codec.Samples.linked;

import io.github.tieredjcache.internal.codec.Samples.ByLength;
import io.github.tieredjcache.internal.codec.Samples.Colour;
import io.github.tieredjcache.internal.codec.Samples.Identifier;
import io.github.tieredjcache.internal.codec.Samples.Point;
import java.time.DayOfWeek;
import java.util.AbstractMap;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Hashtable;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.LinkedList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.Stack;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.Vector;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CopyOnWriteArraySet;
import java.util.concurrent.PriorityBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Lists, sets, maps, queues, arrays, and their views. */
@SuppressWarnings({"JdkObsolete", "NonApiType"}) // users store obsolete collections, too
final class ContainerKinds {
    private static final String SALTED = "the JDK salts its order in each JVM";
    private static final String IDENTITY = "the order is one of identity hashes";

    private ContainerKinds() {}

    static Stream<Kind> all() {
        return Stream.of(
                        lists(),
                        listsOfTheJdk(),
                        sets(),
                        setsOfTheJdk(),
                        maps(),
                        mapsOfTheJdk(),
                        hiddenOrders(),
                        enumContainers(),
                        queues(),
                        entries(),
                        arrays())
                .flatMap(List::stream);
    }

    private static List<Kind> lists() {
        List<Object> nested = new ArrayList<>(List.of("core"));
        for (int i = 0; i < 350; i++) {
            nested = new ArrayList<>(List.of(nested));
        }
        List<Object> self = new ArrayList<>();
        self.add(self);
        Stack<Integer> stack = new Stack<>();
        stack.addAll(List.of(1, 2));
        return List.of(
                Kind.of("ArrayList", new ArrayList<>(Arrays.asList("a", null, 3))),
                Kind.of(
                        "ArrayList of 100,000",
                        new ArrayList<>(IntStream.range(0, 100_000).boxed().toList())),
                Kind.of("ArrayList in ArrayList, 350 deep", nested),
                Kind.of("ArrayList that contains itself", self).by((List<?> list) -> list.get(0) == list),
                Kind.of("LinkedList", new LinkedList<>(List.of(1, 2))),
                Kind.of("Vector", new Vector<>(List.of(1))),
                Kind.of("Stack", stack),
                Kind.of("CopyOnWriteArrayList", new CopyOnWriteArrayList<>(List.of(1, "b"))));
    }

    private static List<Kind> listsOfTheJdk() {
        return List.of(
                Kind.of("List.of()", List.of()),
                Kind.of("List.of(a)", List.of(1)),
                Kind.of("List.of(a, b)", List.of(1, 2)),
                Kind.of("List.of(a, b, c, d)", List.of(1, 2, 3, 4)),
                Kind.of("List.of(…).subList", List.of(1, 2, 3, 4).subList(1, 3)).renamed(),
                Kind.of("List.copyOf", List.copyOf(new ArrayList<>(List.of("a", "b", "c")))),
                Kind.of("Stream.toList, with a null", Stream.of("a", null).toList()),
                Kind.of("Arrays.asList", Arrays.asList("a", null)),
                Kind.of("Collections.emptyList", Collections.emptyList()),
                Kind.of("Collections.singletonList", Collections.singletonList(null)),
                Kind.of("Collections.nCopies", Collections.nCopies(1_000, "x")).renamed(),
                Kind.of("Collections.unmodifiableList", Collections.unmodifiableList(new ArrayList<>(List.of(1)))),
                Kind.of(
                                "Collections.unmodifiableList of a LinkedList",
                                Collections.unmodifiableList(new LinkedList<>(List.of(1))))
                        .renamed(),
                Kind.of("Collections.synchronizedList", Collections.synchronizedList(new ArrayList<>(List.of(1)))),
                Kind.of(
                                "Collections.unmodifiableCollection",
                                Collections.unmodifiableCollection(new ArrayList<>(List.of(1))))
                        .by((Collection<?> c) -> List.copyOf(c)),
                Kind.of(
                                "Collections.synchronizedCollection",
                                Collections.synchronizedCollection(new ArrayList<>(List.of(1))))
                        .by((Collection<?> c) -> List.copyOf(c)),
                Kind.of("List.of in List.of", List.of(List.of(List.of()))));
    }

    private static List<Kind> sets() {
        TreeSet<String> byLength = new TreeSet<>(new ByLength());
        byLength.addAll(List.of("aaa", "b"));
        Set<Object> keySet = ConcurrentHashMap.newKeySet();
        keySet.addAll(List.of("a", "b"));
        return List.of(
                Kind.of("HashSet", new HashSet<>(Arrays.asList("a", null))),
                Kind.of("LinkedHashSet", linked(3, 1, 2)).by((Set<?> set) -> List.copyOf(set)),
                Kind.of("TreeSet", new TreeSet<>(List.of(2, 1))),
                Kind.of("TreeSet with a comparator of one's own", byLength)
                        .by((TreeSet<String> set) -> List.of(new ArrayList<>(set), set.contains("ccc"))),
                Kind.of("CopyOnWriteArraySet", new CopyOnWriteArraySet<>(List.of(1, 2))),
                Kind.of("ConcurrentSkipListSet", new ConcurrentSkipListSet<>(List.of(2, 1))),
                Kind.of("ConcurrentHashMap.newKeySet", keySet));
    }

    private static List<Kind> setsOfTheJdk() {
        return List.of(
                Kind.of("Set.of()", Set.of()),
                Kind.of("Set.of(a)", Set.of(1)),
                Kind.of("Set.of(a, b, c)", Set.of(1, 2, 3)).varying(SALTED),
                Kind.of("Collections.emptySet", Collections.emptySet()),
                Kind.of("Collections.singleton", Collections.singleton("a")),
                Kind.of("Collections.unmodifiableSet", Collections.unmodifiableSet(new HashSet<>(List.of(1, 2)))),
                Kind.of(
                        "Collections.unmodifiableSortedSet",
                        Collections.unmodifiableSortedSet(new TreeSet<>(List.of(1)))),
                Kind.of(
                        "Collections.unmodifiableNavigableSet",
                        Collections.unmodifiableNavigableSet(new TreeSet<>(List.of(1)))),
                Kind.of("Collections.emptySortedSet", Collections.emptySortedSet())
                        .renamed(),
                Kind.of("Collections.synchronizedSet", Collections.synchronizedSet(new HashSet<>(Set.of(1)))));
    }

    private static List<Kind> maps() {
        TreeMap<String, Integer> reverse = new TreeMap<>(Comparator.reverseOrder());
        reverse.putAll(Map.of("a", 1, "b", 2));
        Map<Object, Object> nulls = new HashMap<>();
        nulls.put(null, null);
        Map<String, Integer> byAccess = new LinkedHashMap<>(16, 0.75f, true);
        byAccess.put("a", 1);
        byAccess.put("b", 2);
        return List.of(
                Kind.of("HashMap", counted("a", "b", "a")),
                Kind.of("HashMap with a null key", nulls),
                Kind.of("LinkedHashMap", new LinkedHashMap<>(Map.of("a", List.of(1)))),
                Kind.of("LinkedHashMap in access order", byAccess).by(ContainerKinds::orderAfterAccess),
                Kind.of("TreeMap", new TreeMap<>(Map.of(1, 2))),
                Kind.of("TreeMap, reverse order", reverse).by((TreeMap<?, ?> map) -> map.firstKey()),
                Kind.of("ConcurrentHashMap", new ConcurrentHashMap<>(Map.of(1, 2))),
                Kind.of("ConcurrentSkipListMap", new ConcurrentSkipListMap<>(Map.of(1, 2))),
                Kind.of("Hashtable", new Hashtable<>(Map.of(1, 2))));
    }

    /** The keys of a clone, before and after an access to the first key. */
    private static Object orderAfterAccess(LinkedHashMap<?, ?> map) {
        LinkedHashMap<?, ?> copy = (LinkedHashMap<?, ?>) map.clone();
        List<Object> before = new ArrayList<>(copy.keySet());
        copy.get(before.get(0));
        return List.of(before, new ArrayList<>(copy.keySet()));
    }

    private static List<Kind> mapsOfTheJdk() {
        return List.of(
                Kind.of("Map.of()", Map.of()),
                Kind.of("Map.of(k, v)", Map.of(1, 2)),
                Kind.of("Map.of(k, v, l, w)", Map.of(1, 2, 3, 4)).varying(SALTED),
                Kind.of("Collections.emptyMap", Collections.emptyMap()),
                Kind.of("Collections.singletonMap", Collections.singletonMap("k", null)),
                Kind.of("Collections.unmodifiableMap", Collections.unmodifiableMap(new HashMap<>(Map.of(1, 2)))),
                Kind.of(
                        "Collections.unmodifiableSortedMap",
                        Collections.unmodifiableSortedMap(new TreeMap<>(Map.of(1, 2)))),
                Kind.of(
                        "Collections.unmodifiableNavigableMap",
                        Collections.unmodifiableNavigableMap(new TreeMap<>(Map.of(1, 2)))),
                Kind.of("Collections.emptySortedMap", Collections.emptySortedMap())
                        .renamed(),
                Kind.of("Collections.synchronizedMap", Collections.synchronizedMap(new HashMap<>(Map.of(1, 2)))));
    }

    /** The comparator of the container behind a view. */
    private static List<Kind> hiddenOrders() {
        SortedMap<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        headers.put("Content-Type", "text");
        SortedSet<String> names = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
        names.add("Ada");
        return List.of(
                Kind.of("Collections.unmodifiableMap of HTTP headers", Collections.unmodifiableMap(headers))
                        .by((Map<?, ?> map) -> map.get("CONTENT-type")),
                Kind.of("Collections.synchronizedMap of HTTP headers", Collections.synchronizedMap(headers))
                        .by((Map<?, ?> map) -> map.get("CONTENT-type")),
                Kind.of("Collections.unmodifiableSet of a TreeSet", Collections.unmodifiableSet(names))
                        .by((Set<?> set) -> set.contains("ADA")),
                Kind.of("Collections.synchronizedSet of a TreeSet", Collections.synchronizedSet(names))
                        .by((Set<?> set) -> set.contains("ADA")),
                Kind.of(
                                "Collections.unmodifiableSet of a LinkedHashSet",
                                Collections.unmodifiableSet(new LinkedHashSet<>(List.of(3, 1, 2))))
                        .by((Set<?> set) -> List.copyOf(set)));
    }

    private static List<Kind> enumContainers() {
        EnumMap<Colour, Object> colours = new EnumMap<>(Map.of(Colour.RED, 1));
        colours.put(Colour.GREEN, null);
        return List.of(
                Kind.of("EnumSet", EnumSet.allOf(Colour.class)),
                Kind.of("EnumSet, empty", EnumSet.noneOf(Colour.class)),
                Kind.of("EnumSet of TimeUnit", EnumSet.of(TimeUnit.DAYS)),
                Kind.of("HashSet of enum constants", new HashSet<>(EnumSet.allOf(DayOfWeek.class)))
                        .varying(IDENTITY),
                Kind.of("EnumMap", colours),
                Kind.of("EnumMap, empty", new EnumMap<>(Colour.class)),
                Kind.of("EnumMap of DayOfWeek to records", new EnumMap<>(Map.of(DayOfWeek.MONDAY, new Point(1, 2)))));
    }

    private static List<Kind> queues() {
        return List.of(
                Kind.of("ArrayDeque", new ArrayDeque<>(List.of(1, 2))).by((Collection<?> c) -> List.copyOf(c)),
                Kind.of("ConcurrentLinkedQueue", new ConcurrentLinkedQueue<>(List.of(1, 2)))
                        .by((Collection<?> c) -> List.copyOf(c)),
                Kind.of("ConcurrentLinkedDeque", new ConcurrentLinkedDeque<>(List.of(1, 2)))
                        .by((Collection<?> c) -> List.copyOf(c)),
                Kind.of("PriorityQueue", new PriorityQueue<>(List.of(3, 1, 2))).by((Collection<?> c) -> List.copyOf(c)),
                Kind.of("PriorityBlockingQueue", new PriorityBlockingQueue<>(List.of(3, 1, 2)))
                        .by((Collection<?> c) -> List.copyOf(c)));
    }

    private static List<Kind> entries() {
        return List.of(
                Kind.of("Map.entry", Map.entry(1, 2)),
                Kind.of("AbstractMap.SimpleEntry", new AbstractMap.SimpleEntry<>(1, null)),
                Kind.of("AbstractMap.SimpleImmutableEntry", new AbstractMap.SimpleImmutableEntry<>(null, 1)),
                Kind.of("Optional, empty", Optional.empty()),
                Kind.of("Optional of a record", Optional.of(new Point(1, 2))),
                Kind.of("AtomicReference", new AtomicReference<>("x")).by((AtomicReference<?> r) -> r.get()));
    }

    private static List<Kind> arrays() {
        return List.of(
                Kind.of("byte[]", new byte[] {1, -1}),
                Kind.of("byte[] of 5 MB", new byte[5_000_000]),
                Kind.of("boolean[]", new boolean[] {true, false}),
                Kind.of("char[]", new char[] {'a', '\uffff'}),
                Kind.of("short[]", new short[] {-1, 300}),
                Kind.of("int[]", new int[] {1, Integer.MIN_VALUE}),
                Kind.of("int[], empty", new int[0]),
                Kind.of("long[]", new long[] {1, -1}),
                Kind.of("float[]", new float[] {1.5f}),
                Kind.of("double[]", new double[] {0.1}),
                Kind.of("String[]", new String[] {"a", null}),
                Kind.of("Object[]", new Object[] {1, "b", new int[] {1}}),
                Kind.of("array of records", new Point[] {new Point(1, 2), null}),
                Kind.of("array of objects", new Identifier[] {new Identifier("x")}),
                Kind.of("int[][]", new int[][] {{1}, null, {2, 3}}),
                Kind.of("array of enum constants", new Colour[] {Colour.GREEN}),
                Kind.of("Number[]", new Number[] {1, 2.0}),
                Kind.of("List<?>[]", new List<?>[] {List.of(1)}));
    }
}
