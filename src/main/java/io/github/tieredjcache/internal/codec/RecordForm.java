package io.github.tieredjcache.internal.codec;

import com.esotericsoftware.kryo.io.Input;
import com.esotericsoftware.kryo.io.Output;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Constructor;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The form of a record: its components, from which the canonical constructor builds it. */
final class RecordForm extends Form<Object> {
    private final Slot[] components;
    private final MethodHandle constructor;

    RecordForm(Class<?> type, List<Slot> components) {
        super(Kind.BUILT, components.stream().allMatch(Slot::isPlain));
        this.components = components.toArray(new Slot[0]);
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
            throw new RefusedException("the canonical constructor of " + type.getName() + " is not accessible", e);
        }
    }

    /** The components of a record in their order of declaration. */
    static List<Slot> components(Class<?> type) {
        List<Slot> byName = Slot.of(type);
        List<Slot> ordered = new ArrayList<>();
        for (RecordComponent component : type.getRecordComponents()) {
            byName.stream()
                    .filter(slot -> slot.field().getName().equals(component.getName()))
                    .forEach(ordered::add);
        }
        return ordered;
    }

    List<Slot> slots() {
        return List.of(components);
    }

    @Override
    void write(Session session, Output output, Object item) {
        session.openWritten(item);
        session.budget().expect(components.length);
        for (Slot component : components) {
            component.write(session, output, item);
        }
        session.closeLast();
    }

    @Override
    Object read(Session session, Input input) {
        session.budget().expect(components.length);
        @Nullable Object[] values = new Object[components.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = components[i].read(session, input);
        }
        try {
            return build(values);
        } catch (RefusedException e) {
            throw MalformedException.damaged("a record refused its components");
        }
    }

    @Override
    Object copy(Copying copying, Object original) {
        @Nullable Object[] values = new Object[components.length];
        boolean changed = false;
        for (int i = 0; i < values.length; i++) {
            Object value = components[i].get(original);
            try {
                values[i] = copying.item(value);
            } catch (RefusedException e) {
                throw e.under(components[i].step());
            }
            changed |= values[i] != value;
        }
        if (!changed) {
            return original;
        }
        Object copy = build(values);
        copying.built(original, copy);
        return copy;
    }

    /** @throws RefusedException if the constructor does */
    Object build(@Nullable Object[] values) {
        try {
            return (Object) constructor.invokeExact(values);
        } catch (Error e) {
            throw e;
        } catch (Throwable e) {
            throw new RefusedException("the canonical constructor refuses the components", e);
        }
    }
}
