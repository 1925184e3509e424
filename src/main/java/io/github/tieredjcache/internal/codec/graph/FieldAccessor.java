package io.github.tieredjcache.internal.codec.graph;

import com.esotericsoftware.kryo.io.Input;
import com.esotericsoftware.kryo.io.Output;
import io.github.tieredjcache.internal.codec.api.MalformedException;
import io.github.tieredjcache.internal.codec.api.UnencodableException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Field;
import java.lang.reflect.InaccessibleObjectException;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One instance field of a class. Reads and writes it through method handles, which check the type of what is set: with
 * Unsafe, bytes that put an object of another class into a field could crash the JVM.
 */
public final class FieldAccessor {
    private final Field field;
    private final Access access;
    private final MethodHandle getter;
    private final @Nullable MethodHandle setter;
    private final @Nullable MethodHandle mover;

    /** How the field's type is written. */
    private enum Access {
        INT(int.class),
        LONG(long.class),
        BOOLEAN(boolean.class),
        DOUBLE(double.class),
        FLOAT(float.class),
        BYTE(byte.class),
        SHORT(short.class),
        CHAR(char.class),
        TEXT(String.class),
        OBJECT(Object.class);

        private final Class<?> type;

        Access(Class<?> type) {
            this.type = type;
        }

        static Access of(Class<?> fieldType) {
            for (Access access : values()) {
                if (access.type == fieldType) {
                    return access;
                }
            }
            return OBJECT;
        }

        Class<?> carrier() {
            return this == TEXT ? Object.class : type;
        }
    }

    private FieldAccessor(Field field, boolean settable) throws IllegalAccessException {
        this.field = field;
        this.access = Access.of(field.getType());
        MethodHandles.Lookup lookup = MethodHandles.lookup();
        this.getter = lookup.unreflectGetter(field).asType(MethodType.methodType(access.carrier(), Object.class));
        if (settable) {
            MethodHandle typed = lookup.unreflectSetter(field);
            setter = typed.asType(MethodType.methodType(void.class, Object.class, access.carrier()));
            // (to, from) -> to.field = from.field
            mover = MethodHandles.filterArguments(setter, 1, getter);
        } else {
            setter = null;
            mover = null;
        }
    }

    /**
     * The instance fields of a class and its superclasses that are not transient, in an order that does not depend
     * on the JVM.
     *
     * @throws UnencodableException if a field's module does not let us see it
     */
    public static List<FieldAccessor> of(Class<?> type) {
        List<FieldAccessor> slots = new ArrayList<>();
        for (Class<?> each = type; each != null && !ClassDescriptors.isJdk(each); each = each.getSuperclass()) {
            Field[] fields = each.getDeclaredFields();
            Arrays.sort(fields, Comparator.comparing(Field::getName));
            for (Field field : fields) {
                if ((field.getModifiers() & (Modifier.STATIC | Modifier.TRANSIENT)) == 0) {
                    slots.add(open(field, !type.isRecord()));
                }
            }
        }
        return slots;
    }

    private static FieldAccessor open(Field field, boolean settable) {
        try {
            field.setAccessible(true);
            return new FieldAccessor(field, settable);
        } catch (InaccessibleObjectException | SecurityException | IllegalAccessException e) {
            throw new UnencodableException(
                    "field " + field.getName() + " of "
                            + field.getDeclaringClass().getName() + " is not accessible; open its package to the codec",
                    e);
        }
    }

    public Field field() {
        return field;
    }

    public String step() {
        return "." + field.getName();
    }

    /** Whether whatever the field holds is shared by a copy, as its declared type tells. */
    boolean isPlain() {
        Class<?> type = field.getType();
        return access != Access.OBJECT || ClassDescriptors.isValueType(type);
    }

