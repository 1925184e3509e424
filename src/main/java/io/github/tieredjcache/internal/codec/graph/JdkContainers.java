package io.github.tieredjcache.internal.codec.graph;

import io.github.tieredjcache.internal.codec.api.MalformedException;
import io.github.tieredjcache.internal.codec.graph.BuiltSerializer.Hashing;
import io.github.tieredjcache.internal.codec.graph.CollectionSerializer.Order;
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
import java.util.NavigableMap;
import java.util.NavigableSet;
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
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Serializers with numbers 80 to 159: collections, maps, and their views. */
@SuppressWarnings({"JdkObsolete", "NonApiType"}) // users store obsolete collections, too
final class JdkContainers {
    private JdkContainers() {}

    static void addTo(JdkSerializers serializers) {
        addCollections(serializers);
        addMaps(serializers);
        addReadOnlyViews(serializers);
        addSynchronizedViews(serializers);
        addImmutableLists(serializers);
        addImmutableSetsAndMaps(serializers);
        addOthers(serializers);
    }

    private static void addCollections(JdkSerializers serializers) {
        serializers.add(80, given(ArrayList::new), ArrayList.class);
        serializers.add(81, given(n -> new LinkedList<>()), LinkedList.class);
        serializers.add(82, given(ArrayDeque::new), ArrayDeque.class);
        serializers.add(83, given(Vector::new), Vector.class);
        serializers.add(84, given(n -> new Stack<>()), Stack.class);
        serializers.add(85, given(n -> new ConcurrentLinkedQueue<>()), ConcurrentLinkedQueue.class);
        serializers.add(86, given(n -> new ConcurrentLinkedDeque<>()), ConcurrentLinkedDeque.class);
        serializers.add(89, atOnce(CopyOnWriteArrayList::new), CopyOnWriteArrayList.class);
        serializers.add(90, hashed(n -> new HashSet<>(capacity(n))), HashSet.class);
        serializers.add(91, hashed(n -> new LinkedHashSet<>(capacity(n))), LinkedHashSet.class);
        serializers.add(92, compared(CopyOnWriteArraySet::new), CopyOnWriteArraySet.class);
        serializers.add(97, hashed(n -> ConcurrentHashMap.newKeySet(capacity(n))), ConcurrentHashMap.KeySetView.class);
        serializers.add(93, sorted(TreeSet::new), TreeSet.class);
        serializers.add(94, sorted(ConcurrentSkipListSet::new), ConcurrentSkipListSet.class);
        serializers.add(95, sorted(PriorityQueue::new), PriorityQueue.class);
        serializers.add(96, sorted(c -> new PriorityBlockingQueue<>(11, c)), PriorityBlockingQueue.class);
    }

    private static void addMaps(JdkSerializers serializers) {
        serializers.add(100, map(n -> new HashMap<>(capacity(n))), HashMap.class);
        serializers.add(101, new LinkedMapSerializer(), LinkedHashMap.class);
        serializers.add(102, map(n -> new ConcurrentHashMap<>(capacity(n))), ConcurrentHashMap.class);
        serializers.add(
                103,
                new MapSerializer(
                        MapSerializer.Order.HASHED,
                        false,
                        (n, c) -> new Hashtable<>(capacity(n)),
                        UnaryOperator.identity()),
                Hashtable.class);
        serializers.add(104, sortedMap(TreeMap::new), TreeMap.class);
        serializers.add(105, sortedMap(ConcurrentSkipListMap::new), ConcurrentSkipListMap.class);
    }

    private static void addReadOnlyViews(JdkSerializers serializers) {
        serializers.add(
                110,
                new CollectionSerializer(
                        Order.GIVEN, (n, c) -> new ArrayList<>(n), Collections::unmodifiableCollection),
                Collections.unmodifiableCollection(List.of()).getClass());
        serializers.add(
                111,
                new CollectionSerializer(
                        Order.GIVEN,
                        (n, c) -> new ArrayList<>(n),
                        list -> Collections.unmodifiableList((List<Object>) list)),
                Collections.unmodifiableList(new ArrayList<>()).getClass(),
                Collections.unmodifiableList(new LinkedList<>()).getClass());
        serializers.add(
                112,
                new CollectionSerializer(
                        Order.HIDDEN, JdkContainers::hiddenSet, set -> Collections.unmodifiableSet((Set<Object>) set)),
                Collections.unmodifiableSet(new HashSet<>()).getClass());
        serializers.add(
                113,
                new CollectionSerializer(
                        Order.SORTED,
                        (n, c) -> new TreeSet<>(c),
                        set -> Collections.unmodifiableSortedSet((SortedSet<Object>) set)),
                Collections.unmodifiableSortedSet(new TreeSet<>()).getClass());
        serializers.add(
                114,
                new CollectionSerializer(
                        Order.SORTED,
                        (n, c) -> new TreeSet<>(c),
                        set -> Collections.unmodifiableNavigableSet((NavigableSet<Object>) set)),
                Collections.unmodifiableNavigableSet(new TreeSet<>()).getClass(),
                Collections.emptyNavigableSet().getClass());
        serializers.add(
                115,
                new MapSerializer(MapSerializer.Order.HIDDEN, JdkContainers::hiddenMap, Collections::unmodifiableMap),
                Collections.unmodifiableMap(new HashMap<>()).getClass());
        serializers.add(
                116,
                new MapSerializer(
                        MapSerializer.Order.SORTED,
                        (n, c) -> new TreeMap<>(c),
                        map -> Collections.unmodifiableSortedMap((SortedMap<Object, Object>) map)),
                Collections.unmodifiableSortedMap(new TreeMap<>()).getClass());
        serializers.add(
                117,
                new MapSerializer(
                        MapSerializer.Order.SORTED,
                        (n, c) -> new TreeMap<>(c),
                        map -> Collections.unmodifiableNavigableMap((NavigableMap<Object, Object>) map)),
                Collections.unmodifiableNavigableMap(new TreeMap<>()).getClass(),
                Collections.emptyNavigableMap().getClass());
    }

