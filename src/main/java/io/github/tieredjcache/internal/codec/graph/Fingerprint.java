package io.github.tieredjcache.internal.codec.graph;

import java.lang.reflect.Type;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;

/** Fingerprints of the structure of classes: bytes with another fingerprint are a miss. */
public final class Fingerprint {
    private Fingerprint() {}

    /** Returns the fingerprint of a class, over the kind of its serializer, its supertypes and its fields. */
    static long of(String kind, Class<?> type, List<FieldAccessor> fields) {
        StringBuilder text = new StringBuilder(kind).append(' ').append(type.getName());
        addSupertypes(text, type);
        for (FieldAccessor field : fields) {
            text.append('\n')
                    .append(field.field().getDeclaringClass().getName())
                    .append(' ')
                    .append(field.field().getName())
                    .append(' ')
                    .append(field.field().getGenericType().getTypeName());
        }
        return of(text.toString());
    }

    /** Returns the first 64 bits of the SHA-256 of a text. */
    public static long of(String text) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return ByteBuffer.wrap(hash).getLong();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java runtime has SHA-256", e);
        }
    }

    /**
     * Adds the supertypes of a user's class, with type arguments. They belong to the fingerprint: a class may lose a
     * supertype that declares a field, and another type argument may change the type of a field.
     */
    private static void addSupertypes(StringBuilder text, Class<?> type) {
        if (ClassTraits.isJdk(type)) {
            return;
        }
        for (Type implemented : type.getGenericInterfaces()) {
            text.append("\n< ").append(implemented.getTypeName());
        }
        for (Class<?> implemented : type.getInterfaces()) {
            addSupertypes(text, implemented);
        }
        Class<?> parent = type.getSuperclass();
        if (parent != null) {
            text.append("\n< ").append(type.getGenericSuperclass().getTypeName());
            addSupertypes(text, parent);
        }
    }
}
