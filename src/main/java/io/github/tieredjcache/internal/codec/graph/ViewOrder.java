package io.github.tieredjcache.internal.codec.graph;

import io.github.tieredjcache.internal.codec.api.UnencodableException;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Set;
import java.util.Spliterator;
import org.jspecify.annotations.Nullable;

/**
 * How the set or map behind a read-only or synchronized view finds its elements. The view does not show it, but its
 * spliterator does: without the comparator a view of a map of HTTP headers would find "Content-Type" under that
 * name only.
 */
public final class ViewOrder {
    private ViewOrder() {}

    /** The comparator of a view of something sorted, or null if its elements are found by their hashes. */
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
     * Refuses what a hash table cannot hold, although the one behind the view does: it is of identities.
     *
     * @param step after how many parts the next key follows
     */
    static void checkDistinct(@Nullable Object[] parts, int step) {
        Set<@Nullable Object> distinct = new HashSet<>();
        if (step == 1) {
            distinct.addAll(Arrays.asList(parts));
        } else {
            for (int i = 0; i < parts.length; i += step) {
                distinct.add(parts[i]);
            }
        }
        if (distinct.size() * step != parts.length) {
            throw new UnencodableException("a view of a set or map in which equal elements stand side by side, as in an"
                    + " IdentityHashMap, cannot be built again; store a list");
        }
    }
}
