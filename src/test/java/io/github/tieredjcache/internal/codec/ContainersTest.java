package io.github.tieredjcache.internal.codec;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.UndecodableReason;
import io.github.tieredjcache.internal.codec.Samples.Holder;
import io.github.tieredjcache.internal.codec.api.CodecRules;
import io.github.tieredjcache.internal.codec.api.UndecodableException;
import io.github.tieredjcache.internal.codec.api.ValueCodec;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.PriorityBlockingQueue;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.cache.CacheException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Containers keep their order, their identity and what they hold, and a part of one costs what a part of any costs. */
class ContainersTest {
    private static final byte[] KEY = {'k'};
    private static final byte LIST = 82;
    private static final byte HASH_SET = 92;

    private final Codecs codecs = new Codecs(getClass().getClassLoader());
    private final ValueCodec<Object> codec =
            codecs.values(Object.class, new CodecRules(String.class, Samples.class, List.of(), 1_024, 16 << 20));

    private Object roundTrip(Object value) throws UndecodableException {
        return codec.decode(KEY, codec.encode(KEY, value), 0);
    }

    static Stream<Arguments> sorted() {
        Comparator<Object> reverse = Collections.reverseOrder();
        List<Integer> numbers = List.of(1, 2, 3);
        Map<Object, Object> map = new TreeMap<>(reverse);
        numbers.forEach(number -> map.put(number, "v"));
        return Stream.of(
                        filled(new TreeSet<>(reverse), numbers),
                        filled(new ConcurrentSkipListSet<>(reverse), numbers),
                        filled(new PriorityQueue<>(reverse), numbers),
                        filled(new PriorityBlockingQueue<>(11, reverse), numbers),
                        Collections.unmodifiableSet(filled(new TreeSet<>(reverse), numbers)),
                        Collections.unmodifiableSortedSet(filled(new TreeSet<>(reverse), numbers)),
                        map,
                        new ConcurrentSkipListMap<>((SortedMap<Object, Object>) map),
                        Collections.unmodifiableMap(map),
                        Collections.synchronizedMap(map))
                .map(each -> Arguments.of(each.getClass().getSimpleName(), each));
    }

    private static <C extends Collection<Object>> C filled(C collection, List<Integer> numbers) {
        collection.addAll(numbers);
        return collection;
    }

