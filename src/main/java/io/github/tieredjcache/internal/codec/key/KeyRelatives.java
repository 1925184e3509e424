package io.github.tieredjcache.internal.codec.key;

import io.github.tieredjcache.internal.codec.api.UnencodableException;
import io.github.tieredjcache.internal.codec.graph.ClassDescriptors;
import java.lang.reflect.Modifier;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Key classes with a common superclass. Where {@code equals} says {@code instanceof}, a key of one class may equal a key of
 * another, and these are different bytes, since bytes name the class.
 */
final class KeyRelatives {
    private static final int CLASSES_MAX = 16;

    private final ClassDescriptors descriptors;
    /** A key of each class that was tried, by the superclass that its hierarchy begins with. */
    private final Map<Class<?>, List<Relative>> families = new ConcurrentHashMap<>();

    private record Relative(KeyLayout layout, Object key) {}

    KeyRelatives(ClassDescriptors descriptors) {
        this.descriptors = descriptors;
    }

    /**
     * Compares a key with one of each class that it could equal: its superclasses, and those of their subclasses of which
     * there was a key before.
     *
     * @param own a key that nobody else has
     * @throws UnencodableException if it equals one
     */
    void check(KeyLayout layout, Object own) {
        Class<?> root = own.getClass();
        for (Class<?> each = root.getSuperclass();
                each != null && !ClassDescriptors.isJdk(each);
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
        // Added before it is compared: of two classes that are tried at the same time, one sees the other.
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
            return; // There are no keys of that class.
        }
        compare(layout, own, parent, own);
    }

    /**
     * Compares a key with one of another class that has the same in all fields that both classes have.
     *
     * @param example gives the other fields
     */
    private static void compare(KeyLayout layout, Object own, KeyLayout others, Object example) {
        boolean equal;
        try {
            Object other = others.build(others.slots().stream()
                    .map(field -> field.get(field.field().getDeclaringClass().isInstance(own) ? own : example))
                    .toArray());
            equal = own.equals(other) && other.equals(own);
        } catch (RuntimeException | AssertionError | LinkageError e) {
            equal = false;
        }
        if (equal) {
            throw layout.refuse("class " + layout.type().getName() + " and class "
                    + others.type().getName()
                    + " take objects of each other for equal" + KeyRoundTripCheck.CONSEQUENCE
                    + "compare getClass() in equals, or " + CanonicalKeyCodec.CURE);
        }
    }
}
