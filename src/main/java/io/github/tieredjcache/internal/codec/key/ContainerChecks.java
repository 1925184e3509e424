package io.github.tieredjcache.internal.codec.key;

import io.github.tieredjcache.internal.codec.api.UnencodableException;
import io.github.tieredjcache.internal.codec.graph.ClassTraits;
import io.github.tieredjcache.internal.codec.graph.ViewOrder;
import java.math.BigDecimal;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Checks that a list, set or map finds its elements by {@code equals} before it becomes part of a key. A set that is
 * sorted by an order of its own, or a view of such a set, may find an element that equals none.
 */
final class ContainerChecks {
    private static final int KINDS_MAX = 1_024;

    private final Set<ContainerKind> checked = ConcurrentHashMap.newKeySet();

    /** The unit of checks: a container may find elements of different classes in different ways. */
    private record ContainerKind(Class<?> type, @Nullable Class<?> element) {}

    /** @throws UnencodableException if a set or map is sorted by an order that may differ from {@code equals} */
    static void checkOrder(Object container) {
        if (container instanceof Set<?> set) {
            checkOrder(set, set instanceof SortedSet<?> sorted ? sorted.comparator() : null, container);
        } else if (container instanceof Map<?, ?> map) {
            checkOrder(map.keySet(), map instanceof SortedMap<?, ?> sorted ? sorted.comparator() : null, container);
        }
    }

    @SuppressWarnings("unchecked")
    private static void checkOrder(Collection<?> elements, @Nullable Comparator<?> shown, Object container) {
        Comparator<?> hidden = ViewOrder.of((Collection<@Nullable Object>) elements);
        if (!isNatural(shown) || !isNatural(hidden)) {
            throw new UnencodableException(
                    "a sorted set or map with an order of its own has no canonical form as a key; use"
                            + " a Set or Map without one");
        }
        if (hidden == null && !(container instanceof SortedSet) && !(container instanceof SortedMap)) {
            return;
        }
        for (Object element : elements) {
            if (element instanceof BigDecimal) {
                throw new UnencodableException(
                        "a sorted set or map treats 1.0 and 1.00 as equal and has no canonical form"
                                + " as a key with BigDecimal elements; use a Set or Map that is not sorted");
            }
            if (element != null && !(element instanceof Enum) && !ClassTraits.isJdk(element.getClass())) {
                throw new UnencodableException("a sorted set or map compares elements by compareTo of class "
                        + element.getClass().getName() + " instead of equals, and has no canonical form as a key with"
                        + " such elements; use a Set or Map that is not sorted");
            }
        }
    }

    private static boolean isNatural(@Nullable Comparator<?> comparator) {
        return comparator == null || comparator.equals(Comparator.naturalOrder());
    }

    /** Returns whether no container of the same kind has passed the check. */
    boolean needsCheck(Object container) {
        // The class of a view of java.util.Collections says nothing about the container behind it, so each view is
        // checked.
        boolean isView = container.getClass().getEnclosingClass() == Collections.class && !(container instanceof List);
        return isView || (!checked.contains(kind(container)) && checked.size() < KINDS_MAX);
    }

    /** @throws UnencodableException if the container finds elements that it does not hold */
    void run(KeyRoundTripCheck roundTrip, Object container) {
        roundTrip.run();
        if (container instanceof Set<?> set) {
            checkExact(set, set::contains);
        } else if (container instanceof Map<?, ?> map) {
            checkExact(map.keySet(), map::containsKey);
        }
        checked.add(kind(container));
    }

    private static ContainerKind kind(Object container) {
        Collection<?> elements = container instanceof Map<?, ?> map ? map.keySet() : (Collection<?>) container;
        Object first = container instanceof List ? null : KeyVariants.first(elements);
        return new ContainerKind(container.getClass(), first == null ? null : first.getClass());
    }

    private static void checkExact(Collection<?> elements, Predicate<Object> contains) {
        KeyVariants.similar(KeyVariants.first(elements)).forEach((difference, variant) -> {
            if (elements.stream().noneMatch(variant::equals) && contains.test(variant)) {
                throw new UnencodableException("a set or map that ignores " + difference
                        + " has no canonical form as a key; use a HashSet or HashMap");
            }
        });
    }
}
