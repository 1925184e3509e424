package io.github.tieredjcache.internal.codec.graph;

import com.esotericsoftware.kryo.io.Input;
import com.esotericsoftware.kryo.io.Output;
import io.github.tieredjcache.internal.codec.api.MalformedException;
import io.github.tieredjcache.internal.codec.api.UnencodableException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.function.BiFunction;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Serializes a mutable map, or a read-only or synchronized view of one, as keys and values in turn, in order. */
final class MapSerializer extends TypeSerializer<Map<@Nullable Object, @Nullable Object>> {
    /** How the map finds its entries. */
    enum Order {
        HASHED,
        SORTED,
        /** The order of the map behind a view: sorted if {@link ViewOrder} finds a comparator, else hashed. */
        HIDDEN
    }

    private static final int FIRST_CAPACITY_MAX = 1_024;

    private final Order order;
    /** Whether the table sorts comparable keys of the same hash code. */
    private final boolean sortsCollisions;

    private final BiFunction<Integer, @Nullable Comparator<Object>, Map<@Nullable Object, @Nullable Object>> maker;
    private final UnaryOperator<Map<@Nullable Object, @Nullable Object>> view;

    MapSerializer(
            Order order,
            BiFunction<Integer, @Nullable Comparator<Object>, Map<@Nullable Object, @Nullable Object>> maker,
            UnaryOperator<Map<@Nullable Object, @Nullable Object>> view) {
        this(order, true, maker, view);
    }

    MapSerializer(
            Order order,
            boolean sortsCollisions,
            BiFunction<Integer, @Nullable Comparator<Object>, Map<@Nullable Object, @Nullable Object>> maker,
            UnaryOperator<Map<@Nullable Object, @Nullable Object>> view) {
        super(Kind.CONTAINER);
        this.order = order;
        this.sortsCollisions = sortsCollisions;
        this.maker = maker;
        this.view = view;
    }

    @Override
    void write(KryoSession session, Output output, Map<@Nullable Object, @Nullable Object> map) {
        @Nullable Object[] parts = parts(map);
        if (order != Order.HASHED) {
            ElementIo.writeComparator(session, output, comparator(map));
        }
        if (order == Order.HIDDEN) {
            ViewOrder.checkDistinct(parts, 2);
        }
        session.writeCount(output, parts.length / 2);
        session.openWritten(map);
        writeParts(session, output, parts, collisions(session, parts.length / 2, order == Order.HASHED));
        session.closeLast();
    }

    @Override
    @SuppressWarnings("unchecked")
    Map<@Nullable Object, @Nullable Object> read(KryoSession session, Input input) {
        Comparator<Object> comparator = order == Order.HASHED ? null : (Comparator<Object>) session.readItem(input);
        int count = session.claimCount(input);
        Map<@Nullable Object, @Nullable Object> backing = maker.apply(count, comparator);
        Map<@Nullable Object, @Nullable Object> outside = view.apply(backing);
        boolean isHashed = order == Order.HASHED || (order == Order.HIDDEN && comparator == null);
        readParts(session, input, collisions(session, count, isHashed), count, backing, outside);
        return outside;
    }

    @Override
    Map<@Nullable Object, @Nullable Object> copy(DeepCopy deepCopy, Map<@Nullable Object, @Nullable Object> original) {
        if (order == Order.HASHED) {
            return copyHashed(deepCopy, original);
        }
        @Nullable Object[] parts = parts(original);
        Map<@Nullable Object, @Nullable Object> backing = maker.apply(parts.length / 2, comparator(original));
        Map<@Nullable Object, @Nullable Object> outside = view.apply(backing);
        deepCopy.register(original, outside);
        if (order == Order.HIDDEN) {
            ViewOrder.checkDistinct(parts, 2);
        }
        ElementIo.copy(deepCopy, parts);
        putAll(backing, parts);
        return outside;
    }

