package io.github.tieredjcache.internal.codec.value;

import io.github.tieredjcache.UndecodableReason;
import io.github.tieredjcache.internal.codec.api.IntegrityTag;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/** CRC-32C over the Redis key, the flags and what follows the seal: against accidents. */
final class Checksum implements IntegrityTag {
    @Override
    public int length() {
        return Integer.BYTES;
    }

    @Override
    public UndecodableReason mismatch() {
        return UndecodableReason.CHECKSUM;
    }

    @Override
    public void put(byte[] key, byte[] entry) {
        ByteBuffer.wrap(entry).putInt(AT, checksum(key, entry, 0));
    }

    @Override
    public boolean matches(byte[] key, byte[] cell, int offset) {
        return ByteBuffer.wrap(cell).getInt(offset + AT) == checksum(key, cell, offset);
    }

    private static int checksum(byte[] key, byte[] cell, int offset) {
        int rest = offset + AT + Integer.BYTES;
        CRC32C crc = new CRC32C();
        crc.update(key, 0, key.length);
        crc.update(cell, offset + 1, 1);
        crc.update(cell, rest, cell.length - rest);
        return (int) crc.getValue();
    }
}
