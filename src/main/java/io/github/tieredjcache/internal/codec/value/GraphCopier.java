package io.github.tieredjcache.internal.codec.value;

import io.github.tieredjcache.internal.codec.api.Copier;
import io.github.tieredjcache.internal.codec.api.PlainValues;
import io.github.tieredjcache.internal.codec.api.UnencodableException;
import io.github.tieredjcache.internal.codec.graph.ClassDescriptors;
import io.github.tieredjcache.internal.codec.graph.TypeSerializer;
import io.github.tieredjcache.internal.support.Lazy;
import javax.cache.CacheException;

/** Copies objects part by part, each class by its own serializer, and shares deeply immutable parts. */
public final class GraphCopier implements Copier {
    private final Lazy<ClassDescriptors> descriptors;

    public GraphCopier(Lazy<ClassDescriptors> descriptors) {
        this.descriptors = descriptors;
    }

    @Override
    @SuppressWarnings("unchecked")
    public <T> T copy(T value) {
        if (PlainValues.contain(value)) {
            return value;
        }
        TypeSerializer<Object> serializer =
                descriptors.get().get(value.getClass()).serializer();
        return serializer.isShareable() ? value : (T) copy(value, serializer);
    }

    private Object copy(Object value, TypeSerializer<Object> serializer) {
        try {
            return serializer.copyRoot(descriptors.get(), value);
        } catch (UnencodableException e) {
            throw new CacheException(
                    "cannot copy an object of class " + value.getClass().getName() + " for store by value: "
                            + e.describe("value"),
                    e.getCause());
        } catch (RuntimeException | StackOverflowError | LinkageError e) {
            throw new CacheException(
                    "cannot copy an object of class " + value.getClass().getName() + " for store by value", e);
        }
    }
}
