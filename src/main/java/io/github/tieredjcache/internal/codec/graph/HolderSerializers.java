package io.github.tieredjcache.internal.codec.graph;

import com.esotericsoftware.kryo.io.Input;
import com.esotericsoftware.kryo.io.Output;
import java.util.AbstractMap;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Serializers of JDK objects that hold one mutable reference. */
final class HolderSerializers {
    private HolderSerializers() {}

    /** Serializes a map entry whose value can be set. */
    static final class MutableEntry
            extends TypeSerializer<AbstractMap.SimpleEntry<@Nullable Object, @Nullable Object>> {
        MutableEntry() {
            super(Kind.BUILT);
        }

        @Override
        void write(
                KryoSession session, Output output, AbstractMap.SimpleEntry<@Nullable Object, @Nullable Object> entry) {
            session.openWritten(entry);
            session.writeItem(output, entry.getKey());
            session.writeItem(output, entry.getValue());
            session.closeLast();
        }

        @Override
        AbstractMap.SimpleEntry<@Nullable Object, @Nullable Object> read(KryoSession session, Input input) {
            Object key = session.readItem(input);
            return new AbstractMap.SimpleEntry<>(key, session.readItem(input));
        }

        @Override
        AbstractMap.SimpleEntry<@Nullable Object, @Nullable Object> copy(
                DeepCopy deepCopy, AbstractMap.SimpleEntry<@Nullable Object, @Nullable Object> original) {
            var copy = new AbstractMap.SimpleEntry<>(deepCopy.copyOf(original.getKey()), original.getValue());
            deepCopy.register(original, copy);
            copy.setValue(deepCopy.copyOf(original.getValue()));
            return copy;
        }
    }

    /** Serializes an atomic reference. */
    static final class Reference extends TypeSerializer<AtomicReference<@Nullable Object>> {
        Reference() {
            super(Kind.OBJECT);
        }

        @Override
        void write(KryoSession session, Output output, AtomicReference<@Nullable Object> reference) {
            session.writeItem(output, reference.get());
        }

        @Override
        AtomicReference<@Nullable Object> read(KryoSession session, Input input) {
            AtomicReference<@Nullable Object> reference = new AtomicReference<>();
            session.open(reference);
            reference.set(session.readItem(input));
            session.closeLast();
            return reference;
        }

        @Override
        AtomicReference<@Nullable Object> copy(DeepCopy deepCopy, AtomicReference<@Nullable Object> original) {
            AtomicReference<@Nullable Object> copy = new AtomicReference<>();
            deepCopy.register(original, copy);
            copy.set(deepCopy.copyOf(original.get()));
            return copy;
        }
    }
}
