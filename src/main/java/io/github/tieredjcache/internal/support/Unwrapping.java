package io.github.tieredjcache.internal.support;

/** Implements {@code unwrap} of JCache: returns the object as one of its types, or throws. */
public final class Unwrapping {
    private Unwrapping() {}

    /**
     * Returns the object as the type.
     *
     * @throws IllegalArgumentException if the object is not of that type
     */
    public static <T> T unwrap(Object object, Class<T> type) {
        if (type.isInstance(object)) {
            return type.cast(object);
        }
        throw new IllegalArgumentException("cannot unwrap " + object.getClass().getName() + " to " + type.getName()
                + "; it must be a type that the object has, or one that its documentation names");
    }
}
