package io.github.tieredjcache.internal.codec.graph;

import io.github.tieredjcache.internal.codec.graph.CollectionSerializer.Order;
import java.util.AbstractMap;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Hashtable;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.LinkedList;
import java.util.Map;
import java.util.PriorityQueue;
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
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Serializers with numbers 80 to 105 and 153 to 158: mutable collections and maps, holders and arrays of objects. */
@SuppressWarnings({"JdkObsolete", "NonApiType"}) // users store obsolete collections, too
final class JdkContainers {
    private JdkContainers() {}

    static void addTo(JdkSerializers serializers) {
        addCollections(serializers);
        addMaps(serializers);
        addHolders(serializers);
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
        serializers.add(90, hashed(n -> new HashSet<>(MapSerializer.capacity(n))), HashSet.class);
        serializers.add(91, hashed(n -> new LinkedHashSet<>(MapSerializer.capacity(n))), LinkedHashSet.class);
        serializers.add(92, compared(CopyOnWriteArraySet::new), CopyOnWriteArraySet.class);
        serializers.add(
                97,
                hashed(n -> ConcurrentHashMap.newKeySet(MapSerializer.capacity(n))),
                ConcurrentHashMap.KeySetView.class);
        serializers.add(93, sorted(TreeSet::new), TreeSet.class);
        serializers.add(94, sorted(ConcurrentSkipListSet::new), ConcurrentSkipListSet.class);
        serializers.add(95, sorted(PriorityQueue::new), PriorityQueue.class);
        serializers.add(96, sorted(c -> new PriorityBlockingQueue<>(11, c)), PriorityBlockingQueue.class);
    }

    private static void addMaps(JdkSerializers serializers) {
        serializers.add(100, map(n -> new HashMap<>(MapSerializer.capacity(n))), HashMap.class);
        serializers.add(101, new LinkedMapSerializer(), LinkedHashMap.class);
        serializers.add(102, map(n -> new ConcurrentHashMap<>(MapSerializer.capacity(n))), ConcurrentHashMap.class);
        serializers.add(
                103,
                new MapSerializer(
                        MapSerializer.Order.HASHED,
                        false,
                        (n, c) -> new Hashtable<>(MapSerializer.capacity(n)),
                        UnaryOperator.identity()),
                Hashtable.class);
        serializers.add(104, sortedMap(TreeMap::new), TreeMap.class);
        serializers.add(105, sortedMap(ConcurrentSkipListMap::new), ConcurrentSkipListMap.class);
    }

    private static void addHolders(JdkSerializers serializers) {
        serializers.add(153, new HolderSerializers.MutableEntry(), AbstractMap.SimpleEntry.class);
        serializers.add(154, new HolderSerializers.Reference(), AtomicReference.class);
        serializers.add(155, new EnumSerializers.OfSet(), EnumSet.class);
        serializers.add(156, new EnumSerializers.OfMap(), EnumMap.class);
        serializers.add(157, new ObjectArraySerializer(Object.class), Object[].class);
        serializers.add(158, new ObjectArraySerializer(String.class), String[].class);
    }

    private static CollectionSerializer given(IntFunction<Collection<@Nullable Object>> maker) {
        return new CollectionSerializer(Order.GIVEN, (n, c) -> maker.apply(n), UnaryOperator.identity());
    }

    private static CollectionSerializer atOnce(Supplier<Collection<@Nullable Object>> maker) {
        return new CollectionSerializer(Order.GIVEN_AT_ONCE, (n, c) -> maker.get(), UnaryOperator.identity());
    }

    private static CollectionSerializer hashed(IntFunction<Collection<@Nullable Object>> maker) {
        return new CollectionSerializer(Order.HASHED, (n, c) -> maker.apply(n), UnaryOperator.identity());
    }

    private static CollectionSerializer compared(Supplier<Collection<@Nullable Object>> maker) {
        return new CollectionSerializer(Order.COMPARED, (n, c) -> maker.get(), UnaryOperator.identity());
    }

    private static CollectionSerializer sorted(
            Function<@Nullable Comparator<Object>, Collection<@Nullable Object>> maker) {
        return new CollectionSerializer(Order.SORTED, (n, c) -> maker.apply(c), UnaryOperator.identity());
    }

    private static MapSerializer map(IntFunction<Map<@Nullable Object, @Nullable Object>> maker) {
        return new MapSerializer(MapSerializer.Order.HASHED, (n, c) -> maker.apply(n), UnaryOperator.identity());
    }

    private static MapSerializer sortedMap(
            Function<@Nullable Comparator<Object>, Map<@Nullable Object, @Nullable Object>> maker) {
        return new MapSerializer(MapSerializer.Order.SORTED, (n, c) -> maker.apply(c), UnaryOperator.identity());
    }
}
