package io.github.tieredjcache.internal.codec.graph;

import io.github.tieredjcache.internal.codec.api.MalformedException;
import io.github.tieredjcache.internal.codec.graph.BuiltSerializer.Hashing;
import java.util.AbstractMap;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Serializers with numbers 130 to 152: immutable collections, maps and entries, and optional values. */
final class JdkImmutables {
    private JdkImmutables() {}

    static void addTo(JdkSerializers serializers) {
        addLists(serializers);
        addSetsAndMaps(serializers);
        addOptionalsAndEntries(serializers);
    }

    private static void addLists(JdkSerializers serializers) {
        serializers.add(
                130,
                // Stream.toList has the class of List.of(1, 2, 3), too, but allows nulls.
                list(parts -> Arrays.stream(parts).toList()),
                List.of().getClass(),
                List.of(1, 2, 3).getClass(),
                List.of(1, 2, 3).subList(0, 2).getClass());
        serializers.add(
                131,
                list(parts -> Collections.emptyList()),
                Collections.emptyList().getClass());
        serializers.add(
                132,
                list(parts -> Collections.singletonList(only(parts))),
                Collections.singletonList(1).getClass());
        serializers.add(
                133,
                list(parts -> Collections.unmodifiableList(Arrays.asList(parts))),
                Collections.nCopies(1, 1).getClass());
        serializers.add(135, list(parts -> List.of(parts)), List.of(1).getClass());
        serializers.add(134, new ArrayViewSerializer(), Arrays.asList(1, 2).getClass());
    }

    private static void addSetsAndMaps(JdkSerializers serializers) {
        serializers.add(
                140,
                set(parts -> setOf(parts)),
                Set.of().getClass(),
                Set.of(1).getClass(),
                Set.of(1, 2, 3).getClass());
        serializers.add(
                141,
                set(parts -> Collections.emptySet()),
                Collections.emptySet().getClass());
        serializers.add(
                142,
                set(parts -> Collections.singleton(only(parts))),
                Collections.singleton(1).getClass());
        serializers.add(
                143,
                immutableMap(JdkImmutables::mapOf),
                Map.of().getClass(),
                Map.of(1, 1).getClass(),
                Map.of(1, 1, 2, 2).getClass());
        serializers.add(
                144,
                immutableMap(parts -> Collections.emptyMap()),
                Collections.emptyMap().getClass());
        serializers.add(
                145,
                immutableMap(parts -> Collections.singletonMap(pair(parts)[0], parts[1])),
                Collections.singletonMap(1, 1).getClass());
    }

    private static void addOptionalsAndEntries(JdkSerializers serializers) {
        serializers.add(
                150,
                new BuiltSerializer<Optional<?>>(
                        Hashing.NONE,
                        v -> v.isPresent() ? new Object[] {v.get()} : new Object[0],
                        parts -> parts.length == 0 ? Optional.empty() : Optional.of(present(only(parts)))),
                Optional.class);
        serializers.add(
                151,
                entry(parts -> Map.entry(present(pair(parts)[0]), present(parts[1]))),
                Map.entry(1, 1).getClass());
        serializers.add(
                152,
                entry(parts -> new AbstractMap.SimpleImmutableEntry<>(pair(parts)[0], parts[1])),
                AbstractMap.SimpleImmutableEntry.class);
    }

    private static BuiltSerializer<List<@Nullable Object>> list(
            Function<@Nullable Object[], List<@Nullable Object>> builder) {
        return new BuiltSerializer<>(Hashing.NONE, List::toArray, builder);
    }

    private static BuiltSerializer<Set<@Nullable Object>> set(
            Function<@Nullable Object[], Set<@Nullable Object>> builder) {
        return new BuiltSerializer<>(Hashing.ALL, Set::toArray, builder);
    }

    private static BuiltSerializer<Map<@Nullable Object, @Nullable Object>> immutableMap(
            Function<@Nullable Object[], Map<@Nullable Object, @Nullable Object>> builder) {
        return new BuiltSerializer<>(Hashing.KEYS, MapSerializer::parts, builder);
    }

    private static BuiltSerializer<Map.Entry<?, ?>> entry(Function<@Nullable Object[], Map.Entry<?, ?>> builder) {
        return new BuiltSerializer<>(Hashing.NONE, e -> new @Nullable Object[] {e.getKey(), e.getValue()}, builder);
    }

    private static Set<@Nullable Object> setOf(@Nullable Object[] parts) {
        return Set.of(parts);
    }

    private static Map<@Nullable Object, @Nullable Object> mapOf(@Nullable Object[] parts) {
        Map<@Nullable Object, @Nullable Object> map = new HashMap<>();
        for (int i = 0; i < parts.length; i += 2) {
            map.put(parts[i], parts[i + 1]);
        }
        if (2 * map.size() != parts.length) {
            throw MalformedException.damaged("a map holds the same key twice");
        }
        return Map.copyOf(map);
    }

    private static @Nullable Object only(@Nullable Object[] parts) {
        if (parts.length != 1) {
            throw MalformedException.damaged("a container of one part has " + parts.length);
        }
        return parts[0];
    }

    private static @Nullable Object[] pair(@Nullable Object[] parts) {
        if (parts.length != 2) {
            throw MalformedException.damaged("a container of two parts has " + parts.length);
        }
        return parts;
    }

    private static Object present(@Nullable Object part) {
        if (part == null) {
            throw MalformedException.damaged("a part is null, and its container allows no null");
        }
        return part;
    }
}
