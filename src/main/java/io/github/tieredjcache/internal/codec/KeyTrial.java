package io.github.tieredjcache.internal.codec;

import com.esotericsoftware.kryo.io.Input;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The trial of a key class with the first key of it: what is decoded must equal what was encoded, and a field that
 * {@code equals} ignores must not be among the bytes, since equal keys would then be different bytes.
 */
final class KeyTrial {
    private final CompositeKeys keys;
    private final Object key;
    private final byte[] bytes;

    KeyTrial(CompositeKeys keys, Object key, byte[] bytes) {
        this.keys = keys;
        this.key = key;
        this.bytes = bytes;
    }

    /** @throws RefusedException if the class cannot be a key; names the cure */
    void run(List<Slot> slots) {
        Object decoded;
        try {
            decoded = decode();
        } catch (RuntimeException e) {
            throw new RefusedException(name() + " cannot be rebuilt as a key from its fields; use a record", e);
        }
        if (!decoded.equals(key) || !key.equals(decoded)) {
            throw new RefusedException(name() + " does not equal itself after encoding as a key; define equals on its"
                    + " fields, or use a record");
        }
        if (decoded.hashCode() != key.hashCode()) {
            throw new RefusedException(
                    name() + " has another hashCode after encoding as a key; compute it from its fields");
        }
        if (!key.getClass().isRecord()) {
            slots.forEach(this::checkPartOfEquals);
        }
    }

    private void checkPartOfEquals(Slot slot) {
        Object value = slot.get(key);
        for (Object other : others(value)) {
            if (equalsWith(slot, other)) {
                throw new RefusedException(
                        name() + " ignores its field " + slot.field().getName()
                                + " in equals, so that equal keys would be different bytes; make the field transient");
            }
        }
        if (value != null && !slot.field().getType().isPrimitive() && equalsWith(slot, null)) {
            throw new RefusedException(
                    name() + " ignores its field " + slot.field().getName()
                            + " in equals, so that equal keys would be different bytes; make the field transient");
        }
    }

    private boolean equalsWith(Slot slot, @Nullable Object other) {
        try {
            Object changed = decode();
            slot.set(changed, other);
            return changed.equals(key);
        } catch (RuntimeException e) {
            return false;
        }
    }

    /** Values that differ from the given one, where its type is one whose values we can make. */
    private static List<Object> others(@Nullable Object value) {
        if (value instanceof Integer number) {
            return List.of(number + 1);
        }
        if (value instanceof Long number) {
            return List.of(number + 1);
        }
        if (value instanceof Boolean flag) {
            return List.of(!flag);
        }
        if (value instanceof String text) {
            String upper = text.toUpperCase(Locale.ROOT);
            return text.equals(upper) ? List.of(text + "x") : List.of(text + "x", upper);
        }
        return List.of();
    }

    private Object decode() {
        Object decoded = keys.read(new Input(bytes), 0);
        if (decoded == null) {
            throw MalformedException.damaged("no key");
        }
        return decoded;
    }

    private String name() {
        return "class " + key.getClass().getName();
    }
}
