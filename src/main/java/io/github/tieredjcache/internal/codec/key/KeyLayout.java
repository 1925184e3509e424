package io.github.tieredjcache.internal.codec.key;

import io.github.tieredjcache.internal.codec.api.UnencodableException;
import io.github.tieredjcache.internal.codec.graph.ClassDescriptor;
import io.github.tieredjcache.internal.codec.graph.ClassDescriptors;
import io.github.tieredjcache.internal.codec.graph.FieldAccessor;
import io.github.tieredjcache.internal.codec.graph.JavaCopy;
import io.github.tieredjcache.internal.codec.graph.JavaStreamSerializer;
import io.github.tieredjcache.internal.codec.graph.ObjectSerializer;
import io.github.tieredjcache.internal.codec.graph.RecordSerializer;
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
    private final ClassDescriptor descriptor;
    private final List<FieldAccessor> slots;
    private final byte[] name;
    private final long fingerprint;
    private final @Nullable ObjectSerializer objects;
    private final @Nullable CachedHashField hash;
    private final List<TriedField> tried;
    private volatile boolean passed;
    private volatile @Nullable String refusal;

    private KeyLayout(
            ClassDescriptor descriptor,
            List<FieldAccessor> slots,
            @Nullable ObjectSerializer objects,
            @Nullable CachedHashField hash) {
        this.descriptor = descriptor;
        this.slots = slots;
        this.name = descriptor.type().getName().getBytes(StandardCharsets.UTF_8);
        this.fingerprint = ClassDescriptors.fingerprint(
                slots.stream().map(field -> field.field().getName()).collect(Collectors.joining("\n", "key\n", "")));
        this.objects = objects;
        this.hash = hash;
        this.tried = slots.stream().map(field -> new TriedField()).toList();
    }

    /** @throws UnencodableException if objects of that class cannot be keys; names the cure */
    static KeyLayout of(ClassDescriptor descriptor) {
        if (descriptor.refusal() != null) {
            throw new UnencodableException(descriptor.refusal());
        }
        Class<?> type = descriptor.type();
        if (descriptor.serializer() instanceof RecordSerializer record) {
            return new KeyLayout(
                    descriptor,
                    record.slots().stream()
                            .sorted(Comparator.comparing(field -> field.field().getName()))
                            .toList(),
                    null,
                    null);
        }
        ObjectSerializer objects = objectForm(descriptor);
        if (objects == null) {
            throw new UnencodableException("class " + type.getName()
                    + " has a serialized form of its own, which need not be equal for equal keys; "
                    + CanonicalKeyCodec.CURE);
        }
        if (declaring(type, "hashCode") == Object.class || declaring(type, "equals", Object.class) == Object.class) {
            throw new UnencodableException("class " + type.getName()
                    + " does not define equals and hashCode, so that no other node could ask for its key; "
                    + CanonicalKeyCodec.CURE);
        }
        CachedHashField hash = CachedHashField.find(type, objects.slots());
        return new KeyLayout(
                descriptor,
                hash == null
                        ? objects.slots()
                        : objects.slots().stream()
                                .filter(field -> !hash.isIn(field))
                                .toList(),
                objects,
                hash);
    }

    private static @Nullable ObjectSerializer objectForm(ClassDescriptor descriptor) {
        if (descriptor.serializer() instanceof ObjectSerializer object) {
            return object;
        }
        if (descriptor.serializer() instanceof JavaStreamSerializer
                && ClassDescriptors.isRebuiltFromFields(descriptor.type())) {
            return new ObjectSerializer(descriptor.type(), FieldAccessor.of(descriptor.type()));
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
    List<FieldAccessor> slots() {
        return slots;
    }

    Class<?> type() {
        return descriptor.type();
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
    UnencodableException refuse(String reason) {
        refusal = reason;
        return new UnencodableException(reason);
    }

    /** @throws UnencodableException if a trial has shown that objects of this class cannot be keys */
    void checkNotRefused() {
        String reason = refusal;
        if (reason != null) {
            throw new UnencodableException(reason);
        }
    }

    /** What the fields of a key hold, primitives in their boxes. */
    @Nullable
    Object[] values(Object key) {
        return slots.stream().map(field -> field.get(key)).toArray();
    }

    /** The key whose fields hold these values. */
    Object build(@Nullable Object[] values) {
        if (objects == null) {
            return buildRecord((RecordSerializer) descriptor.serializer(), values);
        }
        Object object = objects.instantiate();
        for (int i = 0; i < values.length; i++) {
            slots.get(i).set(object, values[i]);
        }
        if (hash != null) {
            hash.restore(object);
        }
        // Its readObject rebuilds what is transient, such as a cached hash.
        return descriptor.serializer() instanceof JavaStreamSerializer ? JavaCopy.ofSameParts(object) : object;
    }

    private Object buildRecord(RecordSerializer record, @Nullable Object[] values) {
        List<FieldAccessor> components = record.slots();
        @Nullable Object[] declared = new Object[values.length];
        for (int i = 0; i < values.length; i++) {
            declared[components.indexOf(slots.get(i))] = values[i];
        }
        return record.build(declared);
    }
}
