package io.github.tieredjcache.internal.codec.graph;

import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import org.jspecify.annotations.Nullable;

/**
 * Finds singleton classes, as Kotlin's {@code object} declares them: with a constant {@code INSTANCE}, without instance
 * fields, and with private constructors only. Users compare a singleton by identity, so reading returns the object of
 * the constant.
 */
final class Singletons {
    private static final String CONSTANT = "INSTANCE";

    private Singletons() {}

    /** Returns the constant that holds the singleton; null if the class is no singleton class. */
    static @Nullable Field find(Class<?> type) {
        Field constant = constant(type);
        if (constant == null || !hasPrivateConstructorsOnly(type) || hasFields(type)) {
            return null;
        }
        constant.setAccessible(true);
        return constant;
    }

    static Object get(Field constant) {
        try {
            return constant.get(null);
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(e);
        }
    }

    private static @Nullable Field constant(Class<?> type) {
        try {
            Field field = type.getDeclaredField(CONSTANT);
            int modifiers = field.getModifiers();
            return field.getType() == type && Modifier.isStatic(modifiers) && Modifier.isFinal(modifiers)
                    ? field
                    : null;
        } catch (NoSuchFieldException e) {
            return null;
        }
    }

    private static boolean hasPrivateConstructorsOnly(Class<?> type) {
        for (Constructor<?> constructor : type.getDeclaredConstructors()) {
            if (!Modifier.isPrivate(constructor.getModifiers())) {
                return false;
            }
        }
        return true;
    }

    private static boolean hasFields(Class<?> type) {
        for (Class<?> each = type; each != null; each = each.getSuperclass()) {
            if (ClassTraits.hasInstanceFields(each)) {
                return true;
            }
        }
        return false;
    }
}
