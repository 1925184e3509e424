package io.github.tieredjcache.internal.framework;

import java.lang.reflect.Array;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/** How the keys of Hibernate ORM 6 and 7, of Micronaut and of JSR-107's annotations compute the hash codes that they cache. */
public final class KeyHashCodes {
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

    private KeyHashCodes() {}

    /**
     * Returns the formula of a key class, from a key to its hash code; null for the classes of other keys.
     *
     * @param getters returns a getter of a field by the name of the field
     */
    public static @Nullable ToIntFunction<Object> formula(
            String className, Function<String, Function<Object, @Nullable Object>> getters) {
        return switch (className) {
            case CACHE + "BasicCacheKeyImplementation" -> {
                var id = getters.apply("id");
                yield key -> hash(id.apply(key));
            }
            case CACHE + "CacheKeyImplementation" -> {
                var id = getters.apply("id");
                var tenant = getters.apply("tenantId");
                yield key -> 31 * hash(id.apply(key)) + hash(tenant.apply(key));
            }
            case CACHE + "NaturalIdCacheKey" -> {
                var values = getters.apply("naturalIdValues");
                var tenant = getters.apply("tenantId");
                yield key -> combine(hash(tenant.apply(key)), values.apply(key));
            }
            case PARAMETERS -> {
                var values = getters.apply("values");
                yield key -> combine(0, values.apply(key));
            }
            default -> {
                String array = HASHED_ARRAYS.get(className);
                yield array == null ? null : deepHash(getters.apply(array));
            }
        };
    }

    private static ToIntFunction<Object> deepHash(Function<Object, @Nullable Object> array) {
        return key -> array.apply(key) instanceof Object[] values ? Arrays.deepHashCode(values) : 0;
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
