package io.github.tieredjcache.internal.file;

import java.util.List;

/** A class as a file names it: by the name that {@link Class#forName} knows, or as Java writes an array, such as {@code byte[]}. */
public final class ClassNames {
    private static final String ARRAY = "[]";
    private static final List<Class<?>> PRIMITIVES = List.of(
            boolean.class, byte.class, char.class, short.class, int.class, long.class, float.class, double.class);

    private ClassNames() {}

    /**
     * Returns the class, which is not initialised.
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
