package io.github.tieredjcache.internal.codec;

import java.util.Arrays;
import java.util.List;

/** What a fuzzer calls with the bytes of keys, as a scan of somebody else's keys could meet them. */
public final class KeyFuzz {
    private static final Codecs CODECS = new Codecs(KeyFuzz.class.getClassLoader());
    private static final KeyCodec<Object> CODEC = CODECS.keys(
            Object.class,
            new CodecRules(Object.class, String.class, List.of(Samples.class.getPackageName() + ".*"), 1_024, 1 << 20),
            null);

    private KeyFuzz() {}

    /** Has all classes loaded and instrumented before the fuzzer measures how long an input takes. */
    public static void fuzzerInitialize() {
        Seeds.keys().forEach(KeyFuzz::fuzzerTestOneInput);
    }

    /**
     * Reads the bytes of a key: they are a key that has just these bytes, or undecodable.
     *
     * @param bytes of the key
     */
    public static void fuzzerTestOneInput(byte[] bytes) {
        Object key;
        try {
            key = CODEC.decode(bytes);
        } catch (UndecodableException e) {
            return;
        }
        if (!Arrays.equals(CODEC.encode(key), bytes)) {
            throw new AssertionError(key + " has other bytes than those it was read from");
        }
        if (key.hashCode() != key.hashCode() || !key.equals(key)) {
            throw new AssertionError(key + " is no key");
        }
    }
}
