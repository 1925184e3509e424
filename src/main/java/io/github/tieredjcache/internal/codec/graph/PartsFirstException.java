package io.github.tieredjcache.internal.codec.graph;

/**
 * Requires that the graph is written again with the parts of Java sections before the sections, since a part is
 * referred to from outside of its section, or is not serializable.
 */
public final class PartsFirstException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    PartsFirstException() {
        super("the graph must be written again, with the parts of Java sections first", null, false, false);
    }
}
