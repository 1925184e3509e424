package io.github.tieredjcache.internal.file;

import java.util.Arrays;
import java.util.List;
import javax.cache.integration.CacheLoader;
import javax.cache.integration.CacheWriter;
import org.jspecify.annotations.Nullable;

/** The options of JCache's own configuration that a file can set beside the settings of the tiers. */
public enum JCacheOption {
    /** The class of the keys. */
    KEY_TYPE("key-type", Object.class),
    /** The class of the values. */
    VALUE_TYPE("value-type", Object.class),
    /** Whether the cache copies mutable values, so that callers and cache never share an instance. */
    STORE_BY_VALUE("store-by-value", Kind.SWITCH),
    /** Whether statistics are enabled. */
    STATISTICS("statistics", Kind.SWITCH),
    /** Whether JMX shows the configuration. */
    MANAGEMENT("management", Kind.SWITCH),
    /** The class of the {@code CacheLoader}; with it the cache reads through. */
    LOADER("loader", CacheLoader.class),
    /** The class of the {@code CacheWriter}; with it the cache writes through. */
    WRITER("writer", CacheWriter.class),
    /** The lifetime of entries from their creation. */
    EXPIRY_CREATED("expiry.created", Kind.LIFETIME),
    /** The lifetime of entries from their creation or last change. */
    EXPIRY_MODIFIED("expiry.modified", Kind.LIFETIME),
    /** The lifetime of entries from their creation or last read. */
    EXPIRY_ACCESSED("expiry.accessed", Kind.LIFETIME),
    /** The lifetime of entries from their creation, last read or last change. */
    EXPIRY_TOUCHED("expiry.touched", Kind.LIFETIME);

    private final String key;
    private final Kind kind;
    private final Class<?> expected;

    JCacheOption(String key, Kind kind) {
        this.key = key;
        this.kind = kind;
        this.expected = Object.class;
    }

    JCacheOption(String key, Class<?> expected) {
        this.key = key;
        this.kind = Kind.CLASS;
        this.expected = expected;
    }

    /** Returns the name of the option in a file. */
    public String key() {
        return key;
    }

    /** Returns whether the option is an expiry; a cache has at most one. */
    public boolean isExpiry() {
        return kind == Kind.LIFETIME;
    }

    /**
     * Returns the rule that a text breaks, or null.
     *
     * @param loader finds classes; they are not initialised
     */
    @Nullable
    String brokenRule(String text, ClassLoader loader) {
        return switch (kind) {
            case CLASS -> brokenClassRule(text, loader);
            case SWITCH -> text.equals("on") || text.equals("off") ? null : "must be on or off";
            case LIFETIME -> Lifetimes.brokenRule(text);
        };
    }

    private @Nullable String brokenClassRule(String name, ClassLoader loader) {
        try {
            Class<?> type = ClassNames.find(name, loader);
            if (expected == Object.class) {
                return null;
            }
            var unused = type.asSubclass(expected).getConstructor();
            return null;
        } catch (ClassNotFoundException | LinkageError e) {
            return "must name a class that the cache manager's loader finds";
        } catch (ClassCastException | NoSuchMethodException e) {
            return "must name a class that implements " + expected.getName()
                    + " and has a public constructor without parameters";
        }
    }

    static @Nullable JCacheOption of(String key) {
        return Arrays.stream(values())
                .filter(each -> each.key.equals(key))
                .findFirst()
                .orElse(null);
    }

    static List<String> keys() {
        return Arrays.stream(values()).map(JCacheOption::key).toList();
    }

    private enum Kind {
        CLASS,
        SWITCH,
        LIFETIME
    }
}
