package io.github.tieredjcache.internal.codec.graph;

import io.github.tieredjcache.internal.codec.api.UnencodableException;
import java.io.IOException;
import java.io.ObjectOutputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/**
 * The comparator within {@code Comparator.nullsFirst} and {@code nullsLast}. They do not show it, and Java serialization, which
 * nothing is kept of here, does.
 */
final class HiddenComparator {
    private HiddenComparator() {}

    /** Whether the comparator within is seen as it is: one with a {@code writeReplace}, as a lambda, is not. */
    static boolean isFound(Comparator<Object> outer) {
        Object found = find(outer);
        return found == null || found instanceof Comparator;
    }

    /** Whether nulls are first, and the comparator of what is not null, or null if there is none. */
    static @Nullable Object[] ofNulls(Comparator<Object> outer) {
        if (!isFound(outer)) {
            throw new UnencodableException("a lambda cannot be stored, nor a comparator with a writeReplace, within"
                    + " Comparator.nullsFirst or nullsLast; use a named class that implements Comparator");
        }
        // Of null and anything else it does not ask the other one.
        return new @Nullable Object[] {outer.compare(null, "") < 0, find(outer)};
    }

    private static @Nullable Object find(Comparator<Object> outer) {
        try (Finder finder = new Finder(outer)) {
            finder.writeObject(outer);
            return finder.found;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Is given each part of the comparator before anything is asked of it, and writes none. */
    private static final class Finder extends ObjectOutputStream {
        private final Object outer;
        private @Nullable Object found;

        Finder(Object outer) throws IOException {
            super(OutputStream.nullOutputStream());
            this.outer = outer;
            enableReplaceObject(true);
        }

        @Override
        @SuppressWarnings("NullAway") // null is what is written instead, in its contract
        protected Object replaceObject(Object part) {
            if (part == outer) {
                return part;
            }
            found = part;
            return null;
        }
    }
}
