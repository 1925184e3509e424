package io.github.tieredjcache.internal.simulation;

import java.io.Serial;

/** A promise that a simulation has seen broken. */
final class Violation extends AssertionError {
    @Serial
    private static final long serialVersionUID = 1L;

    private final Promise promise;

    Violation(Promise promise, String message) {
        super(promise + ": " + message);
        this.promise = promise;
    }

    Promise promise() {
        return promise;
    }
}
