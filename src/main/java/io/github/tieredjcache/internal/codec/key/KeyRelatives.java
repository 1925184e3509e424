package io.github.tieredjcache.internal.codec.key;

import io.github.tieredjcache.internal.codec.api.UnencodableException;
import io.github.tieredjcache.internal.codec.graph.ClassDescriptors;
import io.github.tieredjcache.internal.codec.graph.ClassTraits;
import java.lang.reflect.Modifier;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Finds key classes with a common superclass whose keys equal each other. If {@code equals} uses {@code instanceof}, a
 * key of one class may equal a key of another, but their bytes differ, since the bytes name the class.
 */
final class KeyRelatives {
    private static final int CLASSES_MAX = 16;

    private final ClassDescriptors descriptors;
    /** One key of each checked class, by the topmost superclass outside the JDK. */
    private final Map<Class<?>, List<Relative>> families = new ConcurrentHashMap<>();

    private record Relative(KeyLayout layout, Object key) {}

    KeyRelatives(ClassDescriptors descriptors) {
        this.descriptors = descriptors;
    }

    /**
     * Compares a key with one key of each class that it could equal: its superclasses, and their subclasses that were
     * checked before.
     *
     * @param own a key that was decoded for this check, so no other code uses it
     * @throws UnencodableException if the key equals one of them
     */
    void check(KeyLayout layout, Object own) {
        Class<?> root = own.getClass();
        for (Class<?> each = root.getSuperclass();
                each != null && !ClassTraits.isJdk(each);
                each = each.getSuperclass()) {
            root = each;
            if (!Modifier.isAbstract(each.getModifiers())) {
                checkSuperclass(layout, own, each);
            }
        }
        if (root == own.getClass()) {
            return;
        }
        List<Relative> family = families.computeIfAbsent(root, any -> new CopyOnWriteArrayList<>());
        // Added before the comparison: if two threads check two classes at the same time, at least one of them sees
        // both.
        if (family.size() < CLASSES_MAX) {
            family.add(new Relative(layout, own));
        }
        for (Relative relative : family) {
            if (relative.layout != layout) {
                compare(layout, own, relative.layout, relative.key);
            }
        }
    }

    private void checkSuperclass(KeyLayout layout, Object own, Class<?> superclass) {
        KeyLayout parent;
        try {
            parent = KeyLayout.of(descriptors.get(superclass));
        } catch (UnencodableException e) {
            return; // Objects of the superclass cannot be keys.
        }
        compare(layout, own, parent, own);
    }

    /**
     * Compares a key with a key of another class that has the same values in all fields that both classes have.
     *
     * @param example the source of the values of the remaining fields
     */
    private static void compare(KeyLayout layout, Object own, KeyLayout others, Object example) {
        boolean equal;
        try {
            Object other = others.build(others.fields().stream()
                    .map(field -> field.get(field.field().getDeclaringClass().isInstance(own) ? own : example))
                    .toArray());
            equal = own.equals(other) && other.equals(own);
        } catch (RuntimeException | AssertionError | LinkageError e) {
            equal = false;
        }
        if (equal) {
            throw layout.refuse("class " + layout.type().getName() + " and class "
                    + others.type().getName()
                    + " equal each other's objects" + KeyRoundTripCheck.CONSEQUENCE
                    + "compare getClass() in equals, or " + CanonicalKeyCodec.CURE);
        }
    }
}
