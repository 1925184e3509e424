package io.github.tieredjcache.internal.codec.graph;

import io.github.tieredjcache.internal.codec.api.UnencodableException;
import java.io.IOException;
import java.io.ObjectOutputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/**
 * Finds the comparator within {@code Comparator.nullsFirst} and {@code nullsLast}. They have no getter for it, but Java
 * serialization shows it. The serialized bytes are discarded.
 */
final class HiddenComparator {
    private HiddenComparator() {}

    /** Returns whether the inner comparator is found; not if it has a {@code writeReplace}, as a lambda does. */
    static boolean isFound(Comparator<Object> outer) {
        Object found = find(outer);
        return found == null || found instanceof Comparator;
    }

    /** Returns a boolean, whether nulls are first, and the inner comparator, or null if there is none. */
    static @Nullable Object[] partsOf(Comparator<Object> outer) {
        if (!isFound(outer)) {
            throw new UnencodableException("a lambda cannot be stored, nor a comparator with a writeReplace, within"
                    + " Comparator.nullsFirst or nullsLast; use a named class that implements Comparator");
        }
        // To compare null with another object, the outer comparator does not call the inner one.
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

    /** Receives each part of the comparator, before any of its methods is called, and writes none. */
    private static final class Finder extends ObjectOutputStream {
        private final Object outer;
        private @Nullable Object found;

        Finder(Object outer) throws IOException {
            super(OutputStream.nullOutputStream());
            this.outer = outer;
            enableReplaceObject(true);
        }

        @Override
        @SuppressWarnings("NullAway") // the contract of replaceObject: null is written instead
        protected Object replaceObject(Object part) {
            if (part == outer) {
                return part;
            }
            found = part;
            return null;
        }
    }
}
