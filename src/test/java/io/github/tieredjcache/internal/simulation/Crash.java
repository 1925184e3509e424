package io.github.tieredjcache.internal.simulation;

import java.io.Serial;

/** Ends the operations of a node that has crashed. */
final class Crash extends Error {
    @Serial
    private static final long serialVersionUID = 1L;

    Crash() {
        super("the node has crashed", null, false, false);
    }
}
