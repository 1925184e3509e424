package io.github.tieredjcache.internal.codec.graph;

import com.esotericsoftware.kryo.Registration;
import org.jspecify.annotations.Nullable;

/**
 * The serializer of one class, and the fingerprint of its structure.
 *
 * @param type the class whose name is written; for an enum constant with a body, the enum
 * @param registration the class for Kryo: with a fixed number for JDK types, {@link #NAMED} for others
 * @param serializer writes, reads and copies objects of the class
 * @param fingerprint a hash over kind, supertypes, field names and field types; bytes with another fingerprint are a
 *     miss
 * @param refusal the reason if objects of the class cannot be written, else null
 */
public record ClassDescriptor(
        Class<?> type,
        Registration registration,
        TypeSerializer<Object> serializer,
        long fingerprint,
        @Nullable String refusal) {
    /** The registration number of all classes that are written by name. */
    static final int NAMED = -1;
}
