package io.github.tieredjcache.internal.assembly;

import io.github.tieredjcache.internal.codec.api.KeyCodec;
import io.github.tieredjcache.internal.codec.api.UndecodableException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Parses and formats the keys of one cache as texts for people: a string, number, UUID or enum constant; or the part of
 * the Redis key after the number of the epoch, as {@code redis-cli} shows it.
 *
 * @param <K> the type of the keys
 */
public final class KeyParser<K> {
    private static final int SHOWN_CHARS_MAX = 200;

    private final String cacheName;
    private final Class<K> type;
    private final Supplier<KeyCodec<K>> codec;

    /**
     * Creates the parser.
     *
     * @param codec called only for a key that is not a string, number, UUID or enum constant
     */
    KeyParser(String cacheName, Class<K> type, Supplier<KeyCodec<K>> codec) {
        this.cacheName = cacheName;
        this.type = type;
        this.codec = codec;
    }

    /** Made for each call, which is rare, and not for each start. */
    private static Map<Class<?>, Function<String, Object>> parsers() {
        return Map.ofEntries(
                Map.entry(String.class, text -> text),
                Map.entry(Long.class, Long::valueOf),
                Map.entry(Integer.class, Integer::valueOf),
                Map.entry(Short.class, Short::valueOf),
                Map.entry(Byte.class, Byte::valueOf),
                Map.entry(BigInteger.class, BigInteger::new),
                Map.entry(BigDecimal.class, BigDecimal::new),
                Map.entry(UUID.class, UUID::fromString));
    }

    /**
     * Returns the key of a text.
     *
     * @throws IllegalArgumentException if the text is not a key of the cache
     */
    public K parse(String text) {
        Function<String, Object> plain = parsers().get(type);
        try {
            if (type.isEnum()) {
                for (K constant : type.getEnumConstants()) {
                    if (((Enum<?>) constant).name().equals(text)) {
                        return constant;
                    }
                }
            } else if (plain != null && (type == String.class || !text.startsWith("~"))) {
                return type.cast(plain.apply(text));
            }
            return codec.get().decode(text.getBytes(StandardCharsets.UTF_8));
        } catch (UndecodableException | RuntimeException e) {
            throw new IllegalArgumentException(
                    "'" + shortened(text) + "' is not a key of the cache '" + cacheName + "', whose keys are "
                            + type.getName()
                            + ": give a string, number, UUID or enum constant as it is, or the part of the Redis key after the"
                            + " number of the epoch",
                    // As text, because a JMX console may lack the class of the exception.
                    new IllegalArgumentException(e.toString()));
        }
    }

    /** Returns the text of a key; {@link #parse} accepts it if the key is a string, number, UUID or enum constant. */
    public String format(Object key) {
        return shortened(key instanceof Enum<?> constant ? constant.name() : String.valueOf(key));
    }

    private static String shortened(String text) {
        return text.length() > SHOWN_CHARS_MAX ? text.substring(0, SHOWN_CHARS_MAX) + "…" : text;
    }
}
