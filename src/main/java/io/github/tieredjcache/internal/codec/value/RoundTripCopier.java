package io.github.tieredjcache.internal.codec.value;

import io.github.tieredjcache.internal.codec.api.Copier;
import io.github.tieredjcache.internal.codec.api.PlainValues;
import io.github.tieredjcache.internal.codec.api.UndecodableException;
import io.github.tieredjcache.internal.codec.graph.ClassDescriptors;
import io.github.tieredjcache.internal.support.Lazy;
import javax.cache.CacheException;

/**
 * Copies values for store by value by encoding and decoding them with the user's codec, since only this codec knows the
 * parts of a value. Shares values of immutable classes.
 *
 * @param <V> the declared type of the values
 */
public final class RoundTripCopier<V> implements Copier {
    private final UserCodec<V> codec;
    private final Class<V> declaredType;
    private final Lazy<ClassDescriptors> descriptors;

    public RoundTripCopier(UserCodec<V> codec, Class<V> declaredType, Lazy<ClassDescriptors> descriptors) {
        this.codec = codec;
        this.declaredType = declaredType;
        this.descriptors = descriptors;
    }

    @Override
    @SuppressWarnings("unchecked") // The cache and its codec have only values of the declared type.
    public <T> T copy(T value) {
        if (PlainValues.contain(value)
                || descriptors.get().get(value.getClass()).serializer().isShareable()) {
            return value;
        }
        byte[] bytes = codec.encode(declaredType.cast(value), 0).bytes();
        try {
            return (T) codec.decode(bytes, 0, bytes.length, bytes.length);
        } catch (UndecodableException e) {
            throw new CacheException(
                    "cannot copy an object of class " + value.getClass().getName()
                            + " for store by value: the bytes that the codec wrote could not be read: "
                            + e.getMessage(),
                    e);
        }
    }
}
