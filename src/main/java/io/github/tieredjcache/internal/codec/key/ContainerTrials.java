package io.github.tieredjcache.internal.codec.key;

import io.github.tieredjcache.internal.codec.api.UnencodableException;
import io.github.tieredjcache.internal.codec.graph.ClassDescriptors;
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
 * What lists, sets and maps must prove before they are part of a key: that they hold as equal what {@code equals} says. A
 * set that is sorted by an order of its own, or that stands behind a view, may not.
 */
final class ContainerTrials {
    private static final int KINDS_MAX = 1_024;

    private final Set<Tried> tried = ConcurrentHashMap.newKeySet();

    /** Another class of elements may be found in another way, so each has its trial. */
    private record Tried(Class<?> type, @Nullable Class<?> element) {}

    /** @throws UnencodableException if a set or map is sorted by an order that need not be that of equals */
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
                        "a sorted set or map takes 1.0 and 1.00 for equal and has no canonical form"
                                + " as a key with BigDecimal elements; use a Set or Map that is not sorted");
            }
            if (element != null && !(element instanceof Enum) && !ClassDescriptors.isJdk(element.getClass())) {
                throw new UnencodableException("a sorted set or map takes for equal what compareTo of class "
                        + element.getClass().getName() + " does, and has no canonical form as a key with such elements;"
                        + " use a Set or Map that is not sorted");
            }
        }
    }

    private static boolean isNatural(@Nullable Comparator<?> comparator) {
        return comparator == null || comparator.equals(Comparator.naturalOrder());
    }

    /** Whether no container like this one has passed before. */
    boolean isUntried(Object container) {
        // What stands behind a view of java.util.Collections is another thing each time.
        boolean isView = container.getClass().getEnclosingClass() == Collections.class && !(container instanceof List);
        return isView || (!tried.contains(like(container)) && tried.size() < KINDS_MAX);
    }

    /** @throws UnencodableException if it finds elements that it does not hold */
    void run(KeyRoundTripCheck trial, Object container) {
        trial.run();
        if (container instanceof Set<?> set) {
            checkExact(set, set::contains);
        } else if (container instanceof Map<?, ?> map) {
            checkExact(map.keySet(), map::containsKey);
        }
        tried.add(like(container));
    }

    private static Tried like(Object container) {
        Collection<?> elements = container instanceof Map<?, ?> map ? map.keySet() : (Collection<?>) container;
        Object first = container instanceof List ? null : KeyVariants.first(elements);
        return new Tried(container.getClass(), first == null ? null : first.getClass());
    }

    private static void checkExact(Collection<?> elements, Predicate<Object> contains) {
        KeyVariants.lookalikes(KeyVariants.first(elements)).forEach((difference, lookalike) -> {
            if (elements.stream().noneMatch(lookalike::equals) && contains.test(lookalike)) {
                throw new UnencodableException("a set or map that ignores " + difference
                        + " has no canonical form as a key; use a HashSet or HashMap");
            }
        });
    }
}
