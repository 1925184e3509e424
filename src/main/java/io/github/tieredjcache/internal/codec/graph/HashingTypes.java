package io.github.tieredjcache.internal.codec.graph;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Date;
import java.util.LinkedList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.Stack;
import java.util.Vector;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** Finds the classes that may hash or compare their parts while Java serialization reads them. */
final class HashingTypes {
    @SuppressWarnings("JdkObsolete") // users store obsolete collections, too
    private static final List<Class<?>> PLAIN = List.of(
            ArrayDeque.class,
            ArrayList.class,
            Boolean.class,
            Character.class,
            CopyOnWriteArrayList.class,
            Date.class,
            Enum.class,
            LinkedList.class,
            Number.class,
            Object.class,
            Stack.class,
            StackTraceElement.class,
            Throwable.class,
            Vector.class);

    private HashingTypes() {}

    static boolean mayHash(Class<?> type, ClassDescriptors descriptors) {
        if (type.isArray() || type.isEnum()) {
            return false;
        }
        return ClassTraits.isJdk(type)
                ? mayHash(type)
                : descriptors.get(type).serializer().mayHash();
    }

    /** Returns the same for a class of the JDK, or a class that only Java serialization can write and read. */
    static boolean mayHash(Class<?> type) {
        if (type.isRecord() || ClassTraits.hasReadingCode(type)) {
            return true;
        }
        Class<?> inherited = type;
        while (!ClassTraits.isJdk(inherited)) {
            inherited = inherited.getSuperclass();
        }
        return !PLAIN.contains(inherited) && !Throwable.class.isAssignableFrom(inherited);
    }

    /** Returns whether each part of an object of the class may be a key of a hash table. */
    static boolean isHashTable(@Nullable Class<?> type) {
        return type != null && (Map.class.isAssignableFrom(type) || Set.class.isAssignableFrom(type));
    }
}
