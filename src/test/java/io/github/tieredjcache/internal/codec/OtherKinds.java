package io.github.tieredjcache.internal.codec;

import io.github.tieredjcache.internal.codec.Samples.Point;
import java.io.File;
import java.math.MathContext;
import java.math.RoundingMode;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.AbstractList;
import java.util.AbstractMap;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.Spliterator;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Addresses, files, patterns, and wrappers of collections and comparators of the JDK and other libraries. */
@SuppressWarnings("JdkObsolete") // users store obsolete collections, too
final class OtherKinds {
    private OtherKinds() {}

    /** A list of another library with a JDK superclass, not Serializable, like the deque of Kotlin. */
    static final class Ring extends AbstractList<Object> {
        private final Object[] elements;
        private final int first;

        Ring(int first, Object... elements) {
            this.first = first;
            this.elements = elements;
        }

        @Override
        public Object get(int index) {
            return elements[(first + index) % elements.length];
        }

        @Override
        public int size() {
            return elements.length;
        }
    }

    static final class Row extends AbstractMap<String, Object> {
        private final List<String> columns;
        private final List<Object> values;

        Row(List<String> columns, List<Object> values) {
            this.columns = columns;
            this.values = values;
        }

        @Override
        public Set<Map.Entry<String, Object>> entrySet() {
            Map<String, Object> all = new LinkedHashMap<>();
            for (int i = 0; i < columns.size(); i++) {
                all.put(columns.get(i), values.get(i));
            }
            return all.entrySet();
        }
    }

    static Stream<Kind> all() {
        return Stream.of(names(), addresses(), setsOfMaps(), maps(), comparators(), lists())
                .flatMap(List::stream);
    }

    private static List<Kind> names() {
        return List.of(
                Kind.of("MathContext", new MathContext(7, RoundingMode.HALF_EVEN)),
                Kind.of("java.io.File", new File("orders", "4711.pdf")),
                Kind.of("java.io.File, empty", new File("")),
                Kind.of("Path", Path.of("orders", "4711.pdf")),
                Kind.of("Path, empty", Path.of("")),
                Kind.of("array of Paths", new Path[] {Path.of("a"), null}),
                Kind.of("Pattern", Pattern.compile("a+(b|c)", Pattern.CASE_INSENSITIVE | Pattern.DOTALL))
                        .by((Pattern pattern) -> List.of(pattern.pattern(), pattern.flags())),
                Kind.of("StringBuffer", new StringBuffer("ab")).by(Object::toString));
    }

    private static List<Kind> addresses() {
        byte[] mapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1, -1, 10, 0, 0, 1};
        byte[] local = {-2, -128, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
        try {
            return List.of(
                    Kind.of("Inet4Address", InetAddress.getByAddress(new byte[] {10, 0, 0, -1}))
                            .by(Object::toString),
                    Kind.of("Inet4Address with a name", InetAddress.getByAddress("a.test", new byte[] {10, 0, 0, 1}))
                            .by(Object::toString),
                    Kind.of("Inet6Address with a scope", Inet6Address.getByAddress(null, local, 3))
                            .by(Object::toString),
                    Kind.of(
                                    "Inet6Address that stands for an Inet4Address",
                                    Inet6Address.getByAddress("b.test", mapped, -1))
                            .by(Object::toString));
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e);
        }
    }

    private static List<Kind> setsOfMaps() {
        Set<Object> ordered = Collections.newSetFromMap(new LinkedHashMap<>());
        ordered.addAll(Arrays.asList(3, 1, null));
        Set<Object> sorted = Collections.newSetFromMap(new TreeMap<>(new NullsFirst().get()));
        sorted.addAll(Arrays.asList("b", null));
        Set<Object> concurrent = Collections.newSetFromMap(new ConcurrentHashMap<>());
        concurrent.addAll(List.of("a", "b"));
        Set<Object> skipping = Collections.newSetFromMap(new ConcurrentSkipListMap<>());
        skipping.addAll(List.of(2, 1));
        return List.of(
                Kind.of("Collections.newSetFromMap of a LinkedHashMap", ordered).by(OtherKinds::elements),
                Kind.of("Collections.newSetFromMap of a TreeMap", sorted).by(OtherKinds::elements),
                Kind.of("Collections.newSetFromMap of a ConcurrentHashMap", concurrent)
                        .by(OtherKinds::elements),
                Kind.of("Collections.newSetFromMap of a ConcurrentSkipListMap", skipping)
                        .by(OtherKinds::elements));
    }

    /** Returns the elements in order, and whether threads may change the set during an iteration. */
    private static Object elements(Set<?> set) {
        return List.of(new ArrayList<>(set), set.spliterator().hasCharacteristics(Spliterator.CONCURRENT));
    }

    private static List<Kind> maps() {
        Properties properties = new Properties();
        properties.setProperty("k", "v");
        return List.of(
                Kind.of("Properties", properties),
                Kind.of(
                        "Collectors.partitioningBy",
                        Stream.of(1, 2, 3).collect(Collectors.partitioningBy(number -> number > 2))),
                Kind.of(
                        "Collectors.partitioningBy, of records",
                        Stream.of(1, 2)
                                .collect(Collectors.partitioningBy(
                                        number -> number > 1,
                                        Collectors.reducing(null, number -> new Point(number, 0), (a, b) -> b)))),
                Kind.of("map that extends AbstractMap", new Row(List.of("a", "b"), Arrays.asList(1, null))));
    }

    /** Declares the types that the compiler cannot infer. */
    private record NullsFirst() {
        @SuppressWarnings("unchecked")
        Comparator<Object> get() {
            return (Comparator<Object>) (Comparator<?>) Comparator.nullsFirst(Comparator.<String>naturalOrder());
        }
    }

    private static List<Kind> comparators() {
        TreeMap<String, Integer> first = new TreeMap<>(Comparator.nullsFirst(Comparator.naturalOrder()));
        first.put("a", 1);
        first.put(null, 2);
        TreeSet<String> last = new TreeSet<>(Comparator.nullsLast(String.CASE_INSENSITIVE_ORDER));
        last.addAll(Arrays.asList("B", null, "a"));
        return List.of(
                Kind.of("TreeMap, nulls first", first)
                        .by((TreeMap<String, Integer> map) -> List.of(map.toString(), map.firstEntry())),
                Kind.of("TreeSet, nulls last and case insensitive", last)
                        .by((TreeSet<String> set) -> List.of(set.toString(), set.contains("A"))),
                Kind.of("Comparator.nullsFirst of nothing", Comparator.<String>nullsFirst(null))
                        .by((Comparator<String> c) -> List.of(c.compare(null, "a"), c.compare("a", "b"))),
                Kind.of("Comparator.nullsLast of one's own", Comparator.nullsLast((Comparator<String>)
                                new Samples.ByLength()))
                        .by((Comparator<String> c) -> List.of(c.compare(null, "a"), c.compare("a", "bb"))),
                Kind.of(
                                "Collections.reverseOrder of a comparator",
                                Collections.reverseOrder(String.CASE_INSENSITIVE_ORDER))
                        .by((Comparator<String> c) -> List.of(c.compare("a", "B"), c.compare("a", "A"))));
    }

    private static List<Kind> lists() {
        return List.of(
                Kind.of("list that extends AbstractList", new Ring(1, "a", 2, null)),
                Kind.of("list that extends AbstractList, of lists", List.of(new Ring(0, new Ring(0, 1)))));
    }
}