    private static void addSynchronizedViews(JdkSerializers serializers) {
        serializers.add(
                120,
                new CollectionSerializer(
                        Order.GIVEN, (n, c) -> new ArrayList<>(n), Collections::synchronizedCollection),
                Collections.synchronizedCollection(new ArrayList<>()).getClass());
        serializers.add(
                121,
                new CollectionSerializer(
                        Order.GIVEN,
                        (n, c) -> new ArrayList<>(n),
                        list -> Collections.synchronizedList((List<Object>) list)),
                Collections.synchronizedList(new ArrayList<>()).getClass(),
                Collections.synchronizedList(new LinkedList<>()).getClass());
        serializers.add(
                122,
                new CollectionSerializer(
                        Order.HIDDEN, JdkContainers::hiddenSet, set -> Collections.synchronizedSet((Set<Object>) set)),
                Collections.synchronizedSet(new HashSet<>()).getClass());
        serializers.add(
                123,
                new MapSerializer(MapSerializer.Order.HIDDEN, JdkContainers::hiddenMap, Collections::synchronizedMap),
                Collections.synchronizedMap(new HashMap<>()).getClass());
    }

    private static void addImmutableLists(JdkSerializers serializers) {
        serializers.add(
                130,
                // Stream.toList has the class of List.of(1, 2, 3), too, but allows nulls.
                list(parts -> Arrays.stream(parts).toList()),
                List.of().getClass(),
                List.of(1, 2, 3).getClass(),
                List.of(1, 2, 3).subList(0, 2).getClass());
        serializers.add(
                131,
                list(parts -> Collections.emptyList()),
                Collections.emptyList().getClass());
        serializers.add(
                132,
                list(parts -> Collections.singletonList(only(parts))),
                Collections.singletonList(1).getClass());
        serializers.add(
                133,
                list(parts -> Collections.unmodifiableList(Arrays.asList(parts))),
                Collections.nCopies(1, 1).getClass());
        serializers.add(135, list(parts -> List.of(parts)), List.of(1).getClass());
        serializers.add(134, new ArrayViewSerializer(), Arrays.asList(1, 2).getClass());
    }

    private static void addImmutableSetsAndMaps(JdkSerializers serializers) {
        serializers.add(
                140,
                set(parts -> setOf(parts)),
                Set.of().getClass(),
                Set.of(1).getClass(),
                Set.of(1, 2, 3).getClass());
        serializers.add(
                141,
                set(parts -> Collections.emptySet()),
                Collections.emptySet().getClass());
        serializers.add(
                142,
                set(parts -> Collections.singleton(only(parts))),
                Collections.singleton(1).getClass());
        serializers.add(
                143,
                immutableMap(JdkContainers::mapOf),
                Map.of().getClass(),
                Map.of(1, 1).getClass(),
                Map.of(1, 1, 2, 2).getClass());
        serializers.add(
                144,
                immutableMap(parts -> Collections.emptyMap()),
                Collections.emptyMap().getClass());
        serializers.add(
                145,
                immutableMap(parts -> Collections.singletonMap(pair(parts)[0], parts[1])),
                Collections.singletonMap(1, 1).getClass());
    }

    private static void addOthers(JdkSerializers serializers) {
        serializers.add(
                150,
                new BuiltSerializer<Optional<?>>(
                        Hashing.NONE,
                        v -> v.isPresent() ? new Object[] {v.get()} : new Object[0],
                        parts -> parts.length == 0 ? Optional.empty() : Optional.of(present(only(parts)))),
                Optional.class);
        serializers.add(
                151,
                entry(parts -> Map.entry(present(pair(parts)[0]), present(parts[1]))),
                Map.entry(1, 1).getClass());
        serializers.add(
                152,
                entry(parts -> new AbstractMap.SimpleImmutableEntry<>(pair(parts)[0], parts[1])),
                AbstractMap.SimpleImmutableEntry.class);
        serializers.add(153, new HolderSerializers.MutableEntry(), AbstractMap.SimpleEntry.class);
        serializers.add(154, new HolderSerializers.Reference(), AtomicReference.class);
        serializers.add(155, new EnumSerializers.OfSet(), EnumSet.class);
        serializers.add(156, new EnumSerializers.OfMap(), EnumMap.class);
        serializers.add(157, new ObjectArraySerializer(Object.class), Object[].class);
        serializers.add(158, new ObjectArraySerializer(String.class), String[].class);
    }

