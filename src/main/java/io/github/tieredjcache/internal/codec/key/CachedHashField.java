package io.github.tieredjcache.internal.codec.key;

import io.github.tieredjcache.internal.codec.graph.FieldAccessor;
import java.lang.reflect.Array;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * The field in which a key of Hibernate ORM 6 or 7, of Micronaut or of JSR-107's annotations caches its hash code.
 *
 * <p>The hash code is not part of a key's bytes, since the hash code of an enum differs between JVMs. For a decoded key
 * it is recomputed from the identifier or the parameters, by the formula of the framework. Only for Hibernate keys with
 * a date or a converted value may the result differ from Hibernate's.
 */
final class CachedHashField {
    private static final String CACHE = "org.hibernate.cache.internal.";
    private static final String PARAMETERS =
            "org.hibernate.query.internal.QueryParameterBindingsImpl$ParameterBindingsMementoImpl";

    /** The keys whose hash code is the deep hash code of an array, by the name of the field that holds the array. */
    private static final Map<String, String> HASHED_ARRAYS = Map.of(
            "fish.payara.cdi.jsr107.implementation.PayaraGeneratedCacheKey", "values",
            "io.micronaut.cache.interceptor.ParametersKey", "params",
            "org.apache.commons.jcs3.jcache.cdi.GeneratedCacheKeyImpl", "params",
            "org.infinispan.jcache.annotation.DefaultCacheKey", "parameters",
            "org.jsr107.ri.annotations.DefaultGeneratedCacheKey", "parameters");

    private final FieldAccessor field;
    private final ToIntFunction<Object> formula;

    private CachedHashField(FieldAccessor field, ToIntFunction<Object> formula) {
        this.field = field;
        this.formula = formula;
    }

    /** Returns the field of a key class of these frameworks; null for other classes. */
    static @Nullable CachedHashField find(Class<?> type, List<FieldAccessor> fields) {
        FieldAccessor named = find(fields, "hashCode");
        FieldAccessor hash = named == null ? find(fields, "hash") : named;
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
            default -> {
                String array = HASHED_ARRAYS.get(className);
                yield array == null ? null : deepHash(getter(fields, array));
            }
        };
    }

    private static ToIntFunction<Object> deepHash(Function<Object, @Nullable Object> array) {
        return key -> array.apply(key) instanceof Object[] values ? Arrays.deepHashCode(values) : 0;
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
