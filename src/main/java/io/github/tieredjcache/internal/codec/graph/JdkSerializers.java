package io.github.tieredjcache.internal.codec.graph;

import com.esotericsoftware.kryo.Registration;
import io.github.tieredjcache.internal.codec.api.MalformedException;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TimeZone;
import org.jspecify.annotations.Nullable;

/**
 * The serializers of the JDK types that may be stored, each under a fixed number. A number is never changed or reused,
 * since bytes of older versions contain it.
 */
public final class JdkSerializers {
    /** JDK types without a number that may be written by name: element types of arrays, and enums. */
    private static final List<String> NAMEABLE = List.of(
            "java.io.Serializable",
            "java.lang.CharSequence",
            "java.lang.Comparable",
            "java.lang.Iterable",
            "java.lang.Number",
            "java.lang.Record",
            "java.math.RoundingMode",
            "java.nio.file.Path",
            "java.nio.file.StandardOpenOption",
            "java.time.DayOfWeek",
            "java.time.Month",
            "java.time.ZoneId",
            "java.time.chrono.IsoEra",
            "java.time.format.FormatStyle",
            "java.time.format.TextStyle",
            "java.time.temporal.ChronoField",
            "java.time.temporal.ChronoUnit",
            "java.time.temporal.Temporal",
            "java.util.Collection",
            "java.util.Comparator",
            "java.util.Deque",
            "java.util.EnumSet",
            "java.util.List",
            "java.util.Locale$Category",
            "java.util.Map",
            "java.util.Map$Entry",
            "java.util.NavigableMap",
            "java.util.NavigableSet",
            "java.util.Queue",
            "java.util.Set",
            "java.util.SortedMap",
            "java.util.SortedSet",
            "java.util.TimeZone",
            "java.util.concurrent.ConcurrentMap",
            "java.util.concurrent.TimeUnit");

    private final Map<Class<?>, ClassDescriptor> descriptors = new HashMap<>();
    private final List<@Nullable Registration> byId = new ArrayList<>();
    private final Set<String> names = new HashSet<>(NAMEABLE);

    /** Registers a serializer for these classes under a number; Kryo knows the number by the first class. */
    @SuppressWarnings("unchecked")
    void add(int id, TypeSerializer<?> serializer, Class<?>... types) {
        while (byId.size() <= id) {
            byId.add(null);
        }
        if (byId.get(id) != null) {
            throw new IllegalStateException("number " + id + " is taken");
        }
        Registration registration = new Registration(types[0], serializer, id);
        byId.set(id, registration);
        for (Class<?> type : types) {
            descriptors.putIfAbsent(
                    type, new ClassDescriptor(type, registration, (TypeSerializer<Object>) serializer, 0, null));
            names.add(type.getName());
        }
    }

    /** Returns the descriptor of a JDK class that may be stored, or null. */
    @Nullable
    ClassDescriptor find(Class<?> type) {
        ClassDescriptor descriptor = descriptors.get(type);
        if (descriptor != null || !ClassTraits.isJdk(type)) {
            return descriptor;
        }
        if (EnumSet.class.isAssignableFrom(type)) {
            return descriptors.get(EnumSet.class);
        }
        if (ZoneId.class.isAssignableFrom(type)) {
            return descriptors.get(ZoneId.class);
        }
        return TimeZone.class.isAssignableFrom(type) ? descriptors.get(TimeZone.class) : null;
    }

    /** Returns whether an array of that type could hold objects that may be stored. */
    boolean hasSubtypeOf(Class<?> type) {
        return descriptors.keySet().stream().anyMatch(type::isAssignableFrom);
    }

    Registration byId(int id) {
        Registration registration = id < 0 || id >= byId.size() ? null : byId.get(id);
        if (registration == null) {
            throw MalformedException.damaged("unknown type number " + id);
        }
        return registration;
    }

    /** Returns whether bytes may name the JDK class of this name. */
    public boolean allowsName(String name) {
        return names.contains(name);
    }
}
