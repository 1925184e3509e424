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
 * Reads and writes one instance field of a class. It uses method handles, which check the type of the new value: with
 * Unsafe, bytes that put an object of another class into a field could crash the JVM.
 */
public final class FieldAccessor {
    private final Field field;
    private final Access access;
    private final MethodHandle getter;
    private final @Nullable MethodHandle setter;
    private final @Nullable MethodHandle mover;

    /** How values of the field's type are written. */
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
        MethodHandle typedGetter = lookup.unreflectGetter(field);
        this.getter = typedGetter.asType(MethodType.methodType(access.carrier(), Object.class));
        if (settable) {
            MethodHandle typedSetter = lookup.unreflectSetter(field);
            setter = typedSetter.asType(MethodType.methodType(void.class, Object.class, access.carrier()));
            // (to, from) -> to.field = from.field
            mover = MethodHandles.filterArguments(typedSetter, 1, typedGetter);
        } else {
            setter = null;
            mover = null;
        }
    }

    /**
     * Returns the instance fields of a class and its superclasses that are not transient, in an order that does not
     * depend on the JVM.
     *
     * @throws UnencodableException if the module of a field does not open it to this library
     */
    public static List<FieldAccessor> of(Class<?> type) {
        List<FieldAccessor> fields = new ArrayList<>();
        for (Class<?> each = type; each != null && !ClassTraits.isJdk(each); each = each.getSuperclass()) {
            Field[] declared = each.getDeclaredFields();
            Arrays.sort(declared, Comparator.comparing(Field::getName));
            for (Field field : declared) {
                if ((field.getModifiers() & (Modifier.STATIC | Modifier.TRANSIENT)) == 0) {
                    fields.add(open(field, !type.isRecord()));
                }
            }
        }
        return fields;
    }

    /** Returns whether a class has transient fields, its own or those of its superclasses. */
    static boolean hasTransient(Class<?> type) {
        for (Class<?> each = type; each != null && !ClassTraits.isJdk(each); each = each.getSuperclass()) {
            for (Field field : each.getDeclaredFields()) {
                if (Modifier.isTransient(field.getModifiers()) && !Modifier.isStatic(field.getModifiers())) {
                    return true;
                }
            }
        }
        return false;
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

    /** Returns whether a copy shares the value of the field, because the declared type is immutable. */
    boolean isPlain() {
        Class<?> type = field.getType();
        return access != Access.OBJECT || ClassTraits.isValueType(type);
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

    /** Reads the value that was written for the field; primitives are boxed. */
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
            throw MalformedException.damaged("field " + field + " cannot hold an object of the class that was written");
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    /** Returns the value of the field; primitives are boxed. */
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

    /** Sets the field to a copy of its value; returns whether the copy is another object. */
    boolean copy(DeepCopy deepCopy, Object from, Object to) {
        try {
            Object original = (Object) getter.invokeExact(from);
            Object copy = deepCopy.copyOf(original);
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
     * Returns one handle {@code (to, from) -> void} that copies all these plain fields. The JIT compiler inlines the
     * whole handle, while a loop over handles would take a call for each field. It checks the types of its arguments
     * once, not for each field.
     *
     * @param type the class of the objects
     * @param fields at least one
     */
    static MethodHandle moverOfAll(Class<?> type, List<FieldAccessor> fields) {
        return typedMover(MethodType.methodType(void.class, type, type), fields)
                .asType(MethodType.methodType(void.class, Object.class, Object.class));
    }

    private static MethodHandle typedMover(MethodType type, List<FieldAccessor> fields) {
        if (fields.size() == 1) {
            return fields.get(0).mover().asType(type);
        }
        int middle = fields.size() / 2;
        MethodHandle first = typedMover(type, fields.subList(0, middle));
        return MethodHandles.foldArguments(typedMover(type, fields.subList(middle, fields.size())), first);
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
