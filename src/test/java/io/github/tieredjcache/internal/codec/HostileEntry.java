package io.github.tieredjcache.internal.codec;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.CRC32C;

/** Creates entries with a correct checksum and arbitrary content. */
final class HostileEntry {
    static final int HEAD_BYTES = 6;

    private HostileEntry() {}

    /** Returns an entry without its last bytes. */
    static byte[] cut(byte[] key, byte[] entry, int bytes) {
        return withChecksum(key, Arrays.copyOf(entry, entry.length - bytes));
    }

    /** Returns an entry of this version with a payload. */
    static byte[] around(byte[] key, byte[] payload, int from) {
        byte[] entry = new byte[HEAD_BYTES + payload.length - from];
        entry[0] = 1;
        System.arraycopy(payload, from, entry, HEAD_BYTES, payload.length - from);
        return withChecksum(key, entry);
    }

    /** Returns the payload of an entry. */
    static byte[] payload(byte[] entry) {
        return Arrays.copyOfRange(entry, HEAD_BYTES, entry.length);
    }

    /** Recomputes the checksum in place, as an attacker with write access to Redis could. */
    static byte[] withChecksum(byte[] key, byte[] entry) {
        CRC32C crc = new CRC32C();
        crc.update(key);
        crc.update(entry, 1, 1);
        crc.update(entry, HEAD_BYTES, entry.length - HEAD_BYTES);
        ByteBuffer.wrap(entry).putInt(2, (int) crc.getValue());
        return entry;
    }
}
