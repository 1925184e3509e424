package io.github.tieredjcache.internal.codec;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.CRC32C;

/** Cells with a checksum that is right, whatever is in them. */
final class HostileCell {
    static final int HEAD_BYTES = 6;

    private HostileCell() {}

    /** A cell without its last bytes. */
    static byte[] cut(byte[] key, byte[] cell, int bytes) {
        return seal(key, Arrays.copyOf(cell, cell.length - bytes));
    }

    /** A cell of this version around a payload. */
    static byte[] around(byte[] key, byte[] payload, int from) {
        byte[] cell = new byte[HEAD_BYTES + payload.length - from];
        cell[0] = 1;
        System.arraycopy(payload, from, cell, HEAD_BYTES, payload.length - from);
        return seal(key, cell);
    }

    /** The payload of a cell. */
    static byte[] payload(byte[] cell) {
        return Arrays.copyOfRange(cell, HEAD_BYTES, cell.length);
    }

    /** Recomputes the checksum in place, as somebody who may write to Redis could. */
    static byte[] seal(byte[] key, byte[] cell) {
        CRC32C crc = new CRC32C();
        crc.update(key);
        crc.update(cell, 1, 1);
        crc.update(cell, HEAD_BYTES, cell.length - HEAD_BYTES);
        ByteBuffer.wrap(cell).putInt(2, (int) crc.getValue());
        return cell;
    }
}
