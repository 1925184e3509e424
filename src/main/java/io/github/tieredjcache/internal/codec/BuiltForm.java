package io.github.tieredjcache.internal.codec;

import com.esotericsoftware.kryo.io.Input;
import com.esotericsoftware.kryo.io.Output;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The form of an immutable container, such as {@code List.of} or {@code Optional}: its parts, from which a new one
 * is built.
 *
 * @param <T> the container's type
 */
final class BuiltForm<T> extends Form<T> {
    /** Which of the parts are hashed when the container is built. */
    enum Hashing {
        NONE,
        ALL,
        KEYS
    }

    private final Hashing hashing;
    private final Function<T, @Nullable Object[]> parts;
    private final Function<@Nullable Object[], T> builder;

    BuiltForm(Hashing hashing, Function<T, @Nullable Object[]> parts, Function<@Nullable Object[], T> builder) {
        super(Kind.BUILT);
        this.hashing = hashing;
        this.parts = parts;
        this.builder = builder;
    }

    @Override
    void write(Session session, Output output, T container) {
        @Nullable Object[] elements = parts.apply(container);
        output.writeVarInt(elements.length, true);
        session.openWritten(container);
        boolean before = session.watchIncomplete();
        switch (hashing) {
            case NONE -> Elements.write(session, output, elements);
            case ALL -> {
                session.enterHashKey();
                Elements.write(session, output, elements);
                session.leaveHashKey();
            }
            case KEYS -> MapForm.writeParts(session, output, elements);
        }
        if (session.endWatch(before) && hashing != Hashing.NONE) {
            throw new RefusedException("an immutable set or map whose elements lead back to an object that contains it"
                    + " cannot be read back; use a LinkedHashSet or a LinkedHashMap");
        }
        session.closeLast();
    }

    @Override
    T read(Session session, Input input) {
        int count = session.claimCount(input);
        if (hashing == Hashing.NONE) {
            return builder.apply(Elements.read(session, input, count));
        }
        @Nullable Object[] elements = new Object[count];
        for (int i = 0; i < count; i++) {
            if (hashing == Hashing.ALL || (i & 1) == 0) {
                session.enterHashKey();
                elements[i] = session.readItem(input);
                session.leaveHashKey();
            } else {
                elements[i] = session.readItem(input);
            }
        }
        return builder.apply(elements);
    }

    @Override
    T copy(Copying copying, T original) {
        @Nullable Object[] elements = parts.apply(original);
        if (!Elements.copy(copying, elements)) {
            return original;
        }
        T copy = builder.apply(elements);
        copying.built(original, copy);
        return copy;
    }
}
