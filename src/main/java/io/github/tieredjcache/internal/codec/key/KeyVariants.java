package io.github.tieredjcache.internal.codec.key;

import java.lang.reflect.Array;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.time.temporal.Temporal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Creates values for a field of a key, by which a check sees whether the {@code equals} of the class distinguishes
 * them.
 */
final class KeyVariants {
    private static final List<ChronoUnit> UNITS =
            List.of(ChronoUnit.NANOS, ChronoUnit.DAYS, ChronoUnit.MONTHS, ChronoUnit.YEARS);

    /** Two different values of each type that a field may declare; used for fields that hold null. */
    private static final Map<Class<?>, List<?>> EXAMPLES = Map.of(
            Integer.class, List.of(1, 2),
            Long.class, List.of(1L, 2L),
            Short.class, List.of((short) 1, (short) 2),
            Byte.class, List.of((byte) 1, (byte) 2),
            Character.class, List.of('a', 'b'),
            Boolean.class, List.of(true, false),
            BigInteger.class, List.of(BigInteger.ONE, BigInteger.TWO),
            UUID.class, List.of(new UUID(1, 1), new UUID(1, 2)),
            List.class, List.of(List.of("a"), List.of("b")),
            Set.class, List.of(Set.of("a"), Set.of("b")));

    /** Kinds of values that are not told apart by their class alone. */
    private enum Kind {
        NULL,
        EMPTY_LIST,
        LIST_OF_ONE,
        LIST,
        EMPTY_SET,
        SET,
        EMPTY_MAP,
        MAP
    }

    /**
     * A kind of arrays. An {@code equals} may compare the elements of an array, but not those of an array within it.
     */
    private record ArrayKind(Class<?> type, boolean isNested) {}

    private KeyVariants() {}

    /** Returns the kind of a value. A check with one value of a kind proves the same for all values of this kind. */
    static Object kind(@Nullable Object value) {
        if (value == null) {
            return Kind.NULL;
        }
        if (value instanceof List<?> list) {
            return list.isEmpty() ? Kind.EMPTY_LIST : list.size() == 1 ? Kind.LIST_OF_ONE : Kind.LIST;
        }
        if (value instanceof Set<?> set) {
            return set.isEmpty() ? Kind.EMPTY_SET : Kind.SET;
        }
        if (value instanceof Map<?, ?> map) {
            return map.isEmpty() ? Kind.EMPTY_MAP : Kind.MAP;
        }
        if (value instanceof Object[] array) {
            return new ArrayKind(
                    value.getClass(),
                    Arrays.stream(array)
                            .anyMatch(each -> each != null && each.getClass().isArray()));
        }
        return value.getClass();
    }

    /** Returns values that do not equal the given one; none if this class cannot create values of its type. */
    static List<Object> others(@Nullable Object value) {
        try {
            Object scalar = otherScalar(value);
            if (scalar != null) {
                return List.of(scalar);
            }
            Object container = otherContainer(value);
            return container == null ? List.of() : List.of(container);
        } catch (RuntimeException e) {
            // For example, the largest date has no successor.
            return List.of();
        }
    }

    private static @Nullable Object otherScalar(@Nullable Object value) {
        if (value instanceof Integer number) {
            return number + 1;
        } else if (value instanceof Long number) {
            return number + 1;
        } else if (value instanceof Short number) {
            return (short) (number + 1);
        } else if (value instanceof Byte number) {
            return (byte) (number + 1);
        } else if (value instanceof Character letter) {
            return (char) (letter + 1);
        } else if (value instanceof Boolean flag) {
            return !flag;
        } else if (value instanceof Double number) {
            return number == 1 ? 2.0 : 1.0;
        } else if (value instanceof Float number) {
            return number == 1 ? 2f : 1f;
        } else if (value instanceof BigInteger number) {
            return number.add(BigInteger.ONE);
        } else if (value instanceof BigDecimal number) {
            return number.add(BigDecimal.ONE);
        } else if (value instanceof String text) {
            return text + "x";
        } else if (value instanceof UUID id) {
            return new UUID(id.getMostSignificantBits(), ~id.getLeastSignificantBits());
        } else if (value instanceof Duration duration) {
            return duration.plusNanos(1);
        } else if (value instanceof Temporal time) {
            return otherTime(time);
        } else if (value instanceof Enum<?> constant) {
            return Arrays.stream((Object[]) constant.getDeclaringClass().getEnumConstants())
                    .filter(each -> each != constant)
                    .findFirst()
                    .orElse(null);
        }
        return null;
    }

