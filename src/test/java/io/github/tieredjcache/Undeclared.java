package io.github.tieredjcache;

/** Throws checked exceptions that no method declares, as code in Kotlin or Groovy does. */
public final class Undeclared {
    private Undeclared() {}

    /** Throws the exception; the return type lets a caller write {@code throw}. */
    @SuppressWarnings("unchecked")
    public static <T extends Throwable> RuntimeException thrown(Throwable exception) throws T {
        throw (T) exception;
    }
}
