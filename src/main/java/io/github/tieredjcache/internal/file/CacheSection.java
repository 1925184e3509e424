package io.github.tieredjcache.internal.file;

import io.github.tieredjcache.TieredSettings;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The section of one cache in a file.
 *
 * @param settings the settings of the tiers
 * @param options the options of JCache, as valid texts
 */
public record CacheSection(TieredSettings settings, Map<JCacheOption, String> options) {
    /** An empty section. */
    public static final CacheSection NONE = new CacheSection(TieredSettings.NONE, Map.of());

    /**
     * Returns the section of valid texts.
     *
     * @param texts the texts by the names of the settings and options
     * @param origin the name of the source in messages
     */
    static CacheSection of(Map<String, String> texts, String origin) {
        Map<JCacheOption, String> options = new EnumMap<>(JCacheOption.class);
        texts.forEach((name, text) -> {
            JCacheOption option = JCacheOption.of(name);
            if (option != null) {
                options.put(option, text);
            }
        });
        return new CacheSection(TieredSettings.from(texts::get, origin), options);
    }

    /** Returns the text of an option, null if the section does not set it. */
    public @Nullable String text(JCacheOption option) {
        return options.get(option);
    }

    /** Returns whether a switch is on; null if the section does not set it. */
    public @Nullable Boolean isOn(JCacheOption option) {
        String text = options.get(option);
        return text == null ? null : text.equals("on");
    }

    /** Returns the expiry of entries, null if the section does not set it. */
    public @Nullable Expiry expiry() {
        for (Map.Entry<JCacheOption, String> each : options.entrySet()) {
            if (each.getKey().isExpiry()) {
                return new Expiry(each.getKey(), Lifetimes.parse(each.getValue()));
            }
        }
        return null;
    }

    /**
     * The expiry of entries.
     *
     * @param from the option, which determines the events that begin a lifetime
     * @param lifetime null for eternal
     */
    public record Expiry(JCacheOption from, @Nullable Duration lifetime) {}

    /** Returns this section, completed by another one: an option that is not set here has the other text. */
    CacheSection orElse(CacheSection other) {
        Map<JCacheOption, String> merged = new EnumMap<>(JCacheOption.class);
        boolean hasExpiry = options.keySet().stream().anyMatch(JCacheOption::isExpiry);
        other.options.forEach((option, text) -> {
            if (!hasExpiry || !option.isExpiry()) {
                merged.put(option, Objects.requireNonNull(text));
            }
        });
        merged.putAll(options);
        return new CacheSection(settings.orElse(other.settings), merged);
    }
}
