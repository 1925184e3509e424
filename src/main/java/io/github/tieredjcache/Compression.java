package io.github.tieredjcache;

/**
 * The compression of large values in Redis, chosen by the setting {@code codec.compression}.
 *
 * <p>A node reads compressed values whatever its own setting is, if the compression library is on its class path.
 */
public enum Compression {
    /** Values are not compressed. The default. */
    NONE,
    /**
     * Values are compressed by LZ4, which is fast and roughly halves text. Needs the library {@code
     * at.yawk.lz4:lz4-java} on the class path.
     */
    LZ4
}
