package io.github.tieredjcache.internal.codec.key;

import io.github.tieredjcache.internal.codec.api.UnencodableException;
import io.github.tieredjcache.internal.codec.graph.ClassDescriptor;
import io.github.tieredjcache.internal.codec.graph.ClassTraits;
import io.github.tieredjcache.internal.codec.graph.FieldAccessor;
import io.github.tieredjcache.internal.codec.graph.Fingerprint;
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
 * The fields of the keys of one class, and the way to build a key from their values.
 *
 * <p>The fields of each class of the hierarchy are in the order of their names, and the fingerprint covers only the
 * names. So two versions of a class that declare a field in another place or with another type write equal keys as
 * equal bytes, and a removal by a node of one version removes the key for nodes of the other version, too.
 */
final class KeyLayout {
    private final ClassDescriptor descriptor;
    private final List<FieldAccessor> fields;
    private final byte[] name;
    private final long fingerprint;
    private final @Nullable ObjectSerializer objects;
    private final @Nullable CachedHashField hash;
    private final List<CheckedField> checkedFields;
    private volatile boolean passed;
    private volatile @Nullable String refusal;

    private KeyLayout(
            ClassDescriptor descriptor,
            List<FieldAccessor> fields,
            @Nullable ObjectSerializer objects,
            @Nullable CachedHashField hash) {
        this.descriptor = descriptor;
        this.fields = fields;
        this.name = descriptor.type().getName().getBytes(StandardCharsets.UTF_8);
        this.fingerprint = Fingerprint.of(
                fields.stream().map(field -> field.field().getName()).collect(Collectors.joining("\n", "key\n", "")));
        this.objects = objects;
        this.hash = hash;
        this.checkedFields = fields.stream().map(field -> new CheckedField()).toList();
    }

    /** @throws UnencodableException if objects of the class cannot be keys; the message names the cure */
    static KeyLayout of(ClassDescriptor descriptor) {
        if (descriptor.refusal() != null) {
            throw new UnencodableException(descriptor.refusal());
        }
        Class<?> type = descriptor.type();
        if (descriptor.serializer() instanceof RecordSerializer record) {
            return new KeyLayout(
                    descriptor,
                    record.fields().stream()
                            .sorted(Comparator.comparing(field -> field.field().getName()))
                            .toList(),
                    null,
                    null);
        }
        ObjectSerializer objects = objectSerializer(descriptor);
        if (objects == null) {
            throw new UnencodableException("class " + type.getName()
                    + " has a serialized form of its own, which may differ for equal keys; "
                    + CanonicalKeyCodec.CURE);
        }
        if (declaring(type, "hashCode") == Object.class || declaring(type, "equals", Object.class) == Object.class) {
            throw new UnencodableException("class " + type.getName()
                    + " does not define equals and hashCode, so that no other node could look up its key; "
                    + CanonicalKeyCodec.CURE);
        }
        CachedHashField hash = CachedHashField.find(type, objects.fields());
        return new KeyLayout(
                descriptor,
                hash == null
                        ? objects.fields()
                        : objects.fields().stream()
                                .filter(field -> !hash.isStoredIn(field))
                                .toList(),
                objects,
                hash);
    }

    private static @Nullable ObjectSerializer objectSerializer(ClassDescriptor descriptor) {
        if (descriptor.serializer() instanceof ObjectSerializer object) {
            return object;
        }
        if (descriptor.serializer() instanceof JavaStreamSerializer
                && ClassTraits.isRebuiltFromFields(descriptor.type())) {
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

    /** Returns the name of the class in UTF-8. */
    byte[] name() {
        return name;
    }

    long fingerprint() {
        return fingerprint;
    }

    /** Returns the fields that make up the key, in the order in which they are written. */
    List<FieldAccessor> fields() {
        return fields;
    }

    Class<?> type() {
        return descriptor.type();
    }

    /** Returns whether no key of this class has passed the round-trip check. */
    boolean isUnchecked() {
        // Framework keys need no check: their equals is known, and it ignores fields that only cache a value.
        return hash == null && !passed;
    }

    /** Returns whether a key with this value in that field must be checked, since such a value was never checked. */
    boolean needsCheck(int index, @Nullable Object value) {
        return hash == null && checkedFields.get(index).needsCheck(value);
    }

    /** Returns the results of the checks of the field at this index. */
    CheckedField checkedField(int index) {
        return checkedFields.get(index);
    }

    void markPassed() {
        passed = true;
    }

    /** Refuses all objects of this class as keys from now on; returns the exception to throw. */
    UnencodableException refuse(String reason) {
        refusal = reason;
        return new UnencodableException(reason);
    }

    /** @throws UnencodableException if a check has refused objects of this class as keys */
    void checkNotRefused() {
        String reason = refusal;
        if (reason != null) {
            throw new UnencodableException(reason);
        }
    }

    /** Returns the values of the fields of a key; primitives are boxed. */
    @Nullable
    Object[] values(Object key) {
        return fields.stream().map(field -> field.get(key)).toArray();
    }

    /** Builds the key whose fields hold these values. */
    Object build(@Nullable Object[] values) {
        if (objects == null) {
            return buildRecord((RecordSerializer) descriptor.serializer(), values);
        }
        Object object = objects.instantiate();
        for (int i = 0; i < values.length; i++) {
            fields.get(i).set(object, values[i]);
        }
        if (hash != null) {
            hash.restore(object);
        }
        // The readObject of the class rebuilds transient fields, such as a cached hash.
        return descriptor.serializer() instanceof JavaStreamSerializer ? JavaCopy.ofSameParts(object) : object;
    }

    private Object buildRecord(RecordSerializer record, @Nullable Object[] values) {
        List<FieldAccessor> components = record.fields();
        @Nullable Object[] declared = new Object[values.length];
        for (int i = 0; i < values.length; i++) {
            declared[components.indexOf(fields.get(i))] = values[i];
        }
        return record.build(declared);
    }
}
