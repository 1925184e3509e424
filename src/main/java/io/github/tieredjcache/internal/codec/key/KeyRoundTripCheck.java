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
 * The trial of a key: what is decoded must equal what was encoded, and what {@code equals} ignores must not be among the bytes,
 * since equal keys would then be different bytes. The first key of a class is tried, and each one with a value in a field
 * that may show more ({@link TriedField}).
 */
final class KeyRoundTripCheck {
    static final String CONSEQUENCE = ", so that equal keys would be different bytes; ";

    private final CompositeKeys keys;
    private final Object key;
    private final byte[] bytes;

    /** What the {@code equals} of a class says of two of its objects. */
    private enum Verdict {
        EQUAL,
        APART,
        /** The class does not let such objects be, or fails to compare them. */
        NONE
    }

    KeyRoundTripCheck(CompositeKeys keys, Object key, byte[] bytes) {
        this.keys = keys;
        this.key = key;
        this.bytes = bytes;
    }

    /**
     * Tries the key as a whole.
     *
     * @return the key as it was decoded: nobody else has it
     * @throws UnencodableException if the class cannot be a key; names the cure
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
                    name() + " does not equal itself after encoding as a key; define equals on its" + " fields, or "
                            + CanonicalKeyCodec.CURE);
        }
        if (decoded.hashCode() != key.hashCode()) {
            throw new UnencodableException(name()
                    + " has another hashCode after encoding as a key; compute it from its fields, or "
                    + CanonicalKeyCodec.CURE);
        }
        return decoded;
    }

    /** The same for an object with fields, each of which its {@code equals} must heed. */
    void run(KeyLayout layout, KeyRelatives relatives) {
        Object own = run();
        for (int i = 0; i < layout.slots().size(); i++) {
            TriedField tried = layout.tried(i);
            FieldAccessor field = layout.slots().get(i);
            if (tried.isUntried(field.get(key))) {
                boolean isHeeded = isHeeded(layout, i, tried.example());
                boolean isExact = isExact(layout, i);
                tried.tried(field.get(own), isHeeded && isExact);
            }
        }
        if (layout.isNew()) {
            relatives.check(layout, own);
        }
        layout.passed();
    }

    /** Whether the class was seen to heed the field at all. */
    private boolean isHeeded(KeyLayout layout, int index, @Nullable Object example) {
        FieldAccessor field = layout.slots().get(index);
        Object value = field.get(key);
        List<@Nullable Object> others = new ArrayList<>(KeyVariants.others(value));
        if (value != null && !field.field().getType().isPrimitive()) {
            others.add(null);
        }
        if (example != null) {
            others.add(example);
        }
        boolean isHeeded = false;
        for (Object other : others) {
            Verdict verdict = compare(layout, index, value, other);
            if (verdict == Verdict.EQUAL) {
                throw layout.refuse(
                        name() + " ignores its field " + field.field().getName() + " in equals" + CONSEQUENCE
                                + "make the field transient, or " + CanonicalKeyCodec.CURE);
            }
            isHeeded |= verdict == Verdict.APART;
        }
        return isHeeded;
    }

    /** Whether the class was seen to tell values apart that look alike. */
    private boolean isExact(KeyLayout layout, int index) {
        FieldAccessor field = layout.slots().get(index);
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
            isExact &= verdict == Verdict.APART;
        }
        for (Map.Entry<String, Object> each : KeyVariants.lookalikes(value).entrySet()) {
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
            FieldAccessor field = layout.slots().get(index);
            if (Objects.deepEquals(field.get(first), field.get(second))) {
                return Verdict.NONE;
            }
            return first.equals(second) ? Verdict.EQUAL : Verdict.APART;
        } catch (RuntimeException | AssertionError | StackOverflowError | LinkageError e) {
            return Verdict.NONE;
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
