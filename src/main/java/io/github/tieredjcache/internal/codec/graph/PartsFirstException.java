package io.github.tieredjcache.internal.codec.graph;

/**
 * The parts of Java sections must be written before them: one is referred to from outside of its section, or is not serializable.
 */
public final class PartsFirstException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    PartsFirstException() {
        super("the parts of Java sections must be written before them", null, false, false);
    }
}
