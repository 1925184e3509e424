package io.github.tieredjcache.jcache;

import io.github.tieredjcache.TieredSettings;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/** Where settings come from that no code sets: the manager's properties, system properties, the environment. */
final class SettingSources {
    private static final String PREFIX = "tiered-jcache.";

    private SettingSources() {}

    /**
     * Returns what the sources set, the first of them first.
     *
     * @throws IllegalArgumentException if a value is not valid, or a property of the manager names no setting
     */
    static TieredSettings read(Properties properties, Map<String, String> environment) {
        refuseUnknown(properties);
        return TieredSettings.from(name -> properties.getProperty(PREFIX + name), "the cache manager's properties")
                .orElse(TieredSettings.from(name -> System.getProperty(PREFIX + name), "the system properties"))
                .orElse(TieredSettings.from(name -> fromEnvironment(name, environment), "the environment"));
    }

    private static @Nullable String fromEnvironment(String name, Map<String, String> environment) {
        String variable =
                "TIERED_JCACHE_" + name.replace('.', '_').replace('-', '_').toUpperCase(Locale.ROOT);
        String value = environment.get(variable);
        // What hosting platforms call it.
        return value == null && name.equals("redis.uri") ? environment.get("REDIS_URL") : value;
    }

    private static void refuseUnknown(Properties properties) {
        List<String> known = TieredSettings.names();
        properties.forEach((name, value) -> {
            if (name instanceof String setting && setting.startsWith(PREFIX) && !(value instanceof String)) {
                throw new IllegalArgumentException("the cache manager's property " + setting
                        + " must be a String, was a " + value.getClass().getName());
            }
        });
        for (String property : properties.stringPropertyNames()) {
            if (property.startsWith(PREFIX) && !known.contains(property.substring(PREFIX.length()))) {
                throw new IllegalArgumentException("the cache manager's properties name an unknown setting '" + property
                        + "'; did you mean '" + PREFIX + nearest(property.substring(PREFIX.length()), known) + "'?");
            }
        }
    }

    private static String nearest(String name, List<String> known) {
        return known.stream()
                .min(Comparator.comparingInt(candidate -> distance(name, candidate)))
                .orElse("");
    }

    /** The edit distance of Levenshtein (1965), row by row. */
    private static int distance(String one, String other) {
        int[] row = new int[other.length() + 1];
        for (int j = 0; j < row.length; j++) {
            row[j] = j;
        }
        for (int i = 1; i <= one.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j < row.length; j++) {
                int substituted = diagonal + (one.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(substituted, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[other.length()];
    }
}
