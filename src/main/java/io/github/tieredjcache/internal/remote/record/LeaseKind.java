package io.github.tieredjcache.internal.remote.record;

import io.github.tieredjcache.internal.model.Version;
import io.github.tieredjcache.internal.remote.wire.StoredEntryHeader;
import java.nio.ByteBuffer;
import java.time.Duration;

/** What a lease of a Redis key gives the right to; the scripts know them by a letter. */
enum LeaseKind {
    /** To change the entry. */
    WRITE('L', Duration.ofMinutes(10)),
    /** To load what is not there. */
    LOAD('F', Duration.ofMinutes(1));

    private final char letter;
    private final Duration longest;

    LeaseKind(char letter, Duration longest) {
        this.letter = letter;
        this.longest = longest;
    }

    /** Returns for how long it is renewed at most: code that never ends must not hold up other nodes for ever. */
    Duration longest() {
        return longest;
    }

    byte[] guard(Version id) {
        return ByteBuffer.allocate(1 + 2 * Long.BYTES)
                .put((byte) letter)
                .put(StoredEntryHeader.bytes(id))
                .array();
    }
}
