package io.github.tieredjcache.internal.codec.graph;

import com.esotericsoftware.kryo.io.Input;
import com.esotericsoftware.kryo.io.Output;
import io.github.tieredjcache.UndecodableReason;
import io.github.tieredjcache.internal.codec.api.MalformedException;
import io.github.tieredjcache.internal.codec.api.UnencodableException;
import java.io.IOException;
import java.io.ObjectOutputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Serializes enum constants, {@link EnumSet} and {@link EnumMap}. Constants are written by name, since ordinals change
 * their meaning between versions.
 */
public final class EnumSerializers {
    private static final int SLOT_BYTES = 4;

    private EnumSerializers() {}

    /** Serializes a constant as its name. */
    static final class OfConstant extends TypeSerializer<Enum<?>> {
        private final Class<?> type;
        private int count = -1;

        OfConstant(Class<?> type) {
            super(Kind.VALUE);
            this.type = type;
        }

        /** Returns the number of constants. It is computed at the first call, since that initializes the class. */
        int count() {
            if (count < 0) {
                count = type.getEnumConstants().length;
            }
            return count;
        }

        @Override
        void write(KryoSession session, Output output, Enum<?> constant) {
            StringEncoding.write(output, constant.name());
        }

        @Override
        Enum<?> read(KryoSession session, Input input) {
            return constant(type, StringEncoding.read(session, input));
        }

        @Override
        Enum<?> copy(DeepCopy deepCopy, Enum<?> original) {
            return original;
        }
    }

    /** Serializes an {@link EnumSet} as the type and the names. */
    @SuppressWarnings({"rawtypes", "unchecked"})
    static final class OfSet extends TypeSerializer<EnumSet> {
        OfSet() {
            super(Kind.CONTAINER);
        }

        @Override
        void write(KryoSession session, Output output, EnumSet set) {
            EnumSet<?> other = set.isEmpty() ? EnumSet.complementOf(set) : set;
            if (other.isEmpty()) {
                throw new UnencodableException("an EnumSet of an enum without constants");
            }
            session.writeType(output, other.iterator().next().getDeclaringClass());
            session.writeCount(output, set.size());
            for (Object constant : set) {
                StringEncoding.write(output, ((Enum<?>) constant).name());
            }
        }

        @Override
        EnumSet read(KryoSession session, Input input) {
            Class<?> type = enumType(session, input);
            int count = session.claimCount(input);
            EnumSet set = EnumSet.noneOf((Class) type);
            for (int i = 0; i < count; i++) {
                set.add(constant(type, StringEncoding.read(session, input)));
            }
            return set;
        }

        @Override
        EnumSet copy(DeepCopy deepCopy, EnumSet original) {
            EnumSet copy = original.clone();
            deepCopy.register(original, copy);
            return copy;
        }
    }

    /** Serializes an {@link EnumMap} as the type, then names and values in turn. */
    @SuppressWarnings({"rawtypes", "unchecked"})
    static final class OfMap extends TypeSerializer<EnumMap> {
        OfMap() {
            super(Kind.CONTAINER);
        }

        @Override
        void write(KryoSession session, Output output, EnumMap map) {
            Class<?> type = keyType(map);
            chargeSlots(session, type);
            session.writeType(output, type);
            session.writeCount(output, map.size());
            session.openWritten(map);
            for (Object each : map.entrySet()) {
                Map.Entry<Enum<?>, @Nullable Object> entry = (Map.Entry<Enum<?>, @Nullable Object>) each;
                StringEncoding.write(output, entry.getKey().name());
                try {
                    session.writeItem(output, entry.getValue());
                } catch (UnencodableException e) {
                    throw e.under("{" + entry.getKey().name() + "}");
                }
            }
            session.closeLast();
        }

        @Override
        EnumMap read(KryoSession session, Input input) {
            Class<?> type = enumType(session, input);
            int count = session.claimCount(input);
            chargeSlots(session, type);
            EnumMap map = new EnumMap(type);
            session.open(map);
            for (int i = 0; i < count; i++) {
                Enum<?> key = constant(type, StringEncoding.read(session, input));
                map.put(key, session.readItem(input));
            }
            session.closeLast();
            return map;
        }

        @Override
        EnumMap copy(DeepCopy deepCopy, EnumMap original) {
            EnumMap copy = original.clone();
            deepCopy.register(original, copy);
            for (Object each : copy.entrySet()) {
                Map.Entry<Enum<?>, @Nullable Object> entry = (Map.Entry<Enum<?>, @Nullable Object>) each;
                entry.setValue(deepCopy.copyOf(entry.getValue()));
            }
            return copy;
        }

        /** Charges the budget for the array of the map: even an empty map has a slot for each constant. */
        private static void chargeSlots(KryoSession session, Class<?> type) {
            if ((Object) session.descriptors().get(type).serializer() instanceof OfConstant constants) {
                session.budget().charge((long) SLOT_BYTES * constants.count());
            }
        }

        private static Class<?> keyType(EnumMap<?, ?> map) {
            return map.isEmpty()
                    ? KeyTypeProbe.of(map)
                    : map.keySet().iterator().next().getDeclaringClass();
        }
    }

    /** Finds the key type of an empty EnumMap, which only its serialized form contains. */
    private static final class KeyTypeProbe extends ObjectOutputStream {
        private final List<Class<?>> types = new ArrayList<>();

        private KeyTypeProbe() throws IOException {
            super(OutputStream.nullOutputStream());
        }

        static Class<?> of(EnumMap<?, ?> map) {
            try (KeyTypeProbe probe = new KeyTypeProbe()) {
                probe.writeObject(map);
                return probe.types.get(0);
            } catch (IOException e) {
                throw new UnencodableException("the key type of an empty EnumMap cannot be found", e);
            }
        }

        @Override
        protected void annotateClass(Class<?> type) {
            if (type.isEnum()) {
                types.add(type);
            }
        }
    }

    private static Class<?> enumType(KryoSession session, Input input) {
        Class<?> type = session.readType(input);
        if (!type.isEnum()) {
            throw MalformedException.damaged("class " + type.getName() + " is not an enum");
        }
        return type;
    }

    /**
     * Returns the constant of that name.
     *
     * @throws MalformedException if there is none; the message does not show the name, which comes from the bytes
     */
    @SuppressWarnings({"rawtypes", "unchecked"})
    public static Enum<?> constant(Class<?> type, String name) {
        try {
            return Enum.valueOf((Class) type, name);
        } catch (IllegalArgumentException e) {
            throw new MalformedException(
                    UndecodableReason.CLASS_CHANGED, "enum " + type.getName() + " lacks a constant that was written");
        }
    }
}
