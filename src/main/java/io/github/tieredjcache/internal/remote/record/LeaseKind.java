package io.github.tieredjcache.internal.remote.record;

import io.github.tieredjcache.internal.model.Version;
import io.github.tieredjcache.internal.remote.wire.StoredEntryHeader;
import java.nio.ByteBuffer;
import java.time.Duration;

/** The kinds of leases of a Redis key; each has a letter in the preconditions of {@code mutate.lua}. */
enum LeaseKind {
    /** Exclusive access to the entry. */
    WRITE('L', Duration.ofMinutes(10)),
    /** The right to load an absent entry. */
    LOAD('F', Duration.ofMinutes(1));

    private final char letter;
    private final Duration renewedMax;

    LeaseKind(char letter, Duration renewedMax) {
        this.letter = letter;
        this.renewedMax = renewedMax;
    }

    /**
     * Returns for how long a lease is renewed at most: code that never returns must not block other nodes without a
     * bound.
     */
    Duration renewedMax() {
        return renewedMax;
    }

    byte[] precondition(Version id) {
        return ByteBuffer.allocate(1 + 2 * Long.BYTES)
                .put((byte) letter)
                .put(StoredEntryHeader.bytes(id))
                .array();
    }
}
