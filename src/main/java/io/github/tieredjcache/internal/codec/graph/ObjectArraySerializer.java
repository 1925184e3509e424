package io.github.tieredjcache.internal.codec.graph;

import com.esotericsoftware.kryo.io.Input;
import com.esotericsoftware.kryo.io.Output;
import java.lang.reflect.Array;
import org.jspecify.annotations.Nullable;

/** Serializes arrays of references with one element type. */
final class ObjectArraySerializer extends TypeSerializer<@Nullable Object[]> {
    private final Class<?> elementType;

    ObjectArraySerializer(Class<?> elementType) {
        super(Kind.CONTAINER);
        this.elementType = elementType;
    }

    @Override
    void write(KryoSession session, Output output, @Nullable Object[] array) {
        session.writeCount(output, array.length);
        session.openWritten(array);
        ElementIo.write(session, output, array);
        session.closeLast();
    }

    @Override
    @Nullable
    Object[] read(KryoSession session, Input input) {
        @Nullable Object[] array = make(session.claimCount(input));
        session.open(array);
        for (int i = 0; i < array.length; i++) {
            array[i] = session.readItem(input);
        }
        session.closeLast();
        return array;
    }

    @Override
    @Nullable
    Object[] copy(DeepCopy deepCopy, @Nullable Object[] original) {
        @Nullable Object[] copy = original.clone();
        deepCopy.register(original, copy);
        ElementIo.copy(deepCopy, copy);
        return copy;
    }

    private @Nullable Object[] make(int length) {
        return (@Nullable Object[]) Array.newInstance(elementType, length);
    }
}
