package io.github.tieredjcache.internal.codec.graph;

import com.esotericsoftware.kryo.io.Input;
import com.esotericsoftware.kryo.io.Output;
import io.github.tieredjcache.internal.codec.api.UnencodableException;
import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/** Writes, reads and copies the parts of a container one after the other; a failure names the index. */
final class ElementIo {
    private ElementIo() {}

    static void write(KryoSession session, Output output, @Nullable Object[] elements) {
        int i = 0;
        try {
            for (; i < elements.length; i++) {
                session.writeItem(output, elements[i]);
            }
        } catch (UnencodableException e) {
            throw e.under("[" + i + "]");
        }
    }

    /**
     * Writes the keys of a hash table or a sorted container.
     *
     * @param collisions an instance for {@code keys.length} keys
     */
    static void writeKeys(KryoSession session, Output output, @Nullable Object[] keys, Collisions collisions) {
        int i = 0;
        try {
            for (; i < keys.length; i++) {
                collisions.add(session.writeKey(output, keys[i]));
            }
        } catch (UnencodableException e) {
            throw e.under("[" + i + "]");
        }
        collisions.charge(keys, 1);
    }

    /** Reads the keys of a hash table or a sorted container. */
    static @Nullable Object[] readKeys(KryoSession session, Input input, int count, Collisions collisions) {
        @Nullable Object[] keys = new Object[count];
        for (int i = 0; i < count; i++) {
            collisions.add(session.readKey(input, keys, i));
        }
        return keys;
    }

    static void writeComparator(KryoSession session, Output output, @Nullable Comparator<Object> comparator) {
        try {
            session.writeItem(output, comparator);
        } catch (UnencodableException e) {
            throw e.under(".comparator()");
        }
    }

    static @Nullable Object[] read(KryoSession session, Input input, int count) {
        @Nullable Object[] elements = new Object[count];
        for (int i = 0; i < count; i++) {
            elements[i] = session.readItem(input);
        }
        return elements;
    }

    /** Replaces the elements by their copies; returns whether any copy is another object. */
    static boolean copy(DeepCopy deepCopy, @Nullable Object[] elements) {
        boolean changed = false;
        int i = 0;
        try {
            for (; i < elements.length; i++) {
                Object original = elements[i];
                Object copy = deepCopy.copyOf(original);
                if (copy != original) {
                    elements[i] = copy;
                    changed = true;
                }
            }
        } catch (UnencodableException e) {
            throw e.under("[" + i + "]");
        }
        return changed;
    }
}
