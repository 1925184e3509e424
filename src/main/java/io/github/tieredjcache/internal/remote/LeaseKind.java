package io.github.tieredjcache.internal.remote;

import io.github.tieredjcache.internal.entry.Version;
import java.nio.ByteBuffer;

/** What a lease of a Redis key gives the right to; the scripts know them by a letter. */
enum LeaseKind {
    /** To change the entry. */
    WRITE('L'),
    /** To load what is not there. */
    LOAD('F');

    private final char letter;

    LeaseKind(char letter) {
        this.letter = letter;
    }

    byte[] guard(Version id) {
        return ByteBuffer.allocate(1 + 2 * Long.BYTES)
                .put((byte) letter)
                .put(Cell.bytes(id))
                .array();
    }
}
