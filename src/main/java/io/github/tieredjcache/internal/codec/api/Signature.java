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
 * HMAC-SHA256 (RFC 2104) over the length of the Redis key, the Redis key, the format version, the flags and the bytes
 * after the tag. It detects entries that another writer put into Redis. The first HMAC key signs, and a signature by
 * any of the keys is accepted.
 *
 * <p>The Redis key contains the namespace, the cache, its epoch and the cache key. The HMAC keys are never shown.
 */
public final class Signature implements IntegrityTag {
    private static final String ALGORITHM = "HmacSHA256";
    /** The length of the hash; RFC 2104 discourages shorter keys, since they weaken it. */
    private static final int KEY_BYTES_MIN = 32;

    private static final int LENGTH = 32;
    private static final int KEYS_MAX = 8;

    private final List<SecretKey> keys;

    private Signature(List<SecretKey> keys) {
        this.keys = keys;
    }

    /**
     * Returns a signature by these keys.
     *
     * @throws IllegalArgumentException if there are none or too many, or if one is too short or refused; the message
     *     does not show the keys
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
        // A key that never leaves a hardware device has no encoded form, so its length is unknown.
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
    public void write(byte[] key, byte[] entry) {
        try {
            byte[] code = code(keys.get(0), key, entry, 0);
            System.arraycopy(code, 0, entry, OFFSET, LENGTH);
        } catch (GeneralSecurityException | ProviderException e) {
            throw new CacheException("cannot sign a value; see codec.hmac-keys", e);
        }
    }

    @Override
    public boolean matches(byte[] key, byte[] storedEntry, int offset) {
        byte[] found = new byte[LENGTH];
        System.arraycopy(storedEntry, offset + OFFSET, found, 0, LENGTH);
        for (SecretKey each : keys) {
            try {
                // Compares in constant time, so that the time does not reveal how many bytes match.
                if (MessageDigest.isEqual(found, code(each, key, storedEntry, offset))) {
                    return true;
                }
            } catch (GeneralSecurityException | ProviderException e) {
                // An unusable key has signed no entry; another key may have signed this one.
            }
        }
        return false;
    }

    private static byte[] code(SecretKey secret, byte[] key, byte[] storedEntry, int offset)
            throws GeneralSecurityException {
        int rest = offset + OFFSET + LENGTH;
        Mac mac = mac(secret);
        // The length separates the Redis key from the entry, so that bytes cannot move from one to the other.
        mac.update(ByteBuffer.allocate(Integer.BYTES).putInt(0, key.length).array());
        mac.update(key);
        mac.update(storedEntry, offset, OFFSET);
        mac.update(storedEntry, rest, storedEntry.length - rest);
        return mac.doFinal();
    }
}
