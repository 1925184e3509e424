package io.github.tieredjcache.internal.codec.key;

import com.esotericsoftware.kryo.io.Input;
import com.esotericsoftware.kryo.io.Output;
import io.github.tieredjcache.UndecodableReason;
import io.github.tieredjcache.internal.codec.api.KeyCodec;
import io.github.tieredjcache.internal.codec.api.MalformedException;
import io.github.tieredjcache.internal.codec.api.UndecodableException;
import io.github.tieredjcache.internal.codec.api.UnencodableException;
import io.github.tieredjcache.internal.codec.api.UserFailure;
import io.github.tieredjcache.internal.codec.graph.AllowList;
import io.github.tieredjcache.internal.codec.graph.ClassDescriptors;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import javax.cache.CacheException;

/**
 * Encodes keys in their canonical form: the text of {@link ReadableKeys} if the key has one, else {@code ~K} and the
 * bytes of {@link CompositeKeys}.
 *
 * @param <K> the declared type of the keys
 */
public final class CanonicalKeyCodec<K> implements KeyCodec<K> {
    /** The cure in messages about a class that cannot be a key. */
    static final String CURE = "use a record, or give the cache a TieredKeyEncoder";

    private static final byte COMPOSITE = 'K';
    private static final int FIRST_BYTES = 64;

    private final Class<K> declaredType;
    private final int bytesMax;
    private final ReadableKeys readableKeys;
    private final CompositeKeys compositeKeys;
    /** The classes of composite keys of which one key has been decoded to the declared type. */
    private final Set<Class<?>> checked = ConcurrentHashMap.newKeySet();

    public CanonicalKeyCodec(Class<K> declaredType, AllowList allowed, ClassDescriptors descriptors, int bytesMax) {
        this.declaredType = declaredType;
        this.bytesMax = bytesMax;
        this.readableKeys = new ReadableKeys(allowed);
        this.compositeKeys = new CompositeKeys(readableKeys, allowed, descriptors);
    }

    @Override
    public byte[] encode(K key) {
        byte[] bytes;
        try {
            bytes = bytes(key);
            if (bytes.length <= bytesMax && isComposite(bytes)) {
                checkOnce(key, bytes);
            }
        } catch (UnencodableException e) {
            throw new CacheException(refusal(key) + e.describe("key"), e.getCause());
        } catch (Exception | Error e) {
            UserFailure.rethrowIfFatal(e);
            throw new CacheException(refusal(key) + e.getClass().getName(), e);
        }
        checkLength(key, bytes, bytesMax);
        return bytes;
    }

    private byte[] bytes(Object key) {
        byte[] text = readableKeys.encode(key);
        if (text != null) {
            return text;
        }
        Output output = new Output(FIRST_BYTES, -1);
        output.writeByte(ReadableKeys.MARK);
        output.writeByte(COMPOSITE);
        compositeKeys.write(output, key, 0);
        return output.toBytes();
    }

    /** Refuses a key that does not decode to the declared type, since every iteration would skip it. */
    private void checkOnce(K key, byte[] bytes) {
        if (checked.contains(key.getClass())) {
            return;
        }
        try {
            decode(bytes);
        } catch (UndecodableException e) {
            throw new UnencodableException(
                    "its bytes cannot be decoded (" + e.getMessage()
                            + "); declare the cache's keys as List, Set or Map if they are such, or " + CURE,
                    e);
        }
        checked.add(key.getClass());
    }

    @Override
    public K decode(byte[] bytes) throws UndecodableException {
        if (bytes.length > bytesMax) {
            throw new UndecodableException(UndecodableReason.LIMIT, "a key of " + bytes.length + " bytes");
        }
        Object key;
        boolean canonical;
        try {
            key = isComposite(bytes)
                    ? compositeKeys.read(new Input(bytes, 2, bytes.length - 2), declaredType, 0)
                    : readableKeys.decode(bytes, declaredType);
            canonical = key != null && Arrays.equals(bytes(key), bytes) && hasHash(key);
        } catch (MalformedException e) {
            throw new UndecodableException(e.reason(), e.text());
        } catch (Exception | Error e) {
            throw UserFailure.undecodable(e, "reading the key");
        }
        if (!canonical) {
            throw new UndecodableException(UndecodableReason.FORMAT, "the bytes are not the canonical form of a key");
        }
        if (!declaredType.isInstance(key)) {
            throw new UndecodableException(
                    UndecodableReason.CLASS_CHANGED, "the key is not a " + declaredType.getName());
        }
        return declaredType.cast(key);
    }

    /**
     * Returns whether two calls of {@code hashCode} agree. A {@code hashCode} that throws does so in this method, where
     * the exception becomes a miss, and not later in code of the caller.
     */
    private static boolean hasHash(Object key) {
        int hash = key.hashCode();
        return hash == key.hashCode();
    }

    private static boolean isComposite(byte[] bytes) {
        return bytes.length > 2 && bytes[0] == ReadableKeys.MARK && bytes[1] == COMPOSITE;
    }

    static void checkLength(Object key, byte[] bytes, int bytesMax) {
        if (bytes.length > bytesMax) {
            throw new CacheException(refusal(key) + "it is " + bytes.length + " bytes long, and"
                    + " tiered-jcache.codec.maximum-key-size is " + bytesMax);
        }
    }

    static String refusal(Object key) {
        return "cannot encode a key of class " + key.getClass().getName() + ": ";
    }
}
