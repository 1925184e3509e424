package io.github.tieredjcache.internal.codec;

import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * How the key objects of one class are taken apart and built again.
 *
 * <p>The fields of each class of the hierarchy stand in the order of their names, and the fingerprint covers the names
 * alone. So two versions of a class, of which one declares a field in another place or of another type, write equal keys
 * as equal bytes: what one node removes is removed for the other.
 */
final class KeyLayout {
    private final Shape shape;
    private final List<Slot> slots;
    private final byte[] name;
    private final long fingerprint;
    private final @Nullable ObjectForm objects;
    private final @Nullable KeptHash hash;
    private final List<TriedField> tried;
    private volatile boolean passed;
    private volatile @Nullable String refusal;

    private KeyLayout(Shape shape, List<Slot> slots, @Nullable ObjectForm objects, @Nullable KeptHash hash) {
        this.shape = shape;
        this.slots = slots;
        this.name = shape.type().getName().getBytes(StandardCharsets.UTF_8);
        this.fingerprint = Shapes.fingerprint(
                slots.stream().map(slot -> slot.field().getName()).collect(Collectors.joining("\n", "key\n", "")));
        this.objects = objects;
        this.hash = hash;
        this.tried = slots.stream().map(slot -> new TriedField()).toList();
    }

    /** @throws RefusedException if objects of that class cannot be keys; names the cure */
    static KeyLayout of(Shape shape) {
        if (shape.refusal() != null) {
            throw new RefusedException(shape.refusal());
        }
        Class<?> type = shape.type();
        if (shape.form() instanceof RecordForm record) {
            return new KeyLayout(
                    shape,
                    record.slots().stream()
                            .sorted(Comparator.comparing(slot -> slot.field().getName()))
                            .toList(),
                    null,
                    null);
        }
        ObjectForm objects = objectForm(shape);
        if (objects == null) {
            throw new RefusedException("class " + type.getName()
                    + " has a serialized form of its own, which need not be equal for equal keys; "
                    + CanonicalKeyCodec.CURE);
        }
        if (declaring(type, "hashCode") == Object.class || declaring(type, "equals", Object.class) == Object.class) {
            throw new RefusedException("class " + type.getName()
                    + " does not define equals and hashCode, so that no other node could ask for its key; "
                    + CanonicalKeyCodec.CURE);
        }
        KeptHash hash = KeptHash.find(type, objects.slots());
        return new KeyLayout(
                shape,
                hash == null
                        ? objects.slots()
                        : objects.slots().stream()
                                .filter(slot -> !hash.isIn(slot))
                                .toList(),
                objects,
                hash);
    }

    private static @Nullable ObjectForm objectForm(Shape shape) {
        if (shape.form() instanceof ObjectForm object) {
            return object;
        }
        if (shape.form() instanceof JavaForm && Shapes.isRebuiltFromFields(shape.type())) {
            return new ObjectForm(shape.type(), Slot.of(shape.type()));
        }
        return null;
    }

    private static Class<?> declaring(Class<?> type, String method, Class<?>... parameters) {
        try {
            return type.getMethod(method, parameters).getDeclaringClass();
        } catch (NoSuchMethodException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The name of the class, encoded. */
    byte[] name() {
        return name;
    }

    long fingerprint() {
        return fingerprint;
    }

    /** The fields that make up the key, in the order in which they are written. */
    List<Slot> slots() {
        return slots;
    }

    Class<?> type() {
        return shape.type();
    }

    /** Whether no key of this class has passed its trial. */
    boolean isNew() {
        // How the keys of the frameworks compare is known, and some of their fields are for speed only.
        return hash == null && !passed;
    }

    /** Whether a key with this value in that field may show what no trial has shown before. */
    boolean isUntried(int index, @Nullable Object value) {
        return hash == null && tried.get(index).isUntried(value);
    }

    /** What is known of the field of this number. */
    TriedField tried(int index) {
        return tried.get(index);
    }

    void passed() {
        passed = true;
    }

    /** From now on no object of this class is a key; returns what says why. */
    RefusedException refuse(String reason) {
        refusal = reason;
        return new RefusedException(reason);
    }

    /** @throws RefusedException if a trial has shown that objects of this class cannot be keys */
    void checkNotRefused() {
        String reason = refusal;
        if (reason != null) {
            throw new RefusedException(reason);
        }
    }

    /** What the fields of a key hold, primitives in their boxes. */
    @Nullable
    Object[] values(Object key) {
        return slots.stream().map(slot -> slot.get(key)).toArray();
    }

    /** The key whose fields hold these values. */
    Object build(@Nullable Object[] values) {
        if (objects == null) {
            return buildRecord((RecordForm) shape.form(), values);
        }
        Object object = objects.instantiate();
        for (int i = 0; i < values.length; i++) {
            slots.get(i).set(object, values[i]);
        }
        if (hash != null) {
            hash.restore(object);
        }
        // Its readObject rebuilds what is transient, such as a cached hash.
        return shape.form() instanceof JavaForm ? JavaCopy.ofSameParts(object) : object;
    }

    private Object buildRecord(RecordForm record, @Nullable Object[] values) {
        List<Slot> components = record.slots();
        @Nullable Object[] declared = new Object[values.length];
        for (int i = 0; i < values.length; i++) {
            declared[components.indexOf(slots.get(i))] = values[i];
        }
        return record.build(declared);
    }
}
