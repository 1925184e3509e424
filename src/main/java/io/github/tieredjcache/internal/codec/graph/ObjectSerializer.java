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

/** Serializes objects of a user's class as their fields. No constructor runs when an object is read or copied. */
public final class ObjectSerializer extends TypeSerializer<Object> {
    private final ObjectInstantiator<?> instantiator;
    private final FieldAccessor[] fields;
    private final @Nullable MethodHandle plain;
    private final FieldAccessor[] deep;
    private final boolean isFinal;
    /** The constant of a singleton class, else null. */
    private final @Nullable Field constant;

    public ObjectSerializer(Class<?> type, List<FieldAccessor> fields) {
        super(Kind.OBJECT, isImmutable(type, fields));
        this.constant = fields.isEmpty() ? Singletons.find(type) : null;
        this.instantiator = new StdInstantiatorStrategy().newInstantiatorOf(type);
        this.fields = fields.toArray(new FieldAccessor[0]);
        List<FieldAccessor> plainFields = new ArrayList<>();
        List<FieldAccessor> deepFields = new ArrayList<>();
        fields.forEach(field -> (field.isPlain() ? plainFields : deepFields).add(field));
        this.plain = plainFields.isEmpty() ? null : FieldAccessor.moverOfAll(type, plainFields);
        this.deep = deepFields.toArray(new FieldAccessor[0]);
        this.isFinal = isFinal(type, fields);
    }

    private static boolean isImmutable(Class<?> type, List<FieldAccessor> fields) {
        return !fields.isEmpty() && isFinal(type, fields) && fields.stream().allMatch(FieldAccessor::isPlain);
    }

    /** Returns whether an object is never changed itself; a transient field may be, even if it is final. */
    private static boolean isFinal(Class<?> type, List<FieldAccessor> fields) {
        return !FieldAccessor.hasTransient(type)
                && fields.stream()
                        .allMatch(field -> Modifier.isFinal(field.field().getModifiers()));
    }

    /** Returns the fields in the order in which they are written. */
    public List<FieldAccessor> fields() {
        return List.of(fields);
    }

    /** Returns a new object whose fields are not set; the singleton of a singleton class. */
    public Object instantiate() {
        return constant == null ? instantiator.newInstance() : Singletons.get(constant);
    }

    @Override
    boolean hasIdentity() {
        return fields.length > 0 && super.hasIdentity();
    }

    @Override
    Object resolve(Object object) {
        return constant == null ? object : Singletons.get(constant);
    }

    @Override
    void write(KryoSession session, Output output, Object object) {
        session.openWritten(object);
        session.budget().claimParts(fields.length);
        boolean inKey = session.enterKeyObject();
        for (FieldAccessor field : fields) {
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
        session.budget().claimParts(fields.length);
        for (FieldAccessor field : fields) {
            field.readInto(session, input, object);
        }
        session.closeLast();
        return object;
    }

    @Override
    public Object copyRoot(ClassDescriptors descriptors, Object original) {
        // Without deep fields no part refers to the root, so nothing has to remember the copy.
        return deep.length == 0 ? copyPlain(original) : super.copyRoot(descriptors, original);
    }

    /** Returns a copy of an object without its deep fields; the singleton itself. */
    private Object copyPlain(Object original) {
        if (constant != null) {
            return original;
        }
        Object copy = instantiator.newInstance();
        if (plain != null) {
            move(plain, original, copy);
        }
        return copy;
    }

    @Override
    Object copy(DeepCopy deepCopy, Object original) {
        Object copy = copyPlain(original);
        if (copy == original) {
            return original;
        }
        deepCopy.register(original, copy);
        if (deep.length == 0) {
            return copy;
        }
        boolean changed = false;
        for (FieldAccessor field : deep) {
            changed |= field.copy(deepCopy, original, copy);
        }
        // An immutable object need not be copied. If a part refers back to this object, the part is mutable, so changed
        // is true.
        return changed || !isFinal ? copy : original;
    }

    private static void move(MethodHandle mover, Object from, Object to) {
        try {
            mover.invokeExact(to, from);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }
}
