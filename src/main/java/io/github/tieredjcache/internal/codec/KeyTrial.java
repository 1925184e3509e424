package io.github.tieredjcache.internal.codec;

import com.esotericsoftware.kryo.io.Input;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The trial of a key class with the first key of it: what is decoded must equal what was encoded, and what {@code
 * equals} ignores must not be among the bytes, since equal keys would then be different bytes.
 */
final class KeyTrial {
    private static final String CONSEQUENCE = ", so that equal keys would be different bytes; ";

    private final CompositeKeys keys;
    private final Object key;
    private final byte[] bytes;

    KeyTrial(CompositeKeys keys, Object key, byte[] bytes) {
        this.keys = keys;
        this.key = key;
        this.bytes = bytes;
    }

    /** @throws RefusedException if the class cannot be a key; names the cure */
    void run() {
        Object decoded;
        try {
            decoded = keys.read(new Input(bytes), key.getClass(), 0);
        } catch (RuntimeException e) {
            throw new RefusedException(
                    name() + " cannot be rebuilt as a key from its fields; " + CanonicalKeyCodec.CURE, e);
        }
        if (decoded == null || !decoded.equals(key) || !key.equals(decoded)) {
            throw new RefusedException(name() + " does not equal itself after encoding as a key; define equals on its"
                    + " fields, or " + CanonicalKeyCodec.CURE);
        }
        if (decoded.hashCode() != key.hashCode()) {
            throw new RefusedException(name()
                    + " has another hashCode after encoding as a key; compute it from its fields, or "
                    + CanonicalKeyCodec.CURE);
        }
    }

    /** The same for an object with these fields, each of which its {@code equals} must heed. */
    void run(KeyLayout layout) {
        run();
        for (int i = 0; i < layout.slots().size(); i++) {
            checkPartOfEquals(layout, i);
        }
    }

    private void checkPartOfEquals(KeyLayout layout, int index) {
        Slot slot = layout.slots().get(index);
        String field = slot.field().getName();
        Object value = slot.get(key);
        Stream<Object> others = others(value).stream();
        if (value != null && !slot.field().getType().isPrimitive()) {
            others = Stream.concat(others, Stream.of((Object) null));
        }
        if (others.anyMatch(other -> areTakenForEqual(layout, index, value, other))) {
            throw new RefusedException(name() + " ignores its field " + field + " in equals" + CONSEQUENCE
                    + "make the field transient, or " + CanonicalKeyCodec.CURE);
        }
        for (List<?> pair : pairs(slot.field().getType(), value)) {
            if (areTakenForEqual(layout, index, pair.get(0), pair.get(1))) {
                throw new RefusedException(
                        name() + " ignores a difference in its field " + field + " in equals, that of "
                                + pair.get(0) + " and " + pair.get(1) + CONSEQUENCE + "compare it exactly, or "
                                + CanonicalKeyCodec.CURE);
            }
        }
    }

    /** Whether keys that differ in this field are equal, unless the class does not let them differ. */
    private boolean areTakenForEqual(KeyLayout layout, int index, @Nullable Object one, @Nullable Object other) {
        try {
            Object first = with(layout, index, one);
            Object second = with(layout, index, other);
            Slot slot = layout.slots().get(index);
            return !Objects.equals(slot.get(first), slot.get(second)) && first.equals(second);
        } catch (RuntimeException e) {
            return false;
        }
    }

    private Object with(KeyLayout layout, int index, @Nullable Object value) {
        @Nullable Object[] values = layout.values(key);
        values[index] = value;
        return layout.build(values);
    }

    /** Values that differ from the given one, where its type is one whose values we can make. */
    private static List<Object> others(@Nullable Object value) {
        if (value instanceof Integer number) {
            return List.of(number + 1);
        }
        if (value instanceof Long number) {
            return List.of(number + 1);
        }
        if (value instanceof Short number) {
            return List.of((short) (number + 1));
        }
        if (value instanceof Byte number) {
            return List.of((byte) (number + 1));
        }
        if (value instanceof Character letter) {
            return List.of((char) (letter + 1));
        }
        if (value instanceof Boolean flag) {
            return List.of(!flag);
        }
        if (value instanceof Double number) {
            return List.of(number == 1 ? 2.0 : 1.0);
        }
        if (value instanceof Float number) {
            return List.of(number == 1 ? 2f : 1f);
        }
        if (value instanceof BigInteger number) {
            return List.of(number.add(BigInteger.ONE));
        }
        if (value instanceof BigDecimal number) {
            return List.of(number.add(BigDecimal.ONE));
        }
        if (value instanceof String text) {
            return List.of(text + "x");
        }
        if (value instanceof UUID id) {
            return List.of(new UUID(id.getMostSignificantBits(), ~id.getLeastSignificantBits()));
        }
        if (value instanceof Enum<?> constant) {
            return Arrays.stream((Object[]) constant.getDeclaringClass().getEnumConstants())
                    .filter(each -> each != constant)
                    .limit(1)
                    .toList();
        }
        return List.of();
    }

    /** Values that are not equal, but that users' classes take for equal now and then. */
    private static List<List<?>> pairs(Class<?> type, @Nullable Object value) {
        if (type == String.class || value instanceof String) {
            return List.of(List.of("a", "b"), List.of("a", "A"), List.of("a", "a "));
        }
        if (type == double.class || type == Double.class || value instanceof Double) {
            return List.of(List.of(0.0, -0.0));
        }
        if (type == float.class || type == Float.class || value instanceof Float) {
            return List.of(List.of(0f, -0f));
        }
        if (type == BigDecimal.class || value instanceof BigDecimal) {
            return List.of(List.of(new BigDecimal("1"), new BigDecimal("1.0")));
        }
        return List.of();
    }

    private String name() {
        return "class " + key.getClass().getName();
    }
}