    void write(KryoSession session, Output output, Object holder) {
        try {
            switch (access) {
                case INT -> output.writeVarInt((int) getter.invokeExact(holder), false);
                case LONG -> output.writeVarLong((long) getter.invokeExact(holder), false);
                case BOOLEAN -> output.writeBoolean((boolean) getter.invokeExact(holder));
                case DOUBLE -> output.writeDouble((double) getter.invokeExact(holder));
                case FLOAT -> output.writeFloat((float) getter.invokeExact(holder));
                case BYTE -> output.writeByte((byte) getter.invokeExact(holder));
                case SHORT -> output.writeShort((short) getter.invokeExact(holder));
                case CHAR -> output.writeChar((char) getter.invokeExact(holder));
                case TEXT -> StringEncoding.writeOrNull(output, (String) (Object) getter.invokeExact(holder));
                case OBJECT -> session.writeItem(output, (Object) getter.invokeExact(holder));
            }
        } catch (UnencodableException e) {
            throw e.under(step());
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    /** The value that was written for the field; primitives in their boxes. */
    @Nullable
    Object read(KryoSession session, Input input) {
        return switch (access) {
            case INT -> input.readVarInt(false);
            case LONG -> input.readVarLong(false);
            case BOOLEAN -> input.readBoolean();
            case DOUBLE -> input.readDouble();
            case FLOAT -> input.readFloat();
            case BYTE -> input.readByte();
            case SHORT -> input.readShort();
            case CHAR -> input.readChar();
            case TEXT -> StringEncoding.readOrNull(session, input);
            case OBJECT -> session.readItem(input);
        };
    }

    void readInto(KryoSession session, Input input, Object holder) {
        MethodHandle target = setter();
        try {
            switch (access) {
                case INT -> target.invokeExact(holder, input.readVarInt(false));
                case LONG -> target.invokeExact(holder, input.readVarLong(false));
                case BOOLEAN -> target.invokeExact(holder, input.readBoolean());
                case DOUBLE -> target.invokeExact(holder, input.readDouble());
                case FLOAT -> target.invokeExact(holder, input.readFloat());
                case BYTE -> target.invokeExact(holder, input.readByte());
                case SHORT -> target.invokeExact(holder, input.readShort());
                case CHAR -> target.invokeExact(holder, input.readChar());
                case TEXT -> target.invokeExact(holder, (Object) StringEncoding.readOrNull(session, input));
                case OBJECT -> target.invokeExact(holder, session.readItem(input));
            }
        } catch (ClassCastException e) {
            throw MalformedException.damaged("an object of another type in " + field);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    /** The field's value, primitives in their boxes. */
    @Nullable
    public Object get(Object holder) {
        try {
            return field.get(holder);
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(e);
        }
    }

    public void set(Object holder, @Nullable Object value) {
        try {
            field.set(holder, value);
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Copies the field with what it holds; whether the copy holds something else. */
    boolean copy(DeepCopy copying, Object from, Object to) {
        try {
            Object original = (Object) getter.invokeExact(from);
            Object copy = copying.item(original);
            setter().invokeExact(to, copy);
            return copy != original;
        } catch (UnencodableException e) {
            throw e.under(step());
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * One handle {@code (to, from) -> void} that moves all these plain fields: the JIT compiler makes one piece of code of it,
     * where a loop is a call a field.
     *
     * @param slots at least one
     */
    static MethodHandle moverOfAll(List<FieldAccessor> slots) {
        if (slots.size() == 1) {
            return slots.get(0).mover();
        }
        int middle = slots.size() / 2;
        MethodHandle first = moverOfAll(slots.subList(0, middle));
        return MethodHandles.foldArguments(moverOfAll(slots.subList(middle, slots.size())), first);
    }

    private MethodHandle setter() {
        if (setter == null) {
            throw new IllegalStateException(field + " is set by a constructor only");
        }
        return setter;
    }

    private MethodHandle mover() {
        if (mover == null) {
            throw new IllegalStateException(field + " is set by a constructor only");
        }
        return mover;
    }
}
