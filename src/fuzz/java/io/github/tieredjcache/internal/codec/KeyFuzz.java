package io.github.tieredjcache.internal.codec;

import io.github.tieredjcache.internal.codec.api.CodecRules;
import io.github.tieredjcache.internal.codec.api.KeyCodec;
import io.github.tieredjcache.internal.codec.api.UndecodableException;
import java.util.Arrays;
import java.util.List;

/** The fuzz target for bytes of keys, which a scan of Redis could find under keys of other programs. */
public final class KeyFuzz {
    private static final Codecs CODECS = new Codecs(KeyFuzz.class.getClassLoader());
    private static final KeyCodec<Object> CODEC = CODECS.keys(
            Object.class,
            new CodecRules(Object.class, String.class, List.of(Samples.class.getPackageName() + ".*"), 1_024, 1 << 20),
            null);

    private KeyFuzz() {}

    /** Loads and instruments all classes before the fuzzer measures the time of an input. */
    public static void fuzzerInitialize() {
        Seeds.keys().forEach(KeyFuzz::fuzzerTestOneInput);
    }

    /**
     * Reads the bytes of a key: they are undecodable, or the decoded key has exactly these bytes.
     *
     * @param bytes the bytes of a key
     */
    public static void fuzzerTestOneInput(byte[] bytes) {
        Object key;
        try {
            key = CODEC.decode(bytes);
        } catch (UndecodableException e) {
            return;
        }
        if (!Arrays.equals(CODEC.encode(key), bytes)) {
            throw new AssertionError(key + " has other bytes than those from which it was read");
        }
        if (key.hashCode() != key.hashCode() || !key.equals(key)) {
            throw new AssertionError(key + " does not equal itself or has no stable hash code");
        }
    }
}
