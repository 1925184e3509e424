package io.github.tieredjcache.internal.codec.graph;

import io.github.tieredjcache.internal.codec.graph.CollectionSerializer.Order;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.LinkedList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Serializers with numbers 110 to 123: read-only and synchronized views of collections and maps. */
@SuppressWarnings("JdkObsolete") // users store obsolete collections, too
final class JdkViews {
    private JdkViews() {}

    static void addTo(JdkSerializers serializers) {
        addReadOnly(serializers);
        addSynchronized(serializers);
    }

    private static void addReadOnly(JdkSerializers serializers) {
        serializers.add(
                110,
                ofList(Collections::unmodifiableCollection),
                Collections.unmodifiableCollection(List.of()).getClass());
        serializers.add(
                111,
                ofList(list -> Collections.unmodifiableList((List<Object>) list)),
                Collections.unmodifiableList(new ArrayList<>()).getClass(),
                Collections.unmodifiableList(new LinkedList<>()).getClass());
        serializers.add(
                112,
                ofSet(set -> Collections.unmodifiableSet((Set<Object>) set)),
                Collections.unmodifiableSet(new HashSet<>()).getClass());
        serializers.add(
                113,
                ofSortedSet(set -> Collections.unmodifiableSortedSet((SortedSet<Object>) set)),
                Collections.unmodifiableSortedSet(new TreeSet<>()).getClass());
        serializers.add(
                114,
                ofSortedSet(set -> Collections.unmodifiableNavigableSet((NavigableSet<Object>) set)),
                Collections.unmodifiableNavigableSet(new TreeSet<>()).getClass(),
                Collections.emptyNavigableSet().getClass());
        serializers.add(
                115,
                ofMap(Collections::unmodifiableMap),
                Collections.unmodifiableMap(new HashMap<>()).getClass());
        serializers.add(
                116,
                ofSortedMap(map -> Collections.unmodifiableSortedMap((SortedMap<Object, Object>) map)),
                Collections.unmodifiableSortedMap(new TreeMap<>()).getClass());
        serializers.add(
                117,
                ofSortedMap(map -> Collections.unmodifiableNavigableMap((NavigableMap<Object, Object>) map)),
                Collections.unmodifiableNavigableMap(new TreeMap<>()).getClass(),
                Collections.emptyNavigableMap().getClass());
    }

    private static void addSynchronized(JdkSerializers serializers) {
        serializers.add(
                120,
                ofList(Collections::synchronizedCollection),
                Collections.synchronizedCollection(new ArrayList<>()).getClass());
        serializers.add(
                121,
                ofList(list -> Collections.synchronizedList((List<Object>) list)),
                Collections.synchronizedList(new ArrayList<>()).getClass(),
                Collections.synchronizedList(new LinkedList<>()).getClass());
        serializers.add(
                122,
                ofSet(set -> Collections.synchronizedSet((Set<Object>) set)),
                Collections.synchronizedSet(new HashSet<>()).getClass());
        serializers.add(
                123,
                ofMap(Collections::synchronizedMap),
                Collections.synchronizedMap(new HashMap<>()).getClass());
    }

    private static CollectionSerializer ofList(UnaryOperator<Collection<@Nullable Object>> view) {
        return new CollectionSerializer(Order.GIVEN, (n, c) -> new ArrayList<>(n), view);
    }

    private static CollectionSerializer ofSet(UnaryOperator<Collection<@Nullable Object>> view) {
        return new CollectionSerializer(
                Order.HIDDEN,
                (n, c) -> c == null ? new LinkedHashSet<>(MapSerializer.capacity(n)) : new TreeSet<>(c),
                view);
    }

    private static CollectionSerializer ofSortedSet(UnaryOperator<Collection<@Nullable Object>> view) {
        return new CollectionSerializer(Order.SORTED, (n, c) -> new TreeSet<>(c), view);
    }

    private static MapSerializer ofMap(UnaryOperator<Map<@Nullable Object, @Nullable Object>> view) {
        return new MapSerializer(
                MapSerializer.Order.HIDDEN,
                (n, c) -> c == null ? new LinkedHashMap<>(MapSerializer.capacity(n)) : new TreeMap<>(c),
                view);
    }

    private static MapSerializer ofSortedMap(UnaryOperator<Map<@Nullable Object, @Nullable Object>> view) {
        return new MapSerializer(MapSerializer.Order.SORTED, (n, c) -> new TreeMap<>(c), view);
    }
}
