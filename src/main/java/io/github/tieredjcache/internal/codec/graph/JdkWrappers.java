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

/** Numbers 160 to 169: what the JDK makes of other collections and comparators, and does not let one look into. */
final class JdkWrappers {
    private JdkWrappers() {}

    static void addTo(JdkSerializers forms) {
        forms.add(160, new OfProperties(), Properties.class);
        forms.add(
                161,
                new SetFromMap(),
                Collections.newSetFromMap(new LinkedHashMap<>()).getClass());
        forms.add(
                162,
                new BuiltSerializer<Map<Boolean, @Nullable Object>>(
                        BuiltSerializer.Hashing.NONE,
                        map -> new @Nullable Object[] {map.get(false), map.get(true)},
                        JdkWrappers::partition),
                partition(new Object[2]).getClass());
        forms.add(163, new OfNulls(), Comparator.nullsFirst(null).getClass());
        forms.add(
                164,
                new BuiltSerializer<Comparator<Object>>(
                        BuiltSerializer.Hashing.NONE,
                        outer -> new Object[] {Collections.reverseOrder(outer)},
                        parts -> Collections.reverseOrder(inner(parts[0]))),
                Collections.reverseOrder(String.CASE_INSENSITIVE_ORDER).getClass());
    }

    /** What is copied within a JVM need not be what another one could read. */
    @SuppressWarnings("unchecked")
    private static <T> T javaCopy(DeepCopy copying, T original) {
        return (T) JavaCopy.of(original, copying);
    }

    @SuppressWarnings("unchecked")
    private static @Nullable Comparator<Object> inner(@Nullable Object part) {
        return (Comparator<Object>) part;
    }

    /** A map as {@code Collectors.partitioningBy} makes it. */
    private static Map<Boolean, @Nullable Object> partition(@Nullable Object[] values) {
        if (values.length != 2) {
            throw MalformedException.damaged(values.length + " parts of a map by true and false");
        }
        return Stream.of(false, true)
                .collect(Collectors.partitioningBy(
                        key -> key, Collectors.reducing(null, key -> values[key ? 1 : 0], (none, value) -> value)));
    }

    /** A comparator for which null is less, or more, than anything else. */
    private static final class OfNulls extends TypeSerializer<Comparator<Object>> {
        private final BuiltSerializer<Comparator<Object>> parts = new BuiltSerializer<>(
                BuiltSerializer.Hashing.NONE,
                HiddenComparator::ofNulls,
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
        Comparator<Object> copy(DeepCopy copying, Comparator<Object> original) {
            return HiddenComparator.isFound(original) ? parts.copy(copying, original) : javaCopy(copying, original);
        }
    }

    /** Properties without defaults. */
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
                        "java.util.Properties with defaults cannot be stored; set those in it, too");
            }
            entries.write(session, output, properties);
        }

        @Override
        Map<@Nullable Object, @Nullable Object> read(KryoSession session, Input input) {
            return entries.read(session, input);
        }

        @Override
        Map<@Nullable Object, @Nullable Object> copy(
                DeepCopy copying, Map<@Nullable Object, @Nullable Object> original) {
            return hasDefaults(original) ? javaCopy(copying, original) : entries.copy(copying, original);
        }

        /** Whether there are properties that the map of the entries does not show. */
        private static boolean hasDefaults(Map<@Nullable Object, @Nullable Object> map) {
            return !map.keySet().containsAll(((Properties) (Object) map).stringPropertyNames());
        }
    }

    /** A set as {@code Collections.newSetFromMap} makes it: of a concurrent map if the original is of one. */
    private static final class SetFromMap extends TypeSerializer<Collection<@Nullable Object>> {
        private final CollectionSerializer plain = form(comparator ->
                comparator == null ? new LinkedHashMap<>() : new TreeMap<@Nullable Object, Boolean>(comparator));
        private final CollectionSerializer concurrent = form(comparator -> comparator == null
                ? new ConcurrentHashMap<>()
                : new ConcurrentSkipListMap<@Nullable Object, Boolean>(comparator));

        SetFromMap() {
            super(Kind.CONTAINER);
        }

        private static CollectionSerializer form(
                Function<@Nullable Comparator<Object>, Map<@Nullable Object, Boolean>> map) {
            return new CollectionSerializer(
                    CollectionSerializer.Order.HIDDEN,
                    (size, comparator) -> Collections.newSetFromMap(map.apply(comparator)),
                    UnaryOperator.identity());
        }

        private CollectionSerializer formOf(boolean isConcurrent) {
            return isConcurrent ? concurrent : plain;
        }

        @Override
        void write(KryoSession session, Output output, Collection<@Nullable Object> set) {
            boolean isConcurrent = isConcurrent(set);
            output.writeBoolean(isConcurrent);
            formOf(isConcurrent).write(session, output, set);
        }

        @Override
        Collection<@Nullable Object> read(KryoSession session, Input input) {
            return formOf(input.readBoolean()).read(session, input);
        }

        @Override
        Collection<@Nullable Object> copy(DeepCopy copying, Collection<@Nullable Object> original) {
            return formOf(isConcurrent(original)).copy(copying, original);
        }

        private static boolean isConcurrent(Collection<@Nullable Object> set) {
            return set.spliterator().hasCharacteristics(Spliterator.CONCURRENT);
        }
    }
}
