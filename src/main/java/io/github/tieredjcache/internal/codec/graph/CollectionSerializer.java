package io.github.tieredjcache.internal.codec.graph;

import com.esotericsoftware.kryo.io.Input;
import com.esotericsoftware.kryo.io.Output;
import io.github.tieredjcache.internal.codec.api.MalformedException;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.SortedSet;
import java.util.concurrent.PriorityBlockingQueue;
import java.util.function.BiFunction;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Serializes a mutable collection, or a read-only or synchronized view of one, as its elements in order. The view is
 * created before its elements are read, so cycles are possible.
 */
final class CollectionSerializer extends TypeSerializer<Collection<@Nullable Object>> {
    /** How the collection orders or finds its elements. */
    enum Order {
        GIVEN,
        /** As given; added by one call, since each addition copies the collection. */
        GIVEN_AT_ONCE,
        HASHED,
        /** As given; each addition compares the element with all others. */
        COMPARED,
        SORTED,
        /** The order of the set behind a view: sorted if {@link ViewOrder} finds a comparator, else hashed. */
        HIDDEN
    }

    private static final int INITIAL_CAPACITY_MAX = 1_024;

    private final Order order;
    private final BiFunction<Integer, @Nullable Comparator<Object>, Collection<@Nullable Object>> maker;
    private final UnaryOperator<Collection<@Nullable Object>> view;

    CollectionSerializer(
            Order order,
            BiFunction<Integer, @Nullable Comparator<Object>, Collection<@Nullable Object>> maker,
            UnaryOperator<Collection<@Nullable Object>> view) {
        super(Kind.CONTAINER);
        this.order = order;
        this.maker = maker;
        this.view = view;
    }

    @Override
    void write(KryoSession session, Output output, Collection<@Nullable Object> collection) {
        // One call, so that a concurrent collection cannot change between its size and its elements.
        @Nullable Object[] elements = collection.toArray();
        if (isCompared()) {
            ElementIo.writeComparator(session, output, comparator(collection));
        }
        if (order == Order.HIDDEN) {
            ViewOrder.checkDistinct(elements, 1);
        }
        session.writeCount(output, elements.length);
        session.openWritten(collection);
        if (order == Order.GIVEN || order == Order.GIVEN_AT_ONCE) {
            ElementIo.write(session, output, elements);
        } else {
            ElementIo.writeKeys(session, output, elements, collisions(session, elements.length, order == Order.HASHED));
        }
        session.closeLast();
    }

    @Override
    @SuppressWarnings("unchecked")
    Collection<@Nullable Object> read(KryoSession session, Input input) {
        Comparator<Object> comparator = isCompared() ? (Comparator<Object>) session.readItem(input) : null;
        int count = session.claimCount(input);
        Collection<@Nullable Object> backing = maker.apply(Math.min(count, INITIAL_CAPACITY_MAX), comparator);
        Collection<@Nullable Object> outside = view.apply(backing);
        session.open(outside);
        if (order == Order.GIVEN) {
            for (int i = 0; i < count; i++) {
                backing.add(session.readItem(input));
            }
            session.closeLast();
            return outside;
        }
        if (order == Order.GIVEN_AT_ONCE) {
            backing.addAll(Arrays.asList(ElementIo.read(session, input, count)));
            session.closeLast();
            return outside;
        }
        boolean before = session.watchIncomplete();
        Collisions collisions = collisions(session, count, isHashed(comparator));
        @Nullable Object[] elements = ElementIo.readKeys(session, input, count, collisions);
        session.closeLast();
        session.fill(session.endWatch(before), () -> {
            collisions.charge(elements, 1);
            backing.addAll(Arrays.asList(elements));
            if (backing.size() != count) {
                throw MalformedException.damaged("a set holds the same element twice");
            }
        });
        return outside;
    }

    @Override
    Collection<@Nullable Object> copy(DeepCopy deepCopy, Collection<@Nullable Object> original) {
        @Nullable Object[] elements = original.toArray();
        Collection<@Nullable Object> backing = maker.apply(elements.length, isCompared() ? comparator(original) : null);
        Collection<@Nullable Object> outside = view.apply(backing);
        deepCopy.register(original, outside);
        if (order == Order.HIDDEN) {
            ViewOrder.checkDistinct(elements, 1);
        }
        ElementIo.copy(deepCopy, elements);
        backing.addAll(Arrays.asList(elements));
        return outside;
    }

    private Collisions collisions(KryoSession session, int elements, boolean isHashed) {
        return order == Order.COMPARED
                ? Collisions.ofAll(session.budget(), elements)
                : new Collisions(session.budget(), isHashed ? elements : 0, true);
    }

    private boolean isHashed(@Nullable Comparator<Object> comparator) {
        return order == Order.HASHED || (order == Order.HIDDEN && comparator == null);
    }

    private boolean isCompared() {
        return order == Order.SORTED || order == Order.HIDDEN;
    }

    @SuppressWarnings("unchecked")
    private @Nullable Comparator<Object> comparator(Collection<@Nullable Object> sorted) {
        Object collection = sorted;
        if (order == Order.HIDDEN) {
            return ViewOrder.of(sorted);
        }
        if (collection instanceof SortedSet<?> set) {
            return (Comparator<Object>) set.comparator();
        }
        if (collection instanceof PriorityQueue<?> queue) {
            return (Comparator<Object>) queue.comparator();
        }
        return (Comparator<Object>) ((PriorityBlockingQueue<?>) collection).comparator();
    }
}
