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
 * The hash code that a key of Hibernate ORM 6 or 7, or of Micronaut, keeps in a field.
 *
 * <p>It is no part of a key's bytes: of an enum it differs in every JVM. In a key that is built from bytes it is what the
 * framework would have computed here from the identifier or the parameters; only of Hibernate's that hold a date or a
 * converted value it may be another one.
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

    /** How a class of that name keeps its hash code; null if it is no such key. */
    static @Nullable CachedHashField find(Class<?> type, List<FieldAccessor> slots) {
        FieldAccessor hash = find(slots, "hashCode");
        ToIntFunction<Object> formula = hash == null ? null : formula(type.getName(), slots);
        return hash == null || formula == null ? null : new CachedHashField(hash, formula);
    }

    private static @Nullable ToIntFunction<Object> formula(String className, List<FieldAccessor> slots) {
        Function<Object, @Nullable Object> tenant = getter(slots, "tenantId");
        return switch (className) {
            case CACHE + "BasicCacheKeyImplementation" -> {
                var id = getter(slots, "id");
                yield key -> hash(id.apply(key));
            }
            case CACHE + "CacheKeyImplementation" -> {
                var id = getter(slots, "id");
                yield key -> 31 * hash(id.apply(key)) + hash(tenant.apply(key));
            }
            case CACHE + "NaturalIdCacheKey" -> {
                var values = getter(slots, "naturalIdValues");
                yield key -> chain(hash(tenant.apply(key)), values.apply(key));
            }
            case PARAMETERS -> {
                var values = getter(slots, "values");
                yield key -> chain(0, values.apply(key));
            }
            case MICRONAUT -> {
                var parameters = getter(slots, "params");
                yield key -> parameters.apply(key) instanceof Object[] values ? Arrays.deepHashCode(values) : 0;
            }
            default -> null;
        };
    }

    private static Function<Object, @Nullable Object> getter(List<FieldAccessor> slots, String name) {
        FieldAccessor field = find(slots, name);
        return field == null ? key -> null : field::get;
    }

    private static @Nullable FieldAccessor find(List<FieldAccessor> slots, String name) {
        return slots.stream()
                .filter(field -> field.field().getName().equals(name))
                .findFirst()
                .orElse(null);
    }

    /** Whether it is in that field. */
    boolean isIn(FieldAccessor other) {
        return field == other;
    }

    /** Sets the field of a key whose other fields are set. */
    void restore(Object key) {
        field.set(key, formula.applyAsInt(key));
    }

    /** As Hibernate's type of a value does it; composite identifiers are arrays. */
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
        return value instanceof Object[] ? chain(17, value) : value.hashCode();
    }

    private static int chain(int start, @Nullable Object values) {
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
