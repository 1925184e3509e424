package io.github.tieredjcache.internal.codec;

import com.esotericsoftware.kryo.io.Input;
import com.esotericsoftware.kryo.io.Output;
import io.github.tieredjcache.UndecodableReason;
import java.io.IOException;
import java.io.ObjectOutputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Enum constants by name, since ordinals change their meaning between versions; and the collections made for them. */
final class EnumForms {
    private static final int PLACE_BYTES = 4;

    private EnumForms() {}

    /** A constant. */
    static final class OfConstant extends Form<Enum<?>> {
        private final Class<?> type;
        private int count = -1;

        OfConstant(Class<?> type) {
            super(Kind.VALUE);
            this.type = type;
        }

        /** How many constants there are. Found when it is asked for first, since that initializes the class. */
        int count() {
            if (count < 0) {
                count = type.getEnumConstants().length;
            }
            return count;
        }

        @Override
        void write(Session session, Output output, Enum<?> constant) {
            Text.write(output, constant.name());
        }

        @Override
        Enum<?> read(Session session, Input input) {
            return constant(type, Text.read(session, input));
        }

        @Override
        Enum<?> copy(Copying copying, Enum<?> original) {
            return original;
        }
    }

    /** An {@link EnumSet}: the type, and the names. */
    @SuppressWarnings({"rawtypes", "unchecked"})
    static final class OfSet extends Form<EnumSet> {
        OfSet() {
            super(Kind.CONTAINER);
        }

        @Override
        void write(Session session, Output output, EnumSet set) {
            EnumSet<?> other = set.isEmpty() ? EnumSet.complementOf(set) : set;
            if (other.isEmpty()) {
                throw new RefusedException("an EnumSet of an enum without constants");
            }
            session.writeType(output, other.iterator().next().getDeclaringClass());
            session.writeCount(output, set.size());
            for (Object constant : set) {
                Text.write(output, ((Enum<?>) constant).name());
            }
        }

        @Override
        EnumSet read(Session session, Input input) {
            Class<?> type = enumType(session, input);
            int count = session.claimCount(input);
            EnumSet set = EnumSet.noneOf((Class) type);
            for (int i = 0; i < count; i++) {
                set.add(constant(type, Text.read(session, input)));
            }
            return set;
        }

        @Override
        EnumSet copy(Copying copying, EnumSet original) {
            EnumSet copy = original.clone();
            copying.open(original, copy);
            return copy;
        }
    }

    /** An {@link EnumMap}: the type, then names and values in turn. */
    @SuppressWarnings({"rawtypes", "unchecked"})
    static final class OfMap extends Form<EnumMap> {
        OfMap() {
            super(Kind.CONTAINER);
        }

        @Override
        void write(Session session, Output output, EnumMap map) {
            Class<?> type = keyType(map);
            chargePlaces(session, type);
            session.writeType(output, type);
            session.writeCount(output, map.size());
            session.openWritten(map);
            for (Object each : map.entrySet()) {
                Map.Entry<Enum<?>, @Nullable Object> entry = (Map.Entry<Enum<?>, @Nullable Object>) each;
                Text.write(output, entry.getKey().name());
                try {
                    session.writeItem(output, entry.getValue());
                } catch (RefusedException e) {
                    throw e.under("{" + entry.getKey().name() + "}");
                }
            }
            session.closeLast();
        }

        @Override
        EnumMap read(Session session, Input input) {
            Class<?> type = enumType(session, input);
            int count = session.claimCount(input);
            chargePlaces(session, type);
            EnumMap map = new EnumMap(type);
            session.open(map);
            for (int i = 0; i < count; i++) {
                Enum<?> key = constant(type, Text.read(session, input));
                map.put(key, session.readItem(input));
            }
            session.closeLast();
            return map;
        }

        @Override
        EnumMap copy(Copying copying, EnumMap original) {
            EnumMap copy = original.clone();
            copying.open(original, copy);
            for (Object each : copy.entrySet()) {
                Map.Entry<Enum<?>, @Nullable Object> entry = (Map.Entry<Enum<?>, @Nullable Object>) each;
                entry.setValue(copying.item(entry.getValue()));
            }
            return copy;
        }

        /** An empty map, too, has a place for each constant there is. */
        private static void chargePlaces(Session session, Class<?> type) {
            if ((Object) session.shapes().get(type).form() instanceof OfConstant constants) {
                session.budget().charge((long) PLACE_BYTES * constants.count());
            }
        }

        private static Class<?> keyType(EnumMap<?, ?> map) {
            return map.isEmpty()
                    ? KeyTypeProbe.of(map)
                    : map.keySet().iterator().next().getDeclaringClass();
        }
    }

    /** Finds the key type of an empty EnumMap, which only its serialized form tells. */
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
                throw new RefusedException("an empty EnumMap that does not tell its key type", e);
            }
        }

        @Override
        protected void annotateClass(Class<?> type) {
            if (type.isEnum()) {
                types.add(type);
            }
        }
    }

    private static Class<?> enumType(Session session, Input input) {
        Class<?> type = session.readType(input);
        if (!type.isEnum()) {
            throw MalformedException.damaged("class " + type.getName() + " is no enum");
        }
        return type;
    }

    @SuppressWarnings({"rawtypes", "unchecked"})
    static Enum<?> constant(Class<?> type, String name) {
        try {
            return Enum.valueOf((Class) type, name);
        } catch (IllegalArgumentException e) {
            throw new MalformedException(
                    UndecodableReason.CLASS_CHANGED, "enum " + type.getName() + " has no constant of a name");
        }
    }
}
