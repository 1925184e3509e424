package io.github.tieredjcache.internal.codec.api;

import io.github.tieredjcache.UndecodableReason;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.ProviderException;
import java.util.List;
import javax.cache.CacheException;
import javax.crypto.Mac;
import javax.crypto.SecretKey;

/**
 * HMAC-SHA256 (RFC 2104) over the length of the Redis key, the Redis key, the format version, the flags and what follows the seal:
 * against others who write to Redis. The first key signs, and all are good.
 *
 * <p>The Redis key has the namespace, the cache, its epoch and the key in it. Shows nothing of its keys.
 */
public final class Signature implements IntegrityTag {
    private static final String ALGORITHM = "HmacSHA256";
    /** The length of the hash: a shorter key is weaker than it, RFC 2104 says. */
    private static final int KEY_BYTES_MIN = 32;

    private static final int LENGTH = 32;
    private static final int KEYS_MAX = 8;

    private final List<SecretKey> keys;

    private Signature(List<SecretKey> keys) {
        this.keys = keys;
    }

    /**
     * A signature by these keys.
     *
     * @throws IllegalArgumentException if there are none or too many, or one is too short or refused; does not show them
     */
    public static Signature by(List<SecretKey> keys) {
        if (keys.isEmpty() || keys.size() > KEYS_MAX) {
            throw new IllegalArgumentException(
                    "codec.hmac-keys must be 1 to " + KEYS_MAX + " keys, were " + keys.size());
        }
        Signature signature = new Signature(List.copyOf(keys));
        signature.keys.forEach(Signature::check);
        return signature;
    }

    private static void check(SecretKey key) {
        // A key that does not leave its device does not tell its length either.
        byte[] bytes = key.getEncoded();
        if (bytes != null && bytes.length < KEY_BYTES_MIN) {
            throw new IllegalArgumentException(
                    "codec.hmac-keys must have at least " + KEY_BYTES_MIN + " bytes each, one has " + bytes.length);
        }
        try {
            mac(key);
        } catch (GeneralSecurityException | ProviderException e) {
            throw new IllegalArgumentException("codec.hmac-keys must be keys for " + ALGORITHM + ", one is not", e);
        }
    }

    private static Mac mac(SecretKey key) throws GeneralSecurityException {
        Mac mac = Mac.getInstance(ALGORITHM);
        mac.init(key);
        return mac;
    }

    @Override
    public int length() {
        return LENGTH;
    }

    @Override
    public UndecodableReason mismatch() {
        return UndecodableReason.SIGNATURE;
    }

    @Override
    public void put(byte[] key, byte[] entry) {
        try {
            byte[] code = code(keys.get(0), key, entry, 0);
            System.arraycopy(code, 0, entry, AT, LENGTH);
        } catch (GeneralSecurityException | ProviderException e) {
            throw new CacheException("cannot sign a value; see codec.hmac-keys", e);
        }
    }

    @Override
    public boolean matches(byte[] key, byte[] cell, int offset) {
        byte[] found = new byte[LENGTH];
        System.arraycopy(cell, offset + AT, found, 0, LENGTH);
        for (SecretKey each : keys) {
            try {
                // In a time that does not tell how much of it is right.
                if (MessageDigest.isEqual(found, code(each, key, cell, offset))) {
                    return true;
                }
            } catch (GeneralSecurityException | ProviderException e) {
                // A key that does not work has signed nothing; the next one may have.
            }
        }
        return false;
    }

    private static byte[] code(SecretKey secret, byte[] key, byte[] cell, int offset) throws GeneralSecurityException {
        int rest = offset + AT + LENGTH;
        Mac mac = mac(secret);
        // With the length, so that no byte of the key can be taken for one of the entry.
        mac.update(ByteBuffer.allocate(Integer.BYTES).putInt(0, key.length).array());
        mac.update(key);
        mac.update(cell, offset, AT);
        mac.update(cell, rest, cell.length - rest);
        return mac.doFinal();
    }
}
