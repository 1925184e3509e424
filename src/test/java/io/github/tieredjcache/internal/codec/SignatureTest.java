package io.github.tieredjcache.internal.codec;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.JsonCodec;
import io.github.tieredjcache.UndecodableReason;
import io.github.tieredjcache.internal.codec.api.CodecRules;
import io.github.tieredjcache.internal.codec.api.Signature;
import io.github.tieredjcache.internal.codec.api.UndecodableException;
import io.github.tieredjcache.internal.codec.api.ValueCodec;
import io.github.tieredjcache.internal.codec.api.ValueOptions;
import java.io.Serial;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import javax.cache.CacheException;
import javax.crypto.Mac;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;

/**
 * Only entries are read that were signed with an HMAC key, and only under the Redis key for which they were written.
 */
class SignatureTest {
    private static final byte[] KEY = "tiered-jcache:cache:1:key".getBytes(UTF_8);
    private static final SecretKey OLD = key(1, 32);
    private static final SecretKey NEW = key(2, 64);
    private static final int TAG_AT = 2;
    private static final int LENGTH = 32;

    private final Codecs codecs = new Codecs(getClass().getClassLoader());
    private final ValueCodec<String> signing = signing(OLD);

    private static SecretKey key(int seed, int length) {
        byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return new SecretKeySpec(bytes, "HmacSHA256");
    }

    private ValueCodec<String> signing(SecretKey... keys) {
        return codec(new ValueOptions<>(null, 4_096, Signature.by(List.of(keys))));
    }

    private ValueCodec<String> codec(ValueOptions<String> options) {
        return codecs.values(
                String.class, new CodecRules(String.class, String.class, List.of(), 100, 1 << 20), options);
    }

    private static UndecodableReason reason(ValueCodec<String> codec, byte[] key, byte[] entry) {
        return assertThrows(UndecodableException.class, () -> codec.decode(key, entry, 0))
                .reason();
    }

    @Test
    void aSignedEntryIsReadWithTheKey() throws Exception {
        byte[] entry = signing.encode(KEY, "value");
        assertEquals("value", signing.decode(KEY, entry, 0));
        assertEquals("value", signing(NEW, OLD).decode(KEY, entry, 0));
        assertEquals(UndecodableReason.SIGNATURE, reason(signing(NEW), KEY, entry));
    }

    @Test
    void theFirstKeySignsAndAllKeysVerifySoKeysCanBeRotated() throws Exception {
        // 1. All nodes know the new key. 2. All nodes sign with it. 3. The old key is removed.
        List<ValueCodec<String>> steps = List.of(signing(OLD), signing(OLD, NEW), signing(NEW, OLD), signing(NEW));
        for (int i = 0; i + 1 < steps.size(); i++) {
            ValueCodec<String> before = steps.get(i);
            ValueCodec<String> after = steps.get(i + 1);
            assertEquals("value", after.decode(KEY, before.encode(KEY, "value"), 0));
            assertEquals("value", before.decode(KEY, after.encode(KEY, "value"), 0));
        }
        assertEquals(
                UndecodableReason.SIGNATURE,
                reason(steps.get(0), KEY, steps.get(2).encode(KEY, "value")));
    }

    @Test
    void theSignatureCoversTheDocumentedBytes() throws Exception {
        byte[] entry = signing.encode(KEY, "value");
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(OLD);
        mac.update(ByteBuffer.allocate(4).putInt(KEY.length).array());
        mac.update(KEY);
        mac.update(entry, 0, TAG_AT);
        mac.update(entry, TAG_AT + LENGTH, entry.length - TAG_AT - LENGTH);
        assertEquals(HexFormat.of().formatHex(mac.doFinal()), HexFormat.of().formatHex(entry, TAG_AT, TAG_AT + LENGTH));
    }

    @Test
    void anEntryThatWasMovedToAnotherKeyCacheOrEpochIsAMiss() {
        byte[] entry = signing.encode(KEY, "value");
        for (String other : List.of(
                "tiered-jcache:cache:1:key2",
                "tiered-jcache:cache:1:ke",
                "tiered-jcache:cache:2:key",
                "tiered-jcache:other:1:key",
                "")) {
            assertEquals(UndecodableReason.SIGNATURE, reason(signing, other.getBytes(UTF_8), entry));
        }
    }

