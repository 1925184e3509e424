package io.github.tieredjcache.internal.codec.graph;

import io.github.tieredjcache.internal.codec.api.UnencodableException;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Set;
import java.util.Spliterator;
import org.jspecify.annotations.Nullable;

/**
 * Finds the order of the set or map behind a read-only or synchronized view. The view has no getter for it, but its
 * spliterator shows it. Without the comparator, a copied view of a case-insensitive map of HTTP headers would find
 * "Content-Type" only in this case.
 */
public final class ViewOrder {
    private ViewOrder() {}

    /**
     * Returns the comparator of a view of a sorted container; null if the container finds its elements by their hash
     * codes.
     */
    @SuppressWarnings({"rawtypes", "unchecked"})
    public static @Nullable Comparator<Object> of(Collection<@Nullable Object> view) {
        Spliterator<@Nullable Object> spliterator = view.spliterator();
        if (!spliterator.hasCharacteristics(Spliterator.SORTED)) {
            return null;
        }
        Comparator comparator = spliterator.getComparator();
        return comparator == null ? (Comparator) Comparator.naturalOrder() : comparator;
    }

    /**
     * Refuses equal elements, which a hash table cannot hold. Only a view of an identity table has some.
     *
     * @param step the distance from one key to the next in {@code parts}
     */
    static void checkDistinct(@Nullable Object[] parts, int step) {
        Set<@Nullable Object> distinct = new HashSet<>();
        for (int i = 0; i < parts.length; i += step) {
            distinct.add(parts[i]);
        }
        if (distinct.size() * step != parts.length) {
            throw new UnencodableException("a view of a set or map that holds equal elements, such as an"
                    + " IdentityHashMap, cannot be read back; store a list");
        }
    }
}
