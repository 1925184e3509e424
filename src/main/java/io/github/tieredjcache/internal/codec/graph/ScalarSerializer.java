package io.github.tieredjcache.internal.codec.graph;

import com.esotericsoftware.kryo.io.Input;
import com.esotericsoftware.kryo.io.Output;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/** Serializes an object without parts that are written by other serializers: a number, a text, a date. */
final class ScalarSerializer<T> extends TypeSerializer<T> {
    /** Writes the content. */
    interface Writer<T> {
        void write(Output output, T value);
    }

    /** Reads the content. */
    interface Reader<T> {
        T read(KryoSession session, Input input);
    }

    private final Writer<T> writer;
    private final Reader<T> reader;
    private final UnaryOperator<T> copier;

    private ScalarSerializer(Kind kind, Writer<T> writer, Reader<T> reader, UnaryOperator<T> copier) {
        super(kind);
        this.writer = writer;
        this.reader = reader;
        this.copier = copier;
    }

    static <T> ScalarSerializer<T> immutable(Writer<T> writer, Reader<T> reader) {
        return new ScalarSerializer<>(Kind.VALUE, writer, reader, UnaryOperator.identity());
    }

    /** Returns the serializer of a mutable scalar, which has an identity and is copied. */
    static <T> ScalarSerializer<T> mutable(Writer<T> writer, Reader<T> reader, UnaryOperator<T> copier) {
        return new ScalarSerializer<>(Kind.OBJECT, writer, reader, copier);
    }

    /** Adds a serializer of immutable values without parts. */
    static <T> void addValue(JdkSerializers serializers, int id, Class<T> type, Writer<T> writer, Reader<T> reader) {
        serializers.add(id, immutable(writer, reader), type);
    }

    /** Adds a serializer of immutable values that are written as text. */
    static <T> void addText(
            JdkSerializers serializers, int id, Class<T> type, Function<T, String> format, Function<String, T> parse) {
        addValue(
                serializers,
                id,
                type,
                (output, value) -> StringEncoding.write(output, format.apply(value)),
                (session, input) -> parse.apply(StringEncoding.read(session, input)));
    }

    @Override
    void write(KryoSession session, Output output, T value) {
        writer.write(output, value);
    }

    @Override
    T read(KryoSession session, Input input) {
        return reader.read(session, input);
    }

    @Override
    T copy(DeepCopy deepCopy, T original) {
        if (kind() == Kind.VALUE) {
            return original;
        }
        T copy = copier.apply(original);
        deepCopy.register(original, copy);
        return copy;
    }
}
