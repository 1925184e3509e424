package io.github.tieredjcache.internal.codec.graph;

import com.esotericsoftware.kryo.io.Input;
import com.esotericsoftware.kryo.io.Output;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Serializes {@link Arrays#asList}: a list of fixed length whose elements can be set. */
final class ArrayViewSerializer extends TypeSerializer<List<@Nullable Object>> {
    ArrayViewSerializer() {
        super(Kind.CONTAINER);
    }

    @Override
    void write(KryoSession session, Output output, List<@Nullable Object> list) {
        @Nullable Object[] elements = list.toArray();
        session.writeCount(output, elements.length);
        session.openWritten(list);
        ElementIo.write(session, output, elements);
        session.closeLast();
    }

    @Override
    List<@Nullable Object> read(KryoSession session, Input input) {
        @Nullable Object[] elements = new Object[session.claimCount(input)];
        List<@Nullable Object> list = Arrays.asList(elements);
        session.open(list);
        for (int i = 0; i < elements.length; i++) {
            elements[i] = session.readItem(input);
        }
        session.closeLast();
        return list;
    }

    @Override
    List<@Nullable Object> copy(DeepCopy deepCopy, List<@Nullable Object> original) {
        @Nullable Object[] elements = original.toArray();
        List<@Nullable Object> copy = Arrays.asList(elements);
        deepCopy.register(original, copy);
        ElementIo.copy(deepCopy, elements);
        return copy;
    }
}
