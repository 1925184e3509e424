package io.github.tieredjcache.internal.codec.graph;

import com.esotericsoftware.kryo.io.Input;
import com.esotericsoftware.kryo.io.Output;
import io.github.tieredjcache.internal.codec.api.MalformedException;
import io.github.tieredjcache.internal.codec.api.UnencodableException;
import java.io.Serializable;

/** Refuses to write and read objects that cannot be encoded. Copies them within this JVM if they are serializable. */
public final class RefusedSerializer extends TypeSerializer<Object> {
    private final String reason;

    RefusedSerializer(String reason) {
        super(Kind.OBJECT);
        this.reason = reason;
    }

    @Override
    void write(KryoSession session, Output output, Object object) {
        throw new UnencodableException(reason);
    }

    @Override
    Object read(KryoSession session, Input input) {
        throw MalformedException.damaged(reason);
    }

    @Override
    Object copy(DeepCopy deepCopy, Object original) {
        if (original instanceof Class) {
            return original;
        }
        if (!(original instanceof Serializable)) {
            throw new UnencodableException(reason);
        }
        return JavaCopy.of(original, deepCopy);
    }
}
