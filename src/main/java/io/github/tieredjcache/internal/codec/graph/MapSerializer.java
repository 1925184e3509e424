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

/** The form of a mutable map, or of a read-only or synchronized view of one: keys and values in turn, in order. */
final class MapSerializer extends TypeSerializer<Map<@Nullable Object, @Nullable Object>> {
    /** How the entries find their places. */
    enum Order {
        HASHED,
        SORTED,
        /** Of a map that cannot be seen: hashed, or sorted if its keys tell a comparator. */
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
        Map<@Nullable Object, @Nullable Object> backing = maker.apply(Math.min(count, FIRST_CAPACITY_MAX), comparator);
        Map<@Nullable Object, @Nullable Object> outside = view.apply(backing);
        boolean isHashed = order == Order.HASHED || (order == Order.HIDDEN && comparator == null);
        readParts(session, input, collisions(session, count, isHashed), count, backing, outside);
        return outside;
    }

    @Override
    Map<@Nullable Object, @Nullable Object> copy(DeepCopy copying, Map<@Nullable Object, @Nullable Object> original) {
        if (order == Order.HASHED) {
            return copyHashed(copying, original);
        }
        @Nullable Object[] parts = parts(original);
        Map<@Nullable Object, @Nullable Object> backing = maker.apply(parts.length / 2, comparator(original));
        Map<@Nullable Object, @Nullable Object> outside = view.apply(backing);
        copying.open(original, outside);
        if (order == Order.HIDDEN) {
            ViewOrder.checkDistinct(parts, 2);
        }
        ElementIo.copy(copying, parts);
        putAll(backing, parts);
        return outside;
    }

    /** A key that is its own copy cannot change, so it is put at once; others when all that they may refer to is complete. */
    private Map<@Nullable Object, @Nullable Object> copyHashed(
            DeepCopy copying, Map<@Nullable Object, @Nullable Object> original) {
        Map<@Nullable Object, @Nullable Object> backing = maker.apply(original.size(), null);
        Map<@Nullable Object, @Nullable Object> outside = view.apply(backing);
        copying.open(original, outside);
        List<@Nullable Object> later = null;
        int i = 0;
        try {
            for (Map.Entry<@Nullable Object, @Nullable Object> entry : original.entrySet()) {
                Object key = entry.getKey();
                Object keyCopy = copying.item(key);
                Object valueCopy = copying.item(entry.getValue());
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
     * @param collisions of as many keys as there are
     * @param outside what others refer to: the map, or a view of it
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
                throw MalformedException.damaged("the same key twice in a map");
            }
        });
    }

    /** Keys and values in turn: one pass, so that a concurrent map cannot change between its size and its entries. */
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
}
