package io.github.tieredjcache.internal.codec.graph;

import com.esotericsoftware.kryo.io.Input;
import com.esotericsoftware.kryo.io.Output;
import io.github.tieredjcache.internal.codec.api.UnencodableException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Serializes an immutable container, such as {@code List.of} or {@code Optional}, as its parts; reading builds a new
 * container of them.
 *
 * @param <T> the container's type
 */
final class BuiltSerializer<T> extends TypeSerializer<T> {
    /** The parts that are hashed when the container is built. */
    enum Hashing {
        NONE,
        ALL,
        KEYS
    }

    private final Hashing hashing;
    private final Function<T, @Nullable Object[]> parts;
    private final Function<@Nullable Object[], T> builder;

    BuiltSerializer(Hashing hashing, Function<T, @Nullable Object[]> parts, Function<@Nullable Object[], T> builder) {
        super(Kind.BUILT);
        this.hashing = hashing;
        this.parts = parts;
        this.builder = builder;
    }

    @Override
    void write(KryoSession session, Output output, T container) {
        @Nullable Object[] elements = parts.apply(container);
        session.writeCount(output, elements.length);
        session.openWritten(container);
        boolean before = session.watchIncomplete();
        switch (hashing) {
            case NONE -> ElementIo.write(session, output, elements);
            case ALL -> ElementIo.writeKeys(session, output, elements, collisions(session, elements.length));
            case KEYS -> MapSerializer.writeParts(session, output, elements, collisions(session, elements.length));
        }
        if (session.endWatch(before) && hashing != Hashing.NONE) {
            throw new UnencodableException(
                    "an immutable set or map whose elements lead back to an object that contains it"
                            + " cannot be read back; use a LinkedHashSet or a LinkedHashMap");
        }
        session.closeLast();
    }

    @Override
    T read(KryoSession session, Input input) {
        int count = session.claimCount(input);
        if (hashing == Hashing.NONE) {
            return builder.apply(ElementIo.read(session, input, count));
        }
        int step = hashing == Hashing.ALL ? 1 : 2;
        @Nullable Object[] elements = new Object[count];
        Collisions collisions = collisions(session, count);
        for (int i = 0; i < count; i++) {
            if (i % step == 0) {
                collisions.add(session.readKey(input, elements, i));
            } else {
                elements[i] = session.readItem(input);
            }
        }
        collisions.charge(elements, step);
        return builder.apply(elements);
    }

    /**
     * Returns collisions that are not sorted, since the immutable tables of the JDK do not sort keys of the same hash
     * code.
     */
    private Collisions collisions(KryoSession session, int elements) {
        return new Collisions(session.budget(), hashing == Hashing.ALL ? elements : (elements + 1) / 2, false);
    }

    @Override
    T copy(DeepCopy deepCopy, T original) {
        @Nullable Object[] elements = parts.apply(original);
        if (!ElementIo.copy(deepCopy, elements)) {
            return original;
        }
        T copy = builder.apply(elements);
        deepCopy.registerBuilt(original, copy);
        return copy;
    }
}
