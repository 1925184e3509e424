package io.github.tieredjcache.internal.file;

import java.util.List;

/**
 * Finds the classes of a file: by the name that {@link Class#forName} accepts, or by the Java notation of an array,
 * such as {@code byte[]}.
 */
public final class ClassNames {
    private static final String ARRAY = "[]";
    private static final List<Class<?>> PRIMITIVES = List.of(
            boolean.class, byte.class, char.class, short.class, int.class, long.class, float.class, double.class);

    private ClassNames() {}

    /**
     * Returns the class without initialising it.
     *
     * @throws ClassNotFoundException if the loader finds none
     */
    public static Class<?> find(String name, ClassLoader loader) throws ClassNotFoundException {
        return name.endsWith(ARRAY)
                ? element(name.substring(0, name.length() - ARRAY.length()), loader)
                        .arrayType()
                : Class.forName(name, false, loader);
    }

    private static Class<?> element(String name, ClassLoader loader) throws ClassNotFoundException {
        for (Class<?> primitive : PRIMITIVES) {
            if (primitive.getName().equals(name)) {
                return primitive;
            }
        }
        return find(name, loader);
    }
}
