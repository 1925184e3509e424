package io.github.tieredjcache.internal.codec.value;

import org.jspecify.annotations.Nullable;

/** LZ4, if its library is on the class path; the library is loaded at the first use. */
public final class OptionalLz4 {
    private volatile @Nullable Lz4 found;

    /** Returns null if the library is not on the class path. */
    @Nullable
    Lz4 find() {
        Lz4 lz4 = found;
        if (lz4 == null) {
            try {
                lz4 = new Lz4();
                found = lz4;
            } catch (LinkageError e) {
                return null;
            }
        }
        return lz4;
    }

    /** @throws IllegalArgumentException if the library is not on the class path; the message names it */
    Lz4 require() {
        Lz4 lz4 = find();
        if (lz4 == null) {
            throw new IllegalArgumentException(
                    "codec.compression must be none if the library at.yawk.lz4:lz4-java is not on the class path,"
                            + " was lz4");
        }
        return lz4;
    }
}
