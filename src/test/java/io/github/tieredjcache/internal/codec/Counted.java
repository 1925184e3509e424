package io.github.tieredjcache.internal.codec;

import java.io.Serializable;

/** Counts the calls of its hashCode and equals. */
final class Counted implements Serializable {
    private static final long serialVersionUID = 1L;

    static long calls;

    private final int number;
    private final int hash;

    Counted(int number, int hash) {
        this.number = number;
        this.hash = hash;
    }

    @Override
    public boolean equals(Object other) {
        calls++;
        return other instanceof Counted that && number == that.number;
    }

    @Override
    public int hashCode() {
        calls++;
        return hash;
    }
}
