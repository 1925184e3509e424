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
 * Blocks of LZ4, by the library's code in plain Java: its native code would have to be unpacked to a file, and a mistake in it would
 * be one in memory. Touches nothing outside the arrays that it is given.
 */
final class Lz4 {
    /** No block of LZ4 holds more than this many times its length. */
    private static final int RATIO_MAX = 255;

    private final LZ4Compressor compressor;
    private final LZ4SafeDecompressor decompressor;

    /** @throws LinkageError if the library is not there */
    Lz4() {
        LZ4Factory factory = LZ4Factory.safeInstance();
        this.compressor = factory.fastCompressor();
        this.decompressor = factory.safeDecompressor();
    }

    /**
     * Compresses all from {@code start} on, after {@code headBytes} bytes that the caller fills in; null if that would save less
     * than an eighth.
     */
    byte @Nullable [] compress(byte[] bytes, int start, int headBytes) {
        int length = bytes.length - start;
        int lengthMax = length - length / 8;
        byte[] compressed = new byte[headBytes + lengthMax];
        try {
            int written = compressor.compress(bytes, start, length, compressed, headBytes, lengthMax);
            return Arrays.copyOf(compressed, headBytes + written);
        } catch (LZ4Exception e) {
            // It does not fit; there is no other way to ask.
            return null;
        }
    }

    /** Decompresses a range that says that it holds {@code size} bytes, which the caller has found to be allowed. */
    byte[] decompress(byte[] bytes, int start, int length, int size) throws UndecodableException {
        if (size < 0 || size > (long) RATIO_MAX * length) {
            throw new UndecodableException(
                    UndecodableReason.DAMAGED, length + " compressed bytes cannot be " + size + " bytes");
        }
        try {
            byte[] plain = new byte[size];
            int written = decompressor.decompress(bytes, start, length, plain, 0, size);
            if (written == size) {
                return plain;
            }
            throw new UndecodableException(
                    UndecodableReason.DAMAGED, written + " bytes were compressed, not " + size + " as they say");
        } catch (LZ4Exception | IndexOutOfBoundsException e) {
            throw new UndecodableException(UndecodableReason.DAMAGED, "it cannot be decompressed", e);
        } catch (OutOfMemoryError e) {
            throw new UndecodableException(UndecodableReason.LIMIT, "there is no memory to decompress it", e);
        }
    }
}
