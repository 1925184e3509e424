package io.github.tieredjcache.internal.codec.graph;

import com.esotericsoftware.kryo.Kryo;
import com.esotericsoftware.kryo.Serializer;
import com.esotericsoftware.kryo.io.Input;
import com.esotericsoftware.kryo.io.Output;

/**
 * Writes, reads and copies the objects of one or more classes. Stateless, so that all Kryo instances share it.
 *
 * @param <T> the objects' common type
 */
public abstract class TypeSerializer<T> extends Serializer<T> {
    /** Whether references may lead to an object, and whether it exists before its parts do. */
    enum Kind {
        /** Without identity: never a reference. */
        VALUE,
        /** Exists only once its parts do: may be referred to later, but not from its own parts. */
        BUILT,
        /** A mutable container: exists before its parts do. */
        CONTAINER,
        /** An object with fields, or one whose parts are not visible: exists before its parts do. */
        OBJECT
    }

    private final Kind kind;
    private final boolean shareable;

    TypeSerializer(Kind kind) {
        this(kind, kind == Kind.VALUE);
    }

    TypeSerializer(Kind kind, boolean shareable) {
        this.kind = kind;
        this.shareable = shareable;
    }

    final Kind kind() {
        return kind;
    }

    /** Returns whether all objects of this serializer are deeply immutable, so that a copy may be the object itself. */
    public final boolean isShareable() {
        return shareable;
    }

    /**
     * Returns whether a copy must preserve that two references lead to the same object of this serializer: it is
     * mutable and has state.
     */
    boolean hasIdentity() {
        return (kind == Kind.CONTAINER || kind == Kind.OBJECT) && !shareable;
    }

    /** Returns whether an object of this serializer may hash or compare its parts while Java serialization reads it. */
    boolean mayHash() {
        return false;
    }

    abstract void write(KryoSession session, Output output, T object);

    /** Reads an object; a container or an object calls {@link KryoSession#open} before it reads its parts. */
    abstract T read(KryoSession session, Input input);

    /** Returns a deep copy, or the same instance if no part of it had to be copied. */
    abstract T copy(DeepCopy deepCopy, T original);

    /** Returns a deep copy of an object that is no part of another one; the copy of a part needs {@link #copy}. */
    @SuppressWarnings("unchecked") // A copy is of the class of its original.
    public T copyRoot(ClassDescriptors descriptors, T original) {
        return (T) new DeepCopy(descriptors).copyOf(original, (TypeSerializer<Object>) this);
    }

    /**
     * Returns the singleton in place of another object of its class, which Java serialization creates; others
     * unchanged.
     */
    Object resolve(Object object) {
        return object;
    }

    @Override
    public final void write(Kryo kryo, Output output, T object) {
        write((KryoSession) kryo, output, object);
    }

    @Override
    public final T read(Kryo kryo, Input input, Class<? extends T> type) {
        return read((KryoSession) kryo, input);
    }
}
