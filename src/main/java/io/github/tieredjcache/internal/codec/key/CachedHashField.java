package io.github.tieredjcache.internal.codec.key;

import io.github.tieredjcache.internal.codec.graph.FieldAccessor;
import io.github.tieredjcache.internal.framework.KeyHashCodes;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * The field in which a key of a framework caches its hash code.
 *
 * <p>The hash code is not part of a key's bytes, since the hash code of an enum differs between JVMs. For a decoded key
 * it is recomputed from the identifier or the parameters, by the formula of the framework. Only for Hibernate keys with
 * a date or a converted value may the result differ from Hibernate's.
 */
final class CachedHashField {
    private final FieldAccessor field;
    private final ToIntFunction<Object> formula;

    private CachedHashField(FieldAccessor field, ToIntFunction<Object> formula) {
        this.field = field;
        this.formula = formula;
    }

    /** Returns the field of a key class of the known frameworks; null for other classes. */
    static @Nullable CachedHashField find(Class<?> type, List<FieldAccessor> fields) {
        FieldAccessor named = find(fields, "hashCode");
        FieldAccessor hash = named == null ? find(fields, "hash") : named;
        ToIntFunction<Object> formula =
                hash == null ? null : KeyHashCodes.formula(type.getName(), name -> getter(fields, name));
        return hash == null || formula == null ? null : new CachedHashField(hash, formula);
    }

    private static Function<Object, @Nullable Object> getter(List<FieldAccessor> fields, String name) {
        FieldAccessor field = find(fields, name);
        return field == null ? key -> null : field::get;
    }

    private static @Nullable FieldAccessor find(List<FieldAccessor> fields, String name) {
        return fields.stream()
                .filter(field -> field.field().getName().equals(name))
                .findFirst()
                .orElse(null);
    }

    /** Returns whether {@code other} is this field. */
    boolean isStoredIn(FieldAccessor other) {
        return field == other;
    }

    /** Computes the hash code from the other fields of the key, which must be set, and stores it. */
    void restore(Object key) {
        field.set(key, formula.applyAsInt(key));
    }
}
