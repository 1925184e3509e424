package io.github.tieredjcache;

import java.io.Serial;
import java.io.Serializable;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The settings of a cache that JCache does not have. A setting that no source sets has its default.
 *
 * <pre>{@code
 * TieredSettings settings = cache.getConfiguration(TieredConfiguration.class).settings();
 * Duration bound = settings.get(TieredSetting.NEAR_STALENESS_BOUND);
 * String origin = settings.origin(TieredSetting.NEAR_STALENESS_BOUND); // "the environment"
 * }</pre>
 *
 * <p>Immutable and safe for use by many threads. Settings with the same values are equal, wherever the values are from.
 */
@SuppressWarnings("serial") // The maps and their values are immutable JDK types that are serializable.
public final class TieredSettings implements Serializable {
    @Serial
    private static final long serialVersionUID = 1L;

    /**
     * The weight of an entry in the near tier beside its key and value, in bytes: an estimate of the memory for map and
     * expiry.
     */
    public static final int ENTRY_OVERHEAD_BYTES = 256;

    /** Settings of which none is set. */
    public static final TieredSettings NONE = new TieredSettings(Map.of(), Map.of());

    private final Map<String, Object> values;
    private final Map<String, String> origins;

    private TieredSettings(Map<String, Object> values, Map<String, String> origins) {
        this.values = values;
        this.origins = origins;
    }

    /**
     * Parses the settings of a source of texts.
     *
     * @param source returns the text of a setting by its name, for instance {@code near.maximum-size}, or null
     * @param origin the name of the source in messages
     * @return the settings that the source has
     * @throws IllegalArgumentException if a text is not valid; the message has the setting, the value, the rule and the
     *     origin
     */
    public static TieredSettings from(Function<String, @Nullable String> source, String origin) {
        TieredSettings settings = NONE;
        for (TieredSetting<?> setting : TieredSetting.all()) {
            String text = source.apply(setting.name());
            if (text != null) {
                settings = settings.withChecked(setting, setting.parse(text, origin), origin);
            }
        }
        return settings;
    }

    /**
     * Returns these settings, completed by other ones: a setting that is not set here has the other value. The near tier
     * has one bound: if only {@link TieredSetting#NEAR_MAXIMUM_SIZE} is set here, {@link
     * TieredSetting#NEAR_MAXIMUM_WEIGHT} of the other settings is dropped.
     */
    public TieredSettings orElse(TieredSettings other) {
        return new TieredSettings(merged(other.values, values), merged(other.origins, origins));
    }

    private static <T> Map<String, T> merged(Map<String, T> lower, Map<String, T> upper) {
        Map<String, T> merged = new HashMap<>(lower);
        if (upper.containsKey(TieredSetting.NEAR_MAXIMUM_SIZE.name())) {
            merged.remove(TieredSetting.NEAR_MAXIMUM_WEIGHT.name());
        }
        merged.putAll(upper);
        return Map.copyOf(merged);
    }

    /** Returns the value of a setting; its default if it is not set. */
    public <T> T get(TieredSetting<T> setting) {
        Object value = values.get(setting.name());
        return value == null ? setting.defaultValue() : setting.valueClass().cast(value);
    }

    /** Returns whether a source has set the setting. */
    public boolean isSet(TieredSetting<?> setting) {
        return values.containsKey(setting.name());
    }

    /**
     * Returns the source of a value for messages: {@code the configuration} for code, {@code the environment}, file and
     * line; {@code the default} if the setting is not set.
     */
    public String origin(TieredSetting<?> setting) {
        return origins.getOrDefault(setting.name(), "the default");
    }

    /** Returns all settings by name, defaults included, each as text without passwords and keys. */
    public Map<String, String> describe() {
        return TieredSetting.all().stream()
                .collect(Collectors.toMap(
                        TieredSetting::name, setting -> setting.format(get(setting)), (a, b) -> a, LinkedHashMap::new));
    }

    /** Returns all settings with their values, defaults included, without passwords and keys. */
    @Override
    public String toString() {
        return describe().toString();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof TieredSettings settings && values.equals(settings.values);
    }

    @Override
    public int hashCode() {
        return values.hashCode();
    }

    /** Returns these settings with another value; throws {@link IllegalArgumentException} if it breaks the rule. */
    <T> TieredSettings with(TieredSetting<T> setting, T value) {
        String origin = "the configuration";
        return withChecked(setting, setting.checked(value, origin), origin);
    }

    private TieredSettings withChecked(TieredSetting<?> setting, Object value, String origin) {
        Object immutable = value instanceof List<?> list ? List.copyOf(list) : value;
        return new TieredSettings(Map.of(setting.name(), immutable), Map.of(setting.name(), origin)).orElse(this);
    }
}
