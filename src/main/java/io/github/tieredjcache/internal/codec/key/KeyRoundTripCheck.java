package io.github.tieredjcache.internal.codec.key;

import com.esotericsoftware.kryo.io.Input;
import io.github.tieredjcache.internal.codec.api.UnencodableException;
import io.github.tieredjcache.internal.codec.graph.FieldAccessor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Checks that a key survives encoding and decoding. The decoded key must equal the original, and {@code equals} must
 * compare every encoded field, since otherwise equal keys could have different bytes. The check runs for the first key
 * of a class, and for each key with a kind of value that no check has covered ({@link CheckedField}).
 */
final class KeyRoundTripCheck {
    static final String CONSEQUENCE = ", so that equal keys would have different bytes; ";

    private final Reader keys;
    private final Object key;
    private final byte[] bytes;

    /** The result of comparing two objects of a key class by {@code equals}. */
    private enum Verdict {
        EQUAL,
        DIFFERENT,
        /** The class does not allow such an object, or {@code equals} throws. */
        UNKNOWN
    }

    /** Decodes a key, or a part of one at a depth. */
    @FunctionalInterface
    interface Reader {
        @Nullable
        Object read(Input input, Class<?> type, int depth);
    }

    KeyRoundTripCheck(Reader keys, Object key, byte[] bytes) {
        this.keys = keys;
        this.key = key;
        this.bytes = bytes;
    }

    /**
     * Checks the key as a whole.
     *
     * @return the decoded key, which no other code uses
     * @throws UnencodableException if the class cannot be a key; the message names the cure
     */
    Object run() {
        Object decoded;
        try {
            decoded = keys.read(new Input(bytes), key.getClass(), 0);
        } catch (RuntimeException e) {
            throw new UnencodableException(
                    name() + " cannot be rebuilt as a key from its fields; " + CanonicalKeyCodec.CURE, e);
        }
        if (decoded == null || !decoded.equals(key) || !key.equals(decoded)) {
            throw new UnencodableException(
                    name() + " does not equal itself after encoding as a key; define equals on its fields, or "
                            + CanonicalKeyCodec.CURE);
        }
        if (decoded.hashCode() != key.hashCode()) {
            throw new UnencodableException(name()
                    + " has another hashCode after encoding as a key; compute hashCode from the fields, or "
                    + CanonicalKeyCodec.CURE);
        }
        return decoded;
    }

    /** Checks an object with fields: as a whole, and that its {@code equals} compares each field. */
    void run(KeyLayout layout, KeyRelatives relatives) {
        Object decoded = run();
        for (int i = 0; i < layout.fields().size(); i++) {
            CheckedField checked = layout.checkedField(i);
            FieldAccessor field = layout.fields().get(i);
            if (checked.needsCheck(field.get(key))) {
                boolean isCompared = isCompared(layout, i, checked.example());
                boolean isExact = isExact(layout, i);
                checked.record(field.get(decoded), isCompared && isExact);
            }
        }
        if (layout.isUnchecked()) {
            relatives.check(layout, decoded);
        }
        layout.markPassed();
    }

    /**
     * Returns whether {@code equals} was seen to compare the field.
     *
     * @param example a value of an earlier key to compare with; null if there is none
     */
    private boolean isCompared(KeyLayout layout, int index, @Nullable Object example) {
        FieldAccessor field = layout.fields().get(index);
        Object value = field.get(key);
        List<@Nullable Object> others = new ArrayList<>(KeyVariants.others(value));
        if (value != null && !field.field().getType().isPrimitive()) {
            others.add(null);
        }
        if (example != null) {
            others.add(example);
        }
        boolean isCompared = false;
        for (Object other : others) {
            Verdict verdict = compare(layout, index, value, other);
            if (verdict == Verdict.EQUAL) {
                throw layout.refuse(
                        name() + " ignores its field " + field.field().getName() + " in equals" + CONSEQUENCE
                                + "make the field transient, or " + CanonicalKeyCodec.CURE);
            }
            isCompared |= verdict == Verdict.DIFFERENT;
        }
        return isCompared;
    }

    /** Returns whether {@code equals} was seen to distinguish similar values of the field. */
    private boolean isExact(KeyLayout layout, int index) {
        FieldAccessor field = layout.fields().get(index);
        Object value = field.get(key);
        boolean isExact = true;
        for (List<?> pair : KeyVariants.pairs(field.field().getType(), value)) {
            Verdict verdict = compare(layout, index, pair.get(0), pair.get(1));
            if (verdict == Verdict.EQUAL) {
                throw inexact(
                        layout,
                        field,
                        value instanceof List
                                ? "the order or number of elements"
                                : pair.get(0) + " and " + pair.get(1));
            }
            isExact &= verdict == Verdict.DIFFERENT;
        }
        for (Map.Entry<String, Object> each : KeyVariants.similar(value).entrySet()) {
            if (compare(layout, index, value, each.getValue()) == Verdict.EQUAL) {
                throw inexact(layout, field, each.getKey());
            }
        }
        return isExact;
    }

    private UnencodableException inexact(KeyLayout layout, FieldAccessor field, String difference) {
        return layout.refuse(
                name() + " ignores a difference in its field " + field.field().getName()
                        + " in equals, that of " + difference + CONSEQUENCE + "compare it exactly, or "
                        + CanonicalKeyCodec.CURE);
    }

    private Verdict compare(KeyLayout layout, int index, @Nullable Object one, @Nullable Object other) {
        try {
            Object first = with(layout, index, one);
            Object second = with(layout, index, other);
            FieldAccessor field = layout.fields().get(index);
            if (Objects.deepEquals(field.get(first), field.get(second))) {
                return Verdict.UNKNOWN;
            }
            return first.equals(second) ? Verdict.EQUAL : Verdict.DIFFERENT;
        } catch (RuntimeException | AssertionError | StackOverflowError | LinkageError e) {
            return Verdict.UNKNOWN;
        }
    }

    private Object with(KeyLayout layout, int index, @Nullable Object value) {
        @Nullable Object[] values = layout.values(key);
        values[index] = value;
        return layout.build(values);
    }

    private String name() {
        return "class " + key.getClass().getName();
    }
}
