package io.github.tieredjcache.internal.codec;

import com.esotericsoftware.kryo.io.Input;
import com.esotericsoftware.kryo.io.Output;
import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/** The parts of a container, one after the other; failures tell the index. */
final class Elements {
    private Elements() {}

    static void write(Session session, Output output, @Nullable Object[] elements) {
        int i = 0;
        try {
            for (; i < elements.length; i++) {
                session.writeItem(output, elements[i]);
            }
        } catch (RefusedException e) {
            throw e.under("[" + i + "]");
        }
    }

    static void writeComparator(Session session, Output output, @Nullable Comparator<Object> comparator) {
        try {
            session.writeItem(output, comparator);
        } catch (RefusedException e) {
            throw e.under(".comparator()");
        }
    }

    static @Nullable Object[] read(Session session, Input input, int count) {
        @Nullable Object[] elements = new Object[count];
        for (int i = 0; i < count; i++) {
            elements[i] = session.readItem(input);
        }
        return elements;
    }

    /** Replaces the elements by their copies; whether any of them differs. */
    static boolean copy(Copying copying, @Nullable Object[] elements) {
        boolean changed = false;
        int i = 0;
        try {
            for (; i < elements.length; i++) {
                Object original = elements[i];
                Object copy = copying.item(original);
                if (copy != original) {
                    elements[i] = copy;
                    changed = true;
                }
            }
        } catch (RefusedException e) {
            throw e.under("[" + i + "]");
        }
        return changed;
    }
}
