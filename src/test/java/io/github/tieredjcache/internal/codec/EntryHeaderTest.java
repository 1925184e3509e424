package io.github.tieredjcache.internal.codec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.tieredjcache.UndecodableReason;
import io.github.tieredjcache.internal.codec.api.CodecRules;
import io.github.tieredjcache.internal.codec.api.Signature;
import io.github.tieredjcache.internal.codec.api.UndecodableException;
import io.github.tieredjcache.internal.codec.api.ValueCodec;
import io.github.tieredjcache.internal.codec.api.ValueOptions;
import java.util.Arrays;
import java.util.List;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An entry that ends within its header, or was not written as this cache writes, is a miss whose message says why. */
class EntryHeaderTest {
    private static final byte[] KEY = {'k'};
    /** The bytes that Redis scripts put before the entry of a value. */
    private static final int OFFSET = 53;

    private static final String NAME = "text";

    private final Codecs codecs = new Codecs(getClass().getClassLoader());
    private final ValueCodec<StringBuilder> plain = codec(new ValueOptions<>(null, 0, null));
    private final ValueCodec<StringBuilder> signed = codec(new ValueOptions<>(null, 0, signature(1)));
    private final ValueCodec<StringBuilder> named = codec(new ValueOptions<>(new TextCodec(NAME), 0, null));

    private ValueCodec<StringBuilder> codec(ValueOptions<StringBuilder> options) {
        CodecRules rules = new CodecRules(String.class, StringBuilder.class, List.of(), 100, 1_000);
        return codecs.values(StringBuilder.class, rules, options);
    }

    private static Signature signature(int seed) {
        byte[] secret = new byte[32];
        Arrays.fill(secret, (byte) seed);
        return Signature.by(List.of(new SecretKeySpec(secret, "HmacSHA256")));
    }

    private static byte[] encoded(ValueCodec<StringBuilder> codec) {
        return codec.encode(KEY, new StringBuilder("value"));
    }

    private static UndecodableException miss(ValueCodec<StringBuilder> codec, byte[] entry, int offset) {
        return assertThrows(UndecodableException.class, () -> codec.decode(KEY, entry, offset));
    }

    private static byte[] at(int offset, byte[] entry, int length) {
        byte[] stored = new byte[offset + length];
        System.arraycopy(entry, 0, stored, offset, length);
        return stored;
    }

    @ParameterizedTest
    @ValueSource(ints = {0, OFFSET})
    void anEntryThatEndsWithinItsTagIsAMissOfReasonFormat(int offset) {
        for (int length = 0; length < 2 + Integer.BYTES; length++) {
            UndecodableException miss = miss(plain, at(offset, encoded(plain), length), offset);
            assertEquals(UndecodableReason.FORMAT, miss.reason(), length + " bytes");
        }
        for (int length = 0; length < 2 + 32; length++) {
            UndecodableException miss = miss(signed, at(offset, encoded(signed), length), offset);
            assertEquals(UndecodableReason.FORMAT, miss.reason(), length + " bytes");
        }
    }

    @Test
    void anEntryThatEndsWithinTheNameOfItsCodecIsDamaged() throws Exception {
        int nameBytes = 1 + NAME.length();
        for (int length = 0; length < nameBytes; length++) {
            byte[] cut = Arrays.copyOf(encoded(named), HostileEntry.HEAD_BYTES + length);
            UndecodableException miss = miss(named, HostileEntry.withChecksum(KEY, cut), 0);
            assertEquals(UndecodableReason.DAMAGED, miss.reason(), length + " bytes");
            assertEquals("the entry ends within the name of its codec", miss.getMessage());
        }
        byte[] empty = Arrays.copyOf(encoded(named), HostileEntry.HEAD_BYTES + nameBytes);
        assertEquals(
                0, named.decode(KEY, HostileEntry.withChecksum(KEY, empty), 0).length());
    }

    @Test
    void anEntryWithAnEmptyCodecNameIsOfTheLibrarysOwnCodec() {
        byte[] entry = Arrays.copyOf(encoded(named), HostileEntry.HEAD_BYTES + 1);
        entry[HostileEntry.HEAD_BYTES] = 0;
        UndecodableException miss = miss(named, HostileEntry.withChecksum(KEY, entry), 0);
        assertEquals(UndecodableReason.OTHER_CODEC, miss.reason());
    }

    @Test
    void theMessageTellsWhichSideHasNoKeys() {
        assertEquals(
                "the entry is signed, and this cache has no codec.hmac-keys",
                miss(plain, encoded(signed), 0).getMessage());
        assertEquals(
                "the entry is not signed, and this cache has codec.hmac-keys",
                miss(signed, encoded(plain), 0).getMessage());
    }

    @Test
    void theMessageOfADamagedEntryNamesTheCheckThatFailed() {
        byte[] damaged = encoded(plain);
        damaged[damaged.length - 1]++;
        assertEquals(
                "checksum mismatch: the entry was damaged or copied under another key",
                miss(plain, damaged, 0).getMessage());
        ValueCodec<StringBuilder> other = codec(new ValueOptions<>(null, 0, signature(2)));
        assertEquals(
                "signature mismatch: the entry was damaged, copied under another Redis key, or signed with another"
                        + " HMAC key",
                miss(signed, encoded(other), 0).getMessage());
    }
}
