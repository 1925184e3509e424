package io.github.tieredjcache.internal.codec.api;

import java.util.List;
import java.util.Objects;

/**
 * The classes that may be encoded and decoded for one cache, and the largest sizes of keys and values.
 *
 * <p>The rules allow the safe JDK types, the key type and the value type with their nests and packages (nothing more if
 * they are JDK types such as {@code Object}), and the entries of {@code allowed}: a class ({@code com.shop.Order}), a
 * package ({@code com.shop.*}) or a package with its subpackages ({@code com.shop.**}). A package pattern allows
 * neither classes of the Java runtime nor known gadget classes, through which bytes can run code: only their exact
 * names allow them.
 *
 * <p>With {@code learning} any other class of the application may be encoded, and decoded once this node has encoded an
 * object of it for the same cache.
 *
 * @param keyType the configured key type of the cache
 * @param valueType the configured value type of the cache
 * @param allowed the user's list of classes and package patterns
 * @param learning whether classes of the application are learned
 * @param maximumKeyBytes the most bytes that an encoded key may have
 * @param maximumValueBytes the most bytes that an encoded value may have
 */
public record CodecRules(
        Class<?> keyType,
        Class<?> valueType,
        List<String> allowed,
        boolean learning,
        int maximumKeyBytes,
        int maximumValueBytes) {
    /**
     * Checks and copies its arguments.
     *
     * @throws IllegalArgumentException if a pattern is malformed or a limit is not positive; the message names the
     *     setting and the value
     */
    public CodecRules {
        Objects.requireNonNull(keyType, "keyType");
        Objects.requireNonNull(valueType, "valueType");
        allowed = List.copyOf(allowed);
        allowed.forEach(ClassPattern::parse);
        positive("codec.maximum-key-size", maximumKeyBytes);
        positive("codec.maximum-value-size", maximumValueBytes);
    }

    /** Creates rules without learning. */
    public CodecRules(
            Class<?> keyType, Class<?> valueType, List<String> allowed, int maximumKeyBytes, int maximumValueBytes) {
        this(keyType, valueType, allowed, false, maximumKeyBytes, maximumValueBytes);
    }

    private static void positive(String setting, int bytes) {
        if (bytes <= 0) {
            throw new IllegalArgumentException("tiered-jcache." + setting + " must be positive, was " + bytes);
        }
    }
}
