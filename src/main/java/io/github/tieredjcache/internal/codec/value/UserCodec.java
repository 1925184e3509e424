package io.github.tieredjcache.internal.codec.value;

import io.github.tieredjcache.TieredCodec;
import io.github.tieredjcache.UndecodableReason;
import io.github.tieredjcache.internal.codec.api.PayloadCodec;
import io.github.tieredjcache.internal.codec.api.UndecodableException;
import io.github.tieredjcache.internal.codec.api.UserFailure;
import io.github.tieredjcache.internal.codec.graph.KryoSession;
import java.util.Arrays;
import java.util.regex.Pattern;
import javax.cache.CacheException;
import org.jspecify.annotations.Nullable;

/**
 * Encodes values with the user's codec. Exceptions and results of this codec are checked, never trusted.
 *
 * @param <V> the declared type of the values
 */
public final class UserCodec<V> implements PayloadCodec<V> {
    private static final Pattern NAME = Pattern.compile("(?!tiered)[a-z0-9._-]{1,32}");

    private final TieredCodec<V> codec;
    private final String name;
    private final Class<V> declaredType;
    private final ClassLoader loader;
    private final int payloadBytesMax;

    /**
     * Wraps the user's codec.
     *
     * @throws IllegalArgumentException if the codec has no valid name
     */
    public UserCodec(TieredCodec<V> codec, Class<V> declaredType, ClassLoader loader, int payloadBytesMax) {
        this.codec = codec;
        this.name = name(codec);
        this.declaredType = declaredType;
        this.loader = loader;
        this.payloadBytesMax = payloadBytesMax;
    }

    private static String name(TieredCodec<?> codec) {
        String name = codec.name();
        // The user's codec may return null although its contract forbids it.
        if (name == null || !NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("the name of the codec "
                    + codec.getClass().getName()
                    + " must be 1 to 32 of a-z, 0-9, '.', '_' and '-' and not begin with 'tiered', was '" + name + "'");
        }
        return name;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Encoded encode(V value, int headBytes) {
        byte[] payload = written(value);
        if (payload.length > payloadBytesMax) {
            throw new CacheException(refusal(value) + KryoSession.tooLarge(payloadBytesMax));
        }
        byte[] bytes = new byte[headBytes + payload.length];
        System.arraycopy(payload, 0, bytes, headBytes, payload.length);
        return new Encoded(bytes, 0);
    }

    private byte[] written(V value) {
        byte @Nullable [] payload;
        try {
            payload = codec.encode(value);
        } catch (Exception | Error e) {
            UserFailure.rethrowIfFatal(e);
            throw new CacheException(
                    refusal(value) + "encode threw " + e.getClass().getName(), e);
        }
        if (payload == null) {
            throw new CacheException(refusal(value) + "encode returned null");
        }
        return payload;
    }

    @Override
    public V decode(byte[] bytes, int start, int length, int bytesRead) throws UndecodableException {
        // A copy, since the user's codec may change the array, which other readers share.
        Object value = read(Arrays.copyOfRange(bytes, start, start + length));
        if (value == null) {
            throw new UndecodableException(UndecodableReason.DAMAGED, "the codec '" + name + "' returned null");
        }
        return PayloadCodec.checked(declaredType, value);
    }

    private @Nullable Object read(byte[] bytes) throws UndecodableException {
        try {
            return codec.decode(bytes, declaredType, loader);
        } catch (Exception | Error e) {
            throw UserFailure.undecodable(e, "the codec '" + name + "'");
        }
    }

    private String refusal(V value) {
        return "cannot encode a value of class " + value.getClass().getName() + " with the codec '" + name + "': ";
    }
}
