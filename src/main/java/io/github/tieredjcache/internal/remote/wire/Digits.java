package io.github.tieredjcache.internal.remote.wire;

import static java.nio.charset.StandardCharsets.US_ASCII;

/** Numbers as Redis and the scripts hold them: in ASCII digits. */
public final class Digits {
    private Digits() {}

    /** Returns a number in ASCII digits. */
    public static byte[] of(long number) {
        return Long.toString(number).getBytes(US_ASCII);
    }
}
