package io.github.tieredjcache.internal.file;

import io.github.tieredjcache.TieredSettings;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a file says of one cache.
 *
 * @param settings those of the tiers
 * @param options what JCache knows, as texts that obey their rules
 */
public record CacheSection(TieredSettings settings, Map<JCacheOption, String> options) {
    /** Nothing. */
    public static final CacheSection NONE = new CacheSection(TieredSettings.NONE, Map.of());

    /** Returns the text of an option, null if the file does not say. */
    public @Nullable String text(JCacheOption option) {
        return options.get(option);
    }

    /** Returns whether a switch is on; null if the file does not say. */
    public @Nullable Boolean isOn(JCacheOption option) {
        String text = options.get(option);
        return text == null ? null : text.equals("on");
    }

    /** Returns how long entries live, null if the file does not say. */
    public @Nullable Expiry expiry() {
        for (Map.Entry<JCacheOption, String> each : options.entrySet()) {
            if (each.getKey().isExpiry()) {
                return new Expiry(each.getKey(), Lifetimes.parse(each.getValue()));
            }
        }
        return null;
    }

    /**
     * How long entries live.
     *
     * @param from what it is counted from
     * @param lifetime null for ever
     */
    public record Expiry(JCacheOption from, @Nullable Duration lifetime) {}

    /** Returns this, and where it says nothing, the other one. */
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
