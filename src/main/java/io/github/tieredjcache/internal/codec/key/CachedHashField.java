package io.github.tieredjcache.internal.codec.key;

import io.github.tieredjcache.internal.codec.graph.FieldAccessor;
import java.lang.reflect.Array;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * The field in which a key of Hibernate ORM 6 or 7, or of Micronaut, caches its hash code.
 *
 * <p>The hash code is not part of a key's bytes, since the hash code of an enum differs between JVMs. For a decoded key
 * it is recomputed from the identifier or the parameters, by the formula of the framework. Only for Hibernate keys with
 * a date or a converted value may the result differ from Hibernate's.
 */
final class CachedHashField {
    private static final String CACHE = "org.hibernate.cache.internal.";
    private static final String PARAMETERS =
            "org.hibernate.query.internal.QueryParameterBindingsImpl$ParameterBindingsMementoImpl";

    private static final String MICRONAUT = "io.micronaut.cache.interceptor.ParametersKey";

    private final FieldAccessor field;
    private final ToIntFunction<Object> formula;

    private CachedHashField(FieldAccessor field, ToIntFunction<Object> formula) {
        this.field = field;
        this.formula = formula;
    }

    /** Returns the field of a key class of these frameworks; null for other classes. */
    static @Nullable CachedHashField find(Class<?> type, List<FieldAccessor> fields) {
        FieldAccessor hash = find(fields, "hashCode");
        ToIntFunction<Object> formula = hash == null ? null : formula(type.getName(), fields);
        return hash == null || formula == null ? null : new CachedHashField(hash, formula);
    }

    private static @Nullable ToIntFunction<Object> formula(String className, List<FieldAccessor> fields) {
        Function<Object, @Nullable Object> tenant = getter(fields, "tenantId");
        return switch (className) {
            case CACHE + "BasicCacheKeyImplementation" -> {
                var id = getter(fields, "id");
                yield key -> hash(id.apply(key));
            }
            case CACHE + "CacheKeyImplementation" -> {
                var id = getter(fields, "id");
                yield key -> 31 * hash(id.apply(key)) + hash(tenant.apply(key));
            }
            case CACHE + "NaturalIdCacheKey" -> {
                var values = getter(fields, "naturalIdValues");
                yield key -> combine(hash(tenant.apply(key)), values.apply(key));
            }
            case PARAMETERS -> {
                var values = getter(fields, "values");
                yield key -> combine(0, values.apply(key));
            }
            case MICRONAUT -> {
                var parameters = getter(fields, "params");
                yield key -> parameters.apply(key) instanceof Object[] values ? Arrays.deepHashCode(values) : 0;
            }
            default -> null;
        };
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

    /** Returns the hash code that Hibernate's type for this value computes; composite identifiers are arrays. */
    private static int hash(@Nullable Object value) {
        if (value == null) {
            return 0;
        }
        if (value instanceof BigDecimal || value instanceof BigInteger) {
            return ((Number) value).intValue();
        }
        if (value instanceof byte[] bytes) {
            return Arrays.hashCode(bytes);
        }
        return value instanceof Object[] ? combine(17, value) : value.hashCode();
    }

    private static int combine(int start, @Nullable Object values) {
        if (!(values instanceof Object[])) {
            return 37 * start + hash(values);
        }
        int hash = start;
        for (int i = 0; i < Array.getLength(values); i++) {
            hash = 37 * hash + hash(Array.get(values, i));
        }
        return hash;
    }
}
