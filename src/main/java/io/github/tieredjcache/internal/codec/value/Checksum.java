package io.github.tieredjcache.internal.codec.value;

import io.github.tieredjcache.UndecodableReason;
import io.github.tieredjcache.internal.codec.api.IntegrityTag;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/** CRC-32C over the Redis key, the flags and the bytes after the tag. It detects accidental damage, not forgery. */
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
    public void write(byte[] key, byte[] entry) {
        ByteBuffer.wrap(entry).putInt(OFFSET, checksum(key, entry, 0));
    }

    @Override
    public boolean matches(byte[] key, byte[] storedEntry, int offset) {
        return ByteBuffer.wrap(storedEntry).getInt(offset + OFFSET) == checksum(key, storedEntry, offset);
    }

    private static int checksum(byte[] key, byte[] storedEntry, int offset) {
        int rest = offset + OFFSET + Integer.BYTES;
        CRC32C crc = new CRC32C();
        crc.update(key, 0, key.length);
        crc.update(storedEntry, offset + 1, 1);
        crc.update(storedEntry, rest, storedEntry.length - rest);
        return (int) crc.getValue();
    }
}
