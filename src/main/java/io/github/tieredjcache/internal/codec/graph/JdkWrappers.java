package io.github.tieredjcache.internal.codec.graph;

import com.esotericsoftware.kryo.io.Input;
import com.esotericsoftware.kryo.io.Output;
import io.github.tieredjcache.internal.codec.api.MalformedException;
import io.github.tieredjcache.internal.codec.api.UnencodableException;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Properties;
import java.util.Spliterator;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Serializers with numbers 160 to 169: JDK wrappers of collections and comparators that have no getter for their
 * content.
 */
final class JdkWrappers {
    private JdkWrappers() {}

    static void addTo(JdkSerializers serializers) {
        serializers.add(160, new OfProperties(), Properties.class);
        serializers.add(
                161,
                new SetFromMap(),
                Collections.newSetFromMap(new LinkedHashMap<>()).getClass());
        serializers.add(
                162,
                new BuiltSerializer<Map<Boolean, @Nullable Object>>(
                        BuiltSerializer.Hashing.NONE,
                        map -> new @Nullable Object[] {map.get(false), map.get(true)},
                        JdkWrappers::partition),
                partition(new Object[2]).getClass());
        serializers.add(163, new OfNulls(), Comparator.nullsFirst(null).getClass());
        serializers.add(
                164,
                new BuiltSerializer<Comparator<Object>>(
                        BuiltSerializer.Hashing.NONE,
                        outer -> new Object[] {Collections.reverseOrder(outer)},
                        parts -> Collections.reverseOrder(inner(parts[0]))),
                Collections.reverseOrder(String.CASE_INSENSITIVE_ORDER).getClass());
    }

    /** Copies by Java serialization: a copy within this JVM may hold objects that cannot be encoded. */
    @SuppressWarnings("unchecked")
    private static <T> T javaCopy(DeepCopy deepCopy, T original) {
        return (T) JavaCopy.of(original, deepCopy);
    }

    @SuppressWarnings("unchecked")
    private static @Nullable Comparator<Object> inner(@Nullable Object part) {
        return (Comparator<Object>) part;
    }

    /** Returns a map of the class that {@code Collectors.partitioningBy} returns. */
    private static Map<Boolean, @Nullable Object> partition(@Nullable Object[] values) {
        if (values.length != 2) {
            throw MalformedException.damaged("a map of partitioningBy must have 2 parts, has " + values.length);
        }
        return Stream.of(false, true)
                .collect(Collectors.partitioningBy(
                        key -> key, Collectors.reducing(null, key -> values[key ? 1 : 0], (none, value) -> value)));
    }

    /** Serializes the comparators of {@code Comparator.nullsFirst} and {@code nullsLast}. */
    private static final class OfNulls extends TypeSerializer<Comparator<Object>> {
        private final BuiltSerializer<Comparator<Object>> parts = new BuiltSerializer<>(
                BuiltSerializer.Hashing.NONE,
                HiddenComparator::partsOf,
                parts -> (boolean) parts[0]
                        ? Comparator.nullsFirst(inner(parts[1]))
                        : Comparator.nullsLast(inner(parts[1])));

        OfNulls() {
            super(Kind.BUILT);
        }

        @Override
        void write(KryoSession session, Output output, Comparator<Object> comparator) {
            parts.write(session, output, comparator);
        }

        @Override
        Comparator<Object> read(KryoSession session, Input input) {
            return parts.read(session, input);
        }

        @Override
        Comparator<Object> copy(DeepCopy deepCopy, Comparator<Object> original) {
            return HiddenComparator.isFound(original) ? parts.copy(deepCopy, original) : javaCopy(deepCopy, original);
        }
    }

    /** Serializes properties without defaults. */
    private static final class OfProperties extends TypeSerializer<Map<@Nullable Object, @Nullable Object>> {
        private final MapSerializer entries =
                new MapSerializer(MapSerializer.Order.HASHED, (n, c) -> new Properties(), UnaryOperator.identity());

        OfProperties() {
            super(Kind.CONTAINER);
        }

        @Override
        void write(KryoSession session, Output output, Map<@Nullable Object, @Nullable Object> properties) {
            if (hasDefaults(properties)) {
                throw new UnencodableException(
                        "java.util.Properties with defaults cannot be stored; set the defaults as properties, too");
            }
            entries.write(session, output, properties);
        }

        @Override
        Map<@Nullable Object, @Nullable Object> read(KryoSession session, Input input) {
            return entries.read(session, input);
        }

        @Override
        Map<@Nullable Object, @Nullable Object> copy(
                DeepCopy deepCopy, Map<@Nullable Object, @Nullable Object> original) {
            return hasDefaults(original) ? javaCopy(deepCopy, original) : entries.copy(deepCopy, original);
        }

        /** Returns whether there are properties that are not entries of the map. */
        private static boolean hasDefaults(Map<@Nullable Object, @Nullable Object> map) {
            return !map.keySet().containsAll(((Properties) (Object) map).stringPropertyNames());
        }
    }

    /**
     * Serializes sets of {@code Collections.newSetFromMap}; the new set has a concurrent map if the original had one.
     */
    private static final class SetFromMap extends TypeSerializer<Collection<@Nullable Object>> {
        private final CollectionSerializer plain = serializer(comparator ->
                comparator == null ? new LinkedHashMap<>() : new TreeMap<@Nullable Object, Boolean>(comparator));
        private final CollectionSerializer concurrent = serializer(comparator -> comparator == null
                ? new ConcurrentHashMap<>()
                : new ConcurrentSkipListMap<@Nullable Object, Boolean>(comparator));

        SetFromMap() {
            super(Kind.CONTAINER);
        }

        private static CollectionSerializer serializer(
                Function<@Nullable Comparator<Object>, Map<@Nullable Object, Boolean>> map) {
            return new CollectionSerializer(
                    CollectionSerializer.Order.HIDDEN,
                    (size, comparator) -> Collections.newSetFromMap(map.apply(comparator)),
                    UnaryOperator.identity());
        }

        private CollectionSerializer serializerFor(boolean isConcurrent) {
            return isConcurrent ? concurrent : plain;
        }

        @Override
        void write(KryoSession session, Output output, Collection<@Nullable Object> set) {
            boolean isConcurrent = isConcurrent(set);
            output.writeBoolean(isConcurrent);
            serializerFor(isConcurrent).write(session, output, set);
        }

        @Override
        Collection<@Nullable Object> read(KryoSession session, Input input) {
            return serializerFor(input.readBoolean()).read(session, input);
        }

        @Override
        Collection<@Nullable Object> copy(DeepCopy deepCopy, Collection<@Nullable Object> original) {
            return serializerFor(isConcurrent(original)).copy(deepCopy, original);
        }

        private static boolean isConcurrent(Collection<@Nullable Object> set) {
            return set.spliterator().hasCharacteristics(Spliterator.CONCURRENT);
        }
    }
}
