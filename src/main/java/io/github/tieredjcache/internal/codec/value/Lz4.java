package io.github.tieredjcache.internal.codec.value;

import io.github.tieredjcache.UndecodableReason;
import io.github.tieredjcache.internal.codec.api.UndecodableException;
import java.util.Arrays;
import net.jpountz.lz4.LZ4Compressor;
import net.jpountz.lz4.LZ4Exception;
import net.jpountz.lz4.LZ4Factory;
import net.jpountz.lz4.LZ4SafeDecompressor;
import org.jspecify.annotations.Nullable;

/**
 * Compresses and decompresses blocks of LZ4 with the library's plain Java code. The native code of the library would
 * have to be unpacked to a file, and a bug in it could corrupt memory. Plain Java code touches nothing outside the
 * given arrays.
 */
final class Lz4 {
    /** An upper bound of the ratio of decompressed to compressed length, by the format of LZ4. */
    private static final int RATIO_MAX = 255;

    private final LZ4Compressor compressor;
    private final LZ4SafeDecompressor decompressor;

    /** @throws LinkageError if the library is not on the class path */
    Lz4() {
        LZ4Factory factory = LZ4Factory.safeInstance();
        this.compressor = factory.fastCompressor();
        this.decompressor = factory.safeDecompressor();
    }

    /**
     * Compresses the bytes from {@code start} to the end. The result begins with {@code headBytes} bytes that the
     * caller fills in.
     *
     * @return null if compression would save less than an eighth
     */
    byte @Nullable [] compress(byte[] bytes, int start, int headBytes) {
        int length = bytes.length - start;
        int lengthMax = length - length / 8;
        byte[] compressed = new byte[headBytes + lengthMax];
        try {
            int written = compressor.compress(bytes, start, length, compressed, headBytes, lengthMax);
            return Arrays.copyOf(compressed, headBytes + written);
        } catch (LZ4Exception e) {
            // The result is larger than lengthMax; the library has no other way to report that.
            return null;
        }
    }

    /**
     * Decompresses a range.
     *
     * @param size the decompressed length that the entry declares; the caller has checked it against the limit
     */
    byte[] decompress(byte[] bytes, int start, int length, int size) throws UndecodableException {
        if (size < 0 || size > (long) RATIO_MAX * length) {
            throw new UndecodableException(
                    UndecodableReason.DAMAGED,
                    length + " compressed bytes cannot hold the declared " + size + " bytes: LZ4 compresses by at most "
                            + RATIO_MAX + " to 1");
        }
        try {
            byte[] plain = new byte[size];
            int written = decompressor.decompress(bytes, start, length, plain, 0, size);
            if (written == size) {
                return plain;
            }
            throw new UndecodableException(
                    UndecodableReason.DAMAGED,
                    "the payload has " + written + " bytes when decompressed, but declares " + size);
        } catch (LZ4Exception | IndexOutOfBoundsException e) {
            throw new UndecodableException(UndecodableReason.DAMAGED, "the payload cannot be decompressed", e);
        } catch (OutOfMemoryError e) {
            throw new UndecodableException(
                    UndecodableReason.LIMIT, "the heap has no room to decompress the payload to " + size + " bytes", e);
        }
    }
}
