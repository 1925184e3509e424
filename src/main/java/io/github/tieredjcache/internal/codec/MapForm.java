package io.github.tieredjcache.internal.codec;

import com.esotericsoftware.kryo.io.Input;
import com.esotericsoftware.kryo.io.Output;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.function.BiFunction;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** The form of a mutable map, or of a read-only or synchronized view of one: keys and values in turn, in order. */
final class MapForm extends Form<Map<@Nullable Object, @Nullable Object>> {
    private static final int FIRST_CAPACITY_MAX = 1_024;

    private final boolean sorted;
    private final BiFunction<Integer, @Nullable Comparator<Object>, Map<@Nullable Object, @Nullable Object>> maker;
    private final UnaryOperator<Map<@Nullable Object, @Nullable Object>> view;

    MapForm(
            boolean sorted,
            BiFunction<Integer, @Nullable Comparator<Object>, Map<@Nullable Object, @Nullable Object>> maker,
            UnaryOperator<Map<@Nullable Object, @Nullable Object>> view) {
        super(Kind.CONTAINER);
        this.sorted = sorted;
        this.maker = maker;
        this.view = view;
    }

    @Override
    void write(Session session, Output output, Map<@Nullable Object, @Nullable Object> map) {
        if (sorted) {
            session.writeItem(output, comparator(map));
        }
        @Nullable Object[] parts = parts(map);
        output.writeVarInt(parts.length / 2, true);
        session.openWritten(map);
        writeParts(session, output, parts);
        session.closeLast();
    }

    @Override
    @SuppressWarnings("unchecked")
    Map<@Nullable Object, @Nullable Object> read(Session session, Input input) {
        Comparator<Object> comparator = sorted ? (Comparator<Object>) session.readItem(input) : null;
        int count = session.claimCount(input);
        Map<@Nullable Object, @Nullable Object> backing = maker.apply(Math.min(count, FIRST_CAPACITY_MAX), comparator);
        Map<@Nullable Object, @Nullable Object> outside = view.apply(backing);
        session.open(outside);
        @Nullable Object[] parts = new Object[2 * session.claim(input, count)];
        boolean late = false;
        for (int i = 0; i < parts.length; i += 2) {
            boolean beforeKey = session.watchIncomplete();
            session.enterHashKey();
            parts[i] = session.readItem(input);
            session.leaveHashKey();
            late |= session.endWatch(beforeKey);
            parts[i + 1] = session.readItem(input);
        }
        session.closeLast();
        session.fill(late, () -> {
            for (int i = 0; i < parts.length; i += 2) {
                backing.put(parts[i], parts[i + 1]);
            }
            if (backing.size() != count) {
                throw MalformedException.damaged("the same key twice in a map");
            }
        });
        return outside;
    }

    @Override
    Map<@Nullable Object, @Nullable Object> copy(Copying copying, Map<@Nullable Object, @Nullable Object> original) {
        @Nullable Object[] parts = parts(original);
        Map<@Nullable Object, @Nullable Object> backing =
                maker.apply(parts.length / 2, sorted ? comparator(original) : null);
        Map<@Nullable Object, @Nullable Object> outside = view.apply(backing);
        copying.open(original, outside);
        Elements.copy(copying, parts);
        for (int i = 0; i < parts.length; i += 2) {
            backing.put(parts[i], parts[i + 1]);
        }
        return outside;
    }

    /** Writes keys and values in turn. */
    static void writeParts(Session session, Output output, @Nullable Object[] parts) {
        int i = 0;
        try {
            for (; i < parts.length; i += 2) {
                session.enterHashKey();
                session.writeItem(output, parts[i]);
                session.leaveHashKey();
                session.writeItem(output, parts[i + 1]);
            }
        } catch (RefusedException e) {
            throw e.under("{entry " + i / 2 + "}");
        }
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
    private static @Nullable Comparator<Object> comparator(Map<@Nullable Object, @Nullable Object> map) {
        return (Comparator<Object>) ((SortedMap<?, ?>) map).comparator();
    }
}
