package io.github.tieredjcache.internal.record;

import java.util.function.Supplier;

/** The beginning of a call whose failure counts as a failure of its end, so that callers handle it in one place. */
final class Attempt {
    private Attempt() {}

    /**
     * Begins a call.
     *
     * @return returns what {@code begin} has returned, or throws what it has thrown
     */
    static <T> Supplier<T> of(Supplier<T> begin) {
        try {
            T begun = begin.get();
            return () -> begun;
        } catch (RuntimeException e) {
            return () -> {
                throw e;
            };
        }
    }
}
