package io.github.tieredjcache.internal.codec.graph;

import com.esotericsoftware.kryo.Registration;
import org.jspecify.annotations.Nullable;

/**
 * What the codec knows about one class: the form of its objects, and the fingerprint of its structure.
 *
 * @param type the class as it is named in bytes; for an enum constant with a body, the enum
 * @param registration Kryo's view of it: a fixed number for JDK types, {@link ClassDescriptors#NAMED} for the others
 * @param serializer how its objects are written, read and copied
 * @param fingerprint a hash over kind, supertypes, field names and field types; bytes of another fingerprint are a miss
 * @param refusal why its objects cannot be written, or null
 */
public record ClassDescriptor(
        Class<?> type,
        Registration registration,
        TypeSerializer<Object> serializer,
        long fingerprint,
        @Nullable String refusal) {}