    @Test
    void noMutationIsAccepted() {
        byte[] small = signing.encode(KEY, "value");
        byte[] compressed = signing.encode(KEY, "value ".repeat(2_000));
        assertTrue(compressed.length < 1_000, "it is compressed");
        Random random = new Random(6);
        for (int i = 0; i < 5_000; i++) {
            byte[] mutated = (i % 2 == 0 ? small : compressed).clone();
            mutated[random.nextInt(mutated.length)] ^= (byte) (1 << random.nextInt(8));
            assertThrows(UndecodableException.class, () -> signing.decode(KEY, mutated, 0));
        }
        for (int length = 0; length < small.length; length++) {
            byte[] cut = Arrays.copyOf(small, length);
            assertThrows(UndecodableException.class, () -> signing.decode(KEY, cut, 0));
        }
        assertEquals(UndecodableReason.SIGNATURE, reason(signing, KEY, Arrays.copyOf(small, small.length + 1)));
    }

    @Test
    void anUnsignedEntryIsAMissWithKeysAndASignedEntryIsAMissWithoutKeys() {
        ValueCodec<String> plain = codec(ValueOptions.none());
        assertEquals(UndecodableReason.SIGNATURE, reason(signing, KEY, plain.encode(KEY, "value")));
        assertEquals(UndecodableReason.SIGNATURE, reason(plain, KEY, signing.encode(KEY, "value")));
        // An attacker removes the flag and computes a correct checksum.
        byte[] stripped = signing.encode(KEY, "value");
        stripped[1] = 0;
        assertEquals(UndecodableReason.SIGNATURE, reason(signing, KEY, HostileEntry.withChecksum(KEY, stripped)));
    }

    @Test
    void unsignedEntriesAreNotPassedToTheUsersCodec() throws Exception {
        ValueCodec<String> json = codec(new ValueOptions<>(new JsonCodec<>(), 0, Signature.by(List.of(OLD))));
        ValueCodec<String> unsigned = codec(new ValueOptions<>(new JsonCodec<>(), 0, null));
        assertEquals("value", json.decode(KEY, json.encode(KEY, "value"), 0));
        assertEquals(UndecodableReason.SIGNATURE, reason(json, KEY, unsigned.encode(KEY, "value")));
        // The entry is signed, but was written by another codec.
        assertEquals(UndecodableReason.OTHER_CODEC, reason(json, KEY, signing.encode(KEY, "value")));
    }

    @Test
    void invalidKeysAreRefusedAndNotShown() {
        List<SecretKey> many = new ArrayList<>();
        for (int i = 0; i < 9; i++) {
            many.add(key(i, 32));
        }
        assertRefused(List.of(), "must be 1 to 8 keys, were 0");
        assertRefused(many, "must be 1 to 8 keys, were 9");
        assertRefused(List.of(OLD, key(3, 31)), "must have at least 32 bytes each, one has 31");
        assertRefused(List.of(new ClosedKey()), "must be keys for HmacSHA256, one is not");
    }

    private static void assertRefused(List<SecretKey> keys, String rule) {
        var refused = assertThrows(IllegalArgumentException.class, () -> Signature.by(keys));
        assertEquals("codec.hmac-keys " + rule, refused.getMessage());
    }

    @Test
    void aKeyThatFailsLaterRefusesPutsAndVerifiesNoEntry() {
        FailingKey failing = new FailingKey();
        ValueCodec<String> codec = signing(failing);
        byte[] entry = codec.encode(KEY, "value");
        failing.failed = true;
        CacheException refused = assertThrows(CacheException.class, () -> codec.encode(KEY, "value"));
        assertTrue(refused.getMessage().contains("codec.hmac-keys"), refused.getMessage());
        assertEquals(UndecodableReason.SIGNATURE, reason(codec, KEY, entry));
    }

    /** A key that no software provider can use. */
    private static class ClosedKey implements SecretKey {
        @Serial
        private static final long serialVersionUID = 1L;

        @Override
        public String getAlgorithm() {
            return "HmacSHA256";
        }

        @Override
        public String getFormat() {
            return null;
        }

        @Override
        public byte[] getEncoded() {
            return null;
        }
    }

    /** A key whose device is unplugged. */
    private static final class FailingKey extends ClosedKey {
        @Serial
        private static final long serialVersionUID = 1L;

        private boolean failed;

        @Override
        public String getFormat() {
            return "RAW";
        }

        @Override
        public byte[] getEncoded() {
            return failed ? null : OLD.getEncoded();
        }
    }
}
