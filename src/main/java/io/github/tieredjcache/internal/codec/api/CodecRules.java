package io.github.tieredjcache.internal.codec.api;

import java.util.List;
import java.util.Objects;

/**
 * What may be encoded and decoded for one cache, and how large it may be.
 *
 * <p>Allowed are the safe JDK types, the key type and the value type with their nests and packages (nothing more
 * if they are JDK types such as {@code Object}), and what {@code allowed} names: a class ({@code com.shop.Order}),
 * a package ({@code com.shop.*}) or a package with those below it ({@code com.shop.**}). Packages do not stand for classes of the
 * Java runtime, nor for those by which bytes are known to run code: these are allowed by their very names only.
 *
 * @param keyType the configured key type of the cache
 * @param valueType the configured value type of the cache
 * @param allowed the user's list of classes and package patterns
 * @param maximumKeyBytes the most bytes that an encoded key may have
 * @param maximumValueBytes the most bytes that an encoded value may have
 */
public record CodecRules(
        Class<?> keyType, Class<?> valueType, List<String> allowed, int maximumKeyBytes, int maximumValueBytes) {
    /**
     * Checks and copies its arguments.
     *
     * @throws IllegalArgumentException if a pattern is malformed or a limit is not positive; names the setting and
     *     the value
     */
    public CodecRules {
        Objects.requireNonNull(keyType, "keyType");
        Objects.requireNonNull(valueType, "valueType");
        allowed = List.copyOf(allowed);
        allowed.forEach(ClassPattern::parse);
        positive("codec.maximum-key-size", maximumKeyBytes);
        positive("codec.maximum-value-size", maximumValueBytes);
    }

    private static void positive(String setting, int bytes) {
        if (bytes <= 0) {
            throw new IllegalArgumentException("tiered-jcache." + setting + " must be positive, was " + bytes);
        }
    }
}