    /**
     * Copies a hashed map. A key that is its own copy is immutable, so it is put at once. The other keys are put at the
     * end, when the objects are complete to which they refer.
     */
    private Map<@Nullable Object, @Nullable Object> copyHashed(
            DeepCopy deepCopy, Map<@Nullable Object, @Nullable Object> original) {
        Map<@Nullable Object, @Nullable Object> backing = maker.apply(original.size(), null);
        Map<@Nullable Object, @Nullable Object> outside = view.apply(backing);
        deepCopy.register(original, outside);
        List<@Nullable Object> later = null;
        int i = 0;
        try {
            for (Map.Entry<@Nullable Object, @Nullable Object> entry : original.entrySet()) {
                Object key = entry.getKey();
                Object keyCopy = deepCopy.copyOf(key);
                Object valueCopy = deepCopy.copyOf(entry.getValue());
                if (keyCopy == key) {
                    backing.put(key, valueCopy);
                } else {
                    later = later == null ? new ArrayList<>() : later;
                    later.add(keyCopy);
                    later.add(valueCopy);
                }
                i++;
            }
        } catch (UnencodableException e) {
            throw e.under("{entry " + i + "}");
        }
        if (later != null) {
            putAll(backing, later.toArray());
        }
        return outside;
    }

    private static void putAll(Map<@Nullable Object, @Nullable Object> map, @Nullable Object[] parts) {
        for (int i = 0; i < parts.length; i += 2) {
            map.put(parts[i], parts[i + 1]);
        }
    }

    private Collisions collisions(KryoSession session, int keys, boolean isHashed) {
        return new Collisions(session.budget(), isHashed ? keys : 0, sortsCollisions);
    }

    /** Writes keys and values in turn. */
    static void writeParts(KryoSession session, Output output, @Nullable Object[] parts, Collisions collisions) {
        int i = 0;
        try {
            for (; i < parts.length; i += 2) {
                collisions.add(session.writeKey(output, parts[i]));
                session.writeItem(output, parts[i + 1]);
            }
        } catch (UnencodableException e) {
            throw e.under("{entry " + i / 2 + "}");
        }
        collisions.charge(parts, 2);
    }

    /**
     * Reads keys and values into a map.
     *
     * @param collisions an instance for {@code count} keys
     * @param outside the object to which references lead: the map, or a view of it
     */
    static void readParts(
            KryoSession session,
            Input input,
            Collisions collisions,
            int count,
            Map<@Nullable Object, @Nullable Object> backing,
            Map<@Nullable Object, @Nullable Object> outside) {
        session.open(outside);
        @Nullable Object[] parts = new Object[2 * session.claim(input, count)];
        boolean late = false;
        for (int i = 0; i < parts.length; i += 2) {
            boolean beforeKey = session.watchIncomplete();
            collisions.add(session.readKey(input, parts, i));
            late |= session.endWatch(beforeKey);
            parts[i + 1] = session.readItem(input);
        }
        session.closeLast();
        session.fill(late, () -> {
            collisions.charge(parts, 2);
            putAll(backing, parts);
            if (backing.size() != count) {
                throw MalformedException.damaged("a map holds the same key twice");
            }
        });
    }

    /**
     * Returns keys and values in turn, in one pass, so that a concurrent map cannot change between its size and its
     * entries.
     */
    static @Nullable Object[] parts(Map<@Nullable Object, @Nullable Object> map) {
        List<@Nullable Object> parts = new ArrayList<>(2 * map.size());
        for (Map.Entry<@Nullable Object, @Nullable Object> entry : map.entrySet()) {
            parts.add(entry.getKey());
            parts.add(entry.getValue());
        }
        return parts.toArray();
    }

    @SuppressWarnings("unchecked")
    private @Nullable Comparator<Object> comparator(Map<@Nullable Object, @Nullable Object> map) {
        return order == Order.HIDDEN
                ? ViewOrder.of(map.keySet())
                : (Comparator<Object>) ((SortedMap<?, ?>) map).comparator();
    }

    /**
     * Returns the capacity for so many entries without a resize; at most about 1,400, whatever number the bytes
     * declare.
     */
    static int capacity(int entries) {
        return Math.min(entries, FIRST_CAPACITY_MAX) * 4 / 3 + 1;
    }
}
