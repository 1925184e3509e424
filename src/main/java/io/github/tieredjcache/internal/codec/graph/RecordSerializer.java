package io.github.tieredjcache.internal.codec.graph;

import com.esotericsoftware.kryo.io.Input;
import com.esotericsoftware.kryo.io.Output;
import io.github.tieredjcache.internal.codec.api.MalformedException;
import io.github.tieredjcache.internal.codec.api.UnencodableException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Constructor;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Serializes a record as its components; reading calls the canonical constructor. */
public final class RecordSerializer extends TypeSerializer<Object> {
    private final FieldAccessor[] components;
    private final MethodHandle constructor;

    RecordSerializer(Class<?> type, List<FieldAccessor> components) {
        super(Kind.BUILT, components.stream().allMatch(FieldAccessor::isPlain));
        this.components = components.toArray(new FieldAccessor[0]);
        Class<?>[] types = Arrays.stream(type.getRecordComponents())
                .map(RecordComponent::getType)
                .toArray(Class<?>[]::new);
        try {
            Constructor<?> canonical = type.getDeclaredConstructor(types);
            canonical.setAccessible(true);
            this.constructor = MethodHandles.lookup()
                    .unreflectConstructor(canonical)
                    .asSpreader(Object[].class, types.length)
                    .asType(MethodType.methodType(Object.class, Object[].class));
        } catch (ReflectiveOperationException e) {
            throw new UnencodableException("the canonical constructor of " + type.getName() + " is not accessible", e);
        }
    }

    /** Returns the components of a record in the order of their declaration. */
    static List<FieldAccessor> components(Class<?> type) {
        List<FieldAccessor> byName = FieldAccessor.of(type);
        List<FieldAccessor> ordered = new ArrayList<>();
        for (RecordComponent component : type.getRecordComponents()) {
            byName.stream()
                    .filter(field -> field.field().getName().equals(component.getName()))
                    .forEach(ordered::add);
        }
        return ordered;
    }

    public List<FieldAccessor> fields() {
        return List.of(components);
    }

    @Override
    boolean mayHash() {
        return true;
    }

    @Override
    void write(KryoSession session, Output output, Object item) {
        session.openWritten(item);
        session.budget().claimParts(components.length);
        for (FieldAccessor component : components) {
            component.write(session, output, item);
        }
        session.closeLast();
    }

    @Override
    Object read(KryoSession session, Input input) {
        session.budget().claimParts(components.length);
        @Nullable Object[] values = new Object[components.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = components[i].read(session, input);
        }
        try {
            return build(values);
        } catch (UnencodableException e) {
            throw MalformedException.damaged("the canonical constructor of a record refuses the components");
        }
    }

    @Override
    Object copy(DeepCopy deepCopy, Object original) {
        @Nullable Object[] values = new Object[components.length];
        boolean changed = false;
        for (int i = 0; i < values.length; i++) {
            Object value = components[i].get(original);
            try {
                values[i] = deepCopy.copyOf(value);
            } catch (UnencodableException e) {
                throw e.under(components[i].step());
            }
            changed |= values[i] != value;
        }
        if (!changed) {
            return original;
        }
        Object copy = build(values);
        deepCopy.registerBuilt(original, copy);
        return copy;
    }

    /**
     * Calls the canonical constructor.
     *
     * @throws UnencodableException if the constructor throws
     */
    public Object build(@Nullable Object[] values) {
        try {
            return (Object) constructor.invokeExact(values);
        } catch (Error e) {
            throw e;
        } catch (Throwable e) {
            throw new UnencodableException("the canonical constructor refuses the components", e);
        }
    }
}