    private static Object[] elements(Object container) {
        return container instanceof Map<?, ?> map ? map.keySet().toArray() : ((Collection<?>) container).toArray();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("sorted")
    void aSortedContainerKeepsItsOrder(String name, Object container) throws Exception {
        assertEquals(3, elements(container)[0]);
        assertArrayEquals(elements(container), elements(roundTrip(container)));
        assertArrayEquals(elements(container), elements(codecs.copier().copy(container)));
    }

    /** Returns containers of one part. */
    static Stream<Arguments> containers() {
        return Stream.of(
                container("ArrayList", part -> new ArrayList<>(List.of(part))),
                container("ArrayDeque", part -> new ArrayDeque<>(List.of(part))),
                container("CopyOnWriteArrayList", part -> new CopyOnWriteArrayList<>(List.of(part))),
                container("unmodifiableList", part -> Collections.unmodifiableList(new ArrayList<>(List.of(part)))),
                container("array", part -> new Object[] {part}),
                container("Arrays.asList", part -> Arrays.asList(part)),
                container("HashMap", part -> new HashMap<>(Map.of("k", part))),
                container("LinkedHashMap", part -> new LinkedHashMap<>(Map.of("k", part))),
                container("TreeMap", part -> new TreeMap<>(Map.of("k", part))),
                container("ConcurrentHashMap", part -> new ConcurrentHashMap<>(Map.of("k", part))),
                container("EnumMap", part -> new EnumMap<>(Map.of(Samples.Colour.RED, part))),
                container("unmodifiableMap", part -> Collections.unmodifiableMap(new HashMap<>(Map.of("k", part)))),
                container("Holder", Holder::new),
                container("List.of", part -> List.of(part)),
                container("record", part -> new Samples.Pair("left", part)));
    }

    private static Arguments container(String name, Function<Object, Object> maker) {
        return Arguments.of(name, maker);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("containers")
    void aSharedContainerStaysOneObject(String name, Function<Object, Object> maker) throws Exception {
        Object shared = maker.apply(new int[] {1});
        Object[] twice = {shared, shared};
        for (Object[] back :
                List.of((Object[]) roundTrip(twice), codecs.copier().copy(twice))) {
            assertNotSame(shared, back[0]);
            assertSame(back[0], back[1]);
        }
    }

    /** An object is complete once its fields are, so an immutable set may hold it. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("containers")
    void anObjectThatHoldsAContainerIsCompleteAfterIt(String name, Function<Object, Object> maker) throws Exception {
        Holder holder = new Holder(maker.apply(new Holder("part")));
        Object[] back = (Object[]) roundTrip(new Object[] {holder, Set.of(holder)});
        assertSame(back[0], ((Set<?>) back[1]).iterator().next());
    }

    private static Object tree(int levels) {
        Object tree = new Samples.Node("leaf");
        for (int i = 0; i < levels; i++) {
            Samples.Node next = new Samples.Node("n");
            next.parent = (Samples.Node) tree;
            next.next = (Samples.Node) tree;
            tree = next;
        }
        return tree;
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("containers")
    void aKeyIsChargedForAnObjectThatWasReadBefore(String name, Function<Object, Object> maker) {
        Holder holder = new Holder(maker.apply(tree(20)));
        byte[] payload =
                HostileEntry.payload(codec.encode(KEY, new Object[] {holder, new ArrayList<>(List.of(holder))}));
        int at = payload.length - 1;
        while (payload[at] != LIST || payload[at + 1] != 1 || payload[at + 2] != 1) {
            at--;
        }
        payload[at] = HASH_SET;
        UndecodableException miss = assertThrows(
                UndecodableException.class, () -> codec.decode(KEY, HostileEntry.around(KEY, payload, 0), 0));
        assertEquals(UndecodableReason.LIMIT, miss.reason(), miss::getMessage);
        CacheException refused = assertThrows(
                CacheException.class, () -> codec.encode(KEY, new Object[] {holder, new HashSet<>(List.of(holder))}));
        assertTrue(refused.getMessage().contains("hashing and comparing its keys"), refused::getMessage);
    }

    /** Has the hash code of all others, and a part of many parts. */
    private record Alike(int number, Object more) {
        @Override
        public boolean equals(Object other) {
            return other instanceof Alike that && number == that.number;
        }

        @Override
        public int hashCode() {
            return 7;
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 4})
    void keysOfOneHashCodeAreChargedForAllTheirParts(int levels) throws Exception {
        Map<Object, Object> map = new HashMap<>();
        for (int i = 0; i < 600; i++) {
            map.put(new Alike(i, levels == 0 ? null : tree(levels)), i);
        }
        for (Object table : List.of(
                map,
                new LinkedHashMap<>(map),
                new ConcurrentHashMap<>(map),
                Map.copyOf(map),
                map.keySet().stream().collect(Collectors.toSet()),
                Set.copyOf(map.keySet()))) {
            if (levels == 0) {
                assertEquals(table, roundTrip(table));
            } else {
                CacheException refused = assertThrows(CacheException.class, () -> codec.encode(KEY, table));
                assertTrue(refused.getMessage().contains("hashing and comparing its keys"), refused::getMessage);
            }
        }
    }

    @Test
    void aViewWithEqualKeysIsNotCopiedWithoutSome() {
        IdentityHashMap<Object, Object> identities = new IdentityHashMap<>();
        identities.put(new String("a"), 1);
        identities.put(new String("a"), 2);
        for (Object view :
                List.of(Collections.unmodifiableMap(identities), Collections.unmodifiableSet(identities.keySet()))) {
            assertThrows(CacheException.class, () -> codecs.copier().copy(view));
        }
    }
}
