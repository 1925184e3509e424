package io.github.tieredjcache.internal.codec.key;

import io.github.tieredjcache.TieredKeyEncoder;
import io.github.tieredjcache.UndecodableReason;
import io.github.tieredjcache.internal.codec.api.KeyCodec;
import io.github.tieredjcache.internal.codec.api.MalformedException;
import io.github.tieredjcache.internal.codec.api.UndecodableException;
import io.github.tieredjcache.internal.codec.api.UserFailure;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import javax.cache.CacheException;
import org.jspecify.annotations.Nullable;

/**
 * Encodes keys as the texts that the user's encoder returns, each in the canonical form of a string.
 *
 * @param <K> the declared type of the keys
 */
public final class EncodedKeyCodec<K> implements KeyCodec<K> {
    private final TieredKeyEncoder<K> encoder;
    private final Class<K> declaredType;
    private final int bytesMax;
    /** The classes of which one key has passed the check. */
    private final Set<Class<?>> checked = ConcurrentHashMap.newKeySet();

    public EncodedKeyCodec(TieredKeyEncoder<K> encoder, Class<K> declaredType, int bytesMax) {
        this.encoder = encoder;
        this.declaredType = declaredType;
        this.bytesMax = bytesMax;
    }

    @Override
    public byte[] encode(K key) {
        String text = text(key);
        byte[] bytes = ReadableKeys.string(text);
        CanonicalKeyCodec.checkLength(key, bytes, bytesMax);
        if (!checked.contains(key.getClass())) {
            check(key, text);
            checked.add(key.getClass());
        }
        return bytes;
    }

    private String text(K key) {
        @Nullable String text;
        try {
            text = encoder.encode(key);
        } catch (Exception | Error e) {
            UserFailure.rethrowIfFatal(e);
            throw new CacheException(
                    refusal(key) + "encode threw " + e.getClass().getName(), e);
        }
        if (text == null) {
            throw new CacheException(refusal(key) + "encode returned null");
        }
        return text;
    }

    private void check(K key, String text) {
        @Nullable K decoded;
        try {
            decoded = encoder.decode(text);
        } catch (Exception | Error e) {
            UserFailure.rethrowIfFatal(e);
            throw new CacheException(
                    refusal(key) + "decode of the encoded text threw "
                            + e.getClass().getName(),
                    e);
        }
        if (!key.equals(decoded) || !decoded.equals(key) || decoded.hashCode() != key.hashCode()) {
            throw new CacheException(refusal(key)
                    + "decode of the encoded text must return an equal key with the same hash code, and does not");
        }
        if (!text(decoded).equals(text)) {
            throw new CacheException(refusal(key) + "encode returned different texts for equal keys");
        }
    }

    @Override
    public K decode(byte[] bytes) throws UndecodableException {
        if (bytes.length > bytesMax) {
            throw new UndecodableException(UndecodableReason.LIMIT, "a key of " + bytes.length + " bytes");
        }
        @Nullable K key;
        boolean canonical;
        try {
            key = encoder.decode(ReadableKeys.string(bytes));
            canonical = declaredType.isInstance(key) && Arrays.equals(ReadableKeys.string(encoder.encode(key)), bytes);
        } catch (MalformedException e) {
            throw new UndecodableException(e.reason(), e.text());
        } catch (Exception | Error e) {
            throw UserFailure.undecodable(e, "the cache's TieredKeyEncoder");
        }
        if (!canonical) {
            throw new UndecodableException(
                    UndecodableReason.FORMAT, "the cache's TieredKeyEncoder does not encode any key as this text");
        }
        return declaredType.cast(key);
    }

    private String refusal(K key) {
        return CanonicalKeyCodec.refusal(key) + "the cache's TieredKeyEncoder "
                + encoder.getClass().getName() + " failed: ";
    }
}