    private static @Nullable Object otherTime(Temporal time) {
        return UNITS.stream()
                .filter(time::isSupported)
                .findFirst()
                .map(unit -> (Object) time.plus(1, unit))
                .orElse(null);
    }

    private static @Nullable Object otherContainer(@Nullable Object value) {
        if (value instanceof List<?> list) {
            return new ArrayList<>(list.isEmpty() ? List.of("a") : List.of());
        } else if (value instanceof Set<?> set) {
            return new HashSet<>(set.isEmpty() ? List.of("a") : List.of());
        } else if (value instanceof Map<?, ?> map) {
            return new HashMap<>(map.isEmpty() ? Map.of("a", "b") : Map.of());
        } else if (value instanceof Optional<?> optional) {
            return optional.isPresent() ? Optional.empty() : Optional.of("a");
        } else if (value != null && value.getClass().isArray()) {
            return Array.newInstance(value.getClass().getComponentType(), Array.getLength(value) == 0 ? 1 : 0);
        }
        return null;
    }

    /**
     * Returns pairs of unequal values of the type that the {@code equals} of users' classes sometimes treats as equal.
     */
    static List<List<?>> pairs(Class<?> type, @Nullable Object value) {
        List<List<?>> pairs = new ArrayList<>();
        if (type == String.class || value instanceof String) {
            pairs.add(List.of("a", "b"));
            pairs.add(List.of("a", "A"));
            pairs.add(List.of("a", "a "));
        } else if (type == double.class || type == Double.class || value instanceof Double) {
            pairs.add(List.of(0.0, -0.0));
        } else if (type == float.class || type == Float.class || value instanceof Float) {
            pairs.add(List.of(0f, -0f));
        } else if (type == BigDecimal.class || value instanceof BigDecimal) {
            pairs.add(List.of(new BigDecimal("1"), new BigDecimal("1.0")));
        } else if (value instanceof List<?> list) {
            addListsOfSameElements(pairs, list);
        } else if (value == null && EXAMPLES.containsKey(type)) {
            pairs.add(EXAMPLES.get(type));
        } else if (value == null && type.isEnum() && type.getEnumConstants().length > 1) {
            pairs.add(Arrays.asList(type.getEnumConstants()).subList(0, 2));
        }
        return pairs;
    }

    /**
     * Returns variants of the value itself that do not equal it, but that users' classes sometimes treat as equal.
     * Unlike {@link #pairs}, the variants suit a class that accepts only few values.
     *
     * @return the variants by the difference, which messages name; the values themselves must not be shown
     */
    static Map<String, Object> similar(@Nullable Object value) {
        Map<String, Object> similar = new LinkedHashMap<>();
        if (value instanceof String text) {
            similar.put("upper and lower case", otherCase(text));
            similar.put("a space at the end", text + " ");
        } else if (value instanceof BigDecimal number && number.scale() < Integer.MAX_VALUE) {
            similar.put(
                    "a zero at the end of a BigDecimal",
                    new BigDecimal(number.unscaledValue().multiply(BigInteger.TEN), number.scale() + 1));
        }
        similar.values().removeIf(each -> each.equals(value));
        return similar;
    }

    /** Adds lists that are equal for an {@code equals} that compares lists as sets or ignores their order. */
    private static void addListsOfSameElements(List<List<?>> pairs, List<?> list) {
        List<Object> longer = new ArrayList<>(list);
        longer.addAll(list.subList(0, Math.min(list.size(), 1)));
        List<Object> reversed = new ArrayList<>(list);
        Collections.reverse(reversed);
        if (!longer.equals(list)) {
            pairs.add(List.of(new ArrayList<>(list), longer));
        }
        if (!reversed.equals(list)) {
            pairs.add(List.of(new ArrayList<>(list), reversed));
        }
    }

    /** Returns the text with the case of its letters changed; the same text if it has no letters. */
    private static String otherCase(String text) {
        String upper = text.toUpperCase(Locale.ROOT);
        return upper.equals(text) ? text.toLowerCase(Locale.ROOT) : upper;
    }

    /** Returns the first element that is not null, or null. */
    static @Nullable Object first(Collection<?> elements) {
        for (Object element : elements) {
            if (element != null) {
                return element;
            }
        }
        return null;
    }
}
