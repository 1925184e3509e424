package io.github.tieredjcache.jcache;

/** What {@code unwrap} means throughout JCache: the object itself as one of its types, or an error. */
final class Unwrapping {
    private Unwrapping() {}

    static <T> T unwrap(Object object, Class<T> type) {
        if (type.isInstance(object)) {
            return type.cast(object);
        }
        throw new IllegalArgumentException("cannot unwrap " + object.getClass().getName() + " to " + type.getName());
    }
}