    private interface Sized<T> {
        T make(int size);
    }

    private interface Sorted<T> {
        T make(@Nullable Comparator<Object> comparator);
    }

    private static CollectionSerializer given(Sized<Collection<@Nullable Object>> maker) {
        return new CollectionSerializer(Order.GIVEN, (n, c) -> maker.make(n), UnaryOperator.identity());
    }

    private interface Unsized<T> {
        T make();
    }

    private static CollectionSerializer atOnce(Unsized<Collection<@Nullable Object>> maker) {
        return new CollectionSerializer(Order.GIVEN_AT_ONCE, (n, c) -> maker.make(), UnaryOperator.identity());
    }

    private static CollectionSerializer hashed(Sized<Collection<@Nullable Object>> maker) {
        return new CollectionSerializer(Order.HASHED, (n, c) -> maker.make(n), UnaryOperator.identity());
    }

    private static CollectionSerializer compared(Unsized<Collection<@Nullable Object>> maker) {
        return new CollectionSerializer(Order.COMPARED, (n, c) -> maker.make(), UnaryOperator.identity());
    }

    private static CollectionSerializer sorted(Sorted<Collection<@Nullable Object>> maker) {
        return new CollectionSerializer(Order.SORTED, (n, c) -> maker.make(c), UnaryOperator.identity());
    }

    private static MapSerializer map(Sized<Map<@Nullable Object, @Nullable Object>> maker) {
        return new MapSerializer(MapSerializer.Order.HASHED, (n, c) -> maker.make(n), UnaryOperator.identity());
    }

    private static MapSerializer sortedMap(Sorted<Map<@Nullable Object, @Nullable Object>> maker) {
        return new MapSerializer(MapSerializer.Order.SORTED, (n, c) -> maker.make(c), UnaryOperator.identity());
    }

    private static Collection<@Nullable Object> hiddenSet(int size, @Nullable Comparator<Object> comparator) {
        return comparator == null ? new LinkedHashSet<>(capacity(size)) : new TreeSet<>(comparator);
    }

    private static Map<@Nullable Object, @Nullable Object> hiddenMap(
            int size, @Nullable Comparator<Object> comparator) {
        return comparator == null ? new LinkedHashMap<>(capacity(size)) : new TreeMap<>(comparator);
    }

    private static BuiltSerializer<List<@Nullable Object>> list(
            java.util.function.Function<@Nullable Object[], List<@Nullable Object>> builder) {
        return new BuiltSerializer<>(Hashing.NONE, List::toArray, builder);
    }

    private static BuiltSerializer<Set<@Nullable Object>> set(
            java.util.function.Function<@Nullable Object[], Set<@Nullable Object>> builder) {
        return new BuiltSerializer<>(Hashing.ALL, Set::toArray, builder);
    }

    private static BuiltSerializer<Map<@Nullable Object, @Nullable Object>> immutableMap(
            java.util.function.Function<@Nullable Object[], Map<@Nullable Object, @Nullable Object>> builder) {
        return new BuiltSerializer<>(Hashing.KEYS, MapSerializer::parts, builder);
    }

    private static BuiltSerializer<Map.Entry<?, ?>> entry(
            java.util.function.Function<@Nullable Object[], Map.Entry<?, ?>> builder) {
        return new BuiltSerializer<>(Hashing.NONE, e -> new @Nullable Object[] {e.getKey(), e.getValue()}, builder);
    }

    private static Set<@Nullable Object> setOf(@Nullable Object[] parts) {
        return Set.of(parts);
    }

    private static Map<@Nullable Object, @Nullable Object> mapOf(@Nullable Object[] parts) {
        Map<@Nullable Object, @Nullable Object> map = new HashMap<>();
        for (int i = 0; i < parts.length; i += 2) {
            map.put(parts[i], parts[i + 1]);
        }
        if (2 * map.size() != parts.length) {
            throw MalformedException.damaged("a map holds the same key twice");
        }
        return Map.copyOf(map);
    }

    private static @Nullable Object only(@Nullable Object[] parts) {
        if (parts.length != 1) {
            throw MalformedException.damaged("a container of one part has " + parts.length);
        }
        return parts[0];
    }

    private static @Nullable Object[] pair(@Nullable Object[] parts) {
        if (parts.length != 2) {
            throw MalformedException.damaged("a container of two parts has " + parts.length);
        }
        return parts;
    }

    private static Object present(@Nullable Object part) {
        if (part == null) {
            throw MalformedException.damaged("a part is null, and its container allows no null");
        }
        return part;
    }

    /**
     * Returns the capacity for so many entries without a resize; at most about 1,400, whatever number the bytes
     * declare.
     */
    static int capacity(int entries) {
        return Math.min(entries, 1_024) * 4 / 3 + 1;
    }
}
