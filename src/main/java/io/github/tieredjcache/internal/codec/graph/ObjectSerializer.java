package io.github.tieredjcache.internal.codec.graph;

import com.esotericsoftware.kryo.io.Input;
import com.esotericsoftware.kryo.io.Output;
import java.lang.invoke.MethodHandle;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.objenesis.instantiator.ObjectInstantiator;
import org.objenesis.strategy.StdInstantiatorStrategy;

/** The form of an object of a user's class: its fields. No constructor runs when it is read or copied. */
public final class ObjectSerializer extends TypeSerializer<Object> {
    private final ObjectInstantiator<?> instantiator;
    private final FieldAccessor[] slots;
    private final @Nullable MethodHandle plain;
    private final FieldAccessor[] deep;
    private final boolean isFinal;
    /** Of a class that has one object only. */
    private final @Nullable Field constant;

    public ObjectSerializer(Class<?> type, List<FieldAccessor> slots) {
        super(Kind.OBJECT, isImmutable(slots));
        this.constant = slots.isEmpty() ? Singletons.find(type) : null;
        this.instantiator = new StdInstantiatorStrategy().newInstantiatorOf(type);
        this.slots = slots.toArray(new FieldAccessor[0]);
        List<FieldAccessor> plainSlots = new ArrayList<>();
        List<FieldAccessor> deepSlots = new ArrayList<>();
        slots.forEach(field -> (field.isPlain() ? plainSlots : deepSlots).add(field));
        this.plain = plainSlots.isEmpty() ? null : FieldAccessor.moverOfAll(plainSlots);
        this.deep = deepSlots.toArray(new FieldAccessor[0]);
        this.isFinal =
                slots.stream().allMatch(field -> Modifier.isFinal(field.field().getModifiers()));
    }

    private static boolean isImmutable(List<FieldAccessor> slots) {
        return !slots.isEmpty()
                && slots.stream()
                        .allMatch(field -> field.isPlain()
                                && Modifier.isFinal(field.field().getModifiers()));
    }

    /** The fields, in the order in which they are written. */
    public List<FieldAccessor> slots() {
        return List.of(slots);
    }

    /** A new object whose fields are not set; of a class that has one object only, that one. */
    public Object instantiate() {
        return constant == null ? instantiator.newInstance() : Singletons.get(constant);
    }

    @Override
    Object resolve(Object object) {
        return constant == null ? object : Singletons.get(constant);
    }

    @Override
    void write(KryoSession session, Output output, Object object) {
        session.openWritten(object);
        session.budget().expect(slots.length);
        boolean inKey = session.enterKeyObject();
        for (FieldAccessor field : slots) {
            field.write(session, output, object);
        }
        if (inKey) {
            session.leaveKeyObject();
        }
        session.closeLast();
    }

    @Override
    Object read(KryoSession session, Input input) {
        Object object = instantiate();
        session.open(object);
        session.budget().expect(slots.length);
        for (FieldAccessor field : slots) {
            field.readInto(session, input, object);
        }
        session.closeLast();
        return object;
    }

    @Override
    Object copy(DeepCopy copying, Object original) {
        if (constant != null) {
            return original;
        }
        Object copy = instantiator.newInstance();
        if (plain != null) {
            move(plain, original, copy);
        }
        if (deep.length == 0 && copying.isAtRoot()) {
            // Nothing in it refers to it.
            return copy;
        }
        copying.open(original, copy);
        if (deep.length == 0) {
            return copy;
        }
        boolean changed = false;
        for (FieldAccessor field : deep) {
            changed |= field.copy(copying, original, copy);
        }
        // What can never change need not be copied; a part that leads back here has changed with us.
        return changed || !isFinal ? copy : original;
    }

    private static void move(MethodHandle fields, Object from, Object to) {
        try {
            fields.invokeExact(to, from);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }
}
