package io.github.tieredjcache.internal.codec;

/** A part of a Java section is referred to from outside of it, so that it must be written before the section. */
final class SharedPartException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    SharedPartException() {
        super("a part of a Java section is referred to from outside of it", null, false, false);
    }
}
