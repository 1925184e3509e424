package io.github.tieredjcache.internal.assembly;

import io.github.tieredjcache.TieredSetting;
import io.github.tieredjcache.TieredSettings;
import io.github.tieredjcache.internal.file.ConfigurationFile;
import io.github.tieredjcache.internal.file.Credentials;
import io.github.tieredjcache.internal.file.DidYouMean;
import io.github.tieredjcache.internal.file.FileLocator;
import java.net.URI;
import java.net.URL;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.cache.CacheException;
import org.jspecify.annotations.Nullable;

/**
 * Reads the settings that code does not set: manager's properties, system properties, configuration file, environment.
 */
public final class SettingSources {
    /** The property of a cache manager with sections that override the configuration file. */
    public static final String SECTIONS = "tiered-jcache";

    /** The property with sections that the configuration file overrides. */
    public static final String FALLBACK_SECTIONS = "tiered-jcache-fallback";

    /**
     * The property, with any value, of a cache manager whose sections contain the system properties and the environment.
     */
    public static final String ENVIRONMENT_IN_SECTIONS = "tiered-jcache-environment-in-sections";

    private static final String PREFIX = "tiered-jcache.";
    private static final String VARIABLE_PREFIX = "TIERED_JCACHE_";
    /** Hosting platforms set it. */
    private static final String PLATFORM_URI = "REDIS_URL";

    private static final String FILE = PREFIX + "config";

    private SettingSources() {}

    /** Names that only the auto-configuration for Spring Boot reads, which checks them itself. */
    private static final Pattern OF_SPRING_BOOT = Pattern.compile(
            "(caches|expiry|health)[._].*|codec[._].*\\d]?"
                    + "|(key|value)[-_]?type|loader|writer|store[-_]?by[-_]?value|statistics|management",
            Pattern.CASE_INSENSITIVE);

    /**
     * Returns the configuration file of a manager, between the sections of its properties.
     *
     * @param uri the URI of the manager, which may name the file
     * @param environment may name the file, too
     * @throws CacheException if a named file does not exist, or if file or sections have errors
     */
    public static ConfigurationFile file(
            URI uri, Properties properties, ClassLoader loader, Map<String, String> environment) {
        String place = "the application's configuration";
        try {
            URL found = FileLocator.find(uri, location(properties, environment), loader);
            ConfigurationFile file = found == null ? ConfigurationFile.NONE : ConfigurationFile.read(found, loader);
            return sections(SECTIONS, "the section tiered-jcache of " + place, properties, loader)
                    .orElse(file)
                    .orElse(sections(FALLBACK_SECTIONS, place, properties, loader));
        } catch (IllegalArgumentException e) {
            throw new CacheException(e.getMessage(), e);
        }
    }

    private static ConfigurationFile sections(String name, String place, Properties properties, ClassLoader loader) {
        return properties.get(name) instanceof Map<?, ?> sections
                ? ConfigurationFile.read(sections, place, loader)
                : ConfigurationFile.NONE;
    }

    /** Returns {@code tiered-jcache.config} of the manager, the system or the environment, null if none has it. */
    private static @Nullable String location(Properties properties, Map<String, String> environment) {
        return Stream.of(properties.getProperty(FILE), System.getProperty(FILE), environment.get(variable("config")))
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(null);
    }

    /**
     * Returns the settings of all sources; an earlier source overrides a later one.
     *
     * @param code the settings of the configuration in code
     * @param file the settings of the configuration file for the cache
     * @throws IllegalArgumentException if a value is not valid, or a property of the manager names no setting
     */
    public static TieredSettings read(
            TieredSettings code, Properties properties, TieredSettings file, Map<String, String> environment) {
        refuseUnknown(properties);
        boolean inSections = properties.containsKey(ENVIRONMENT_IN_SECTIONS);
        TieredSettings own = code.orElse(TieredSettings.from(
                        name -> properties.getProperty(PREFIX + name), "the cache manager's properties"))
                .orElse(TieredSettings.from(
                        name -> inSections ? null : System.getProperty(PREFIX + name), "the system properties"))
                .orElse(file)
                .orElse(TieredSettings.from(
                        name -> inSections ? null : environment.get(variable(name)), "the environment"));
        // Another program may own the variable: it is parsed only if it is needed.
        return own.isSet(TieredSetting.REDIS_URI)
                ? own
                : own.orElse(TieredSettings.from(
                        name -> name.equals(TieredSetting.REDIS_URI.name()) ? environment.get(PLATFORM_URI) : null,
                        "the environment variable " + PLATFORM_URI));
    }

    private static String variable(String name) {
        return VARIABLE_PREFIX + name.replace('.', '_').replace('-', '_').toUpperCase(Locale.ROOT);
    }

    /**
     * Returns a message for each name that looks like a setting and is none, with the most similar name. Their values
     * are ignored: another program may own them.
     *
     * @param properties of the manager; the creator of its sections may read relaxed names, such as {@code maximumSize}
     */
    public static List<String> unknownNames(
            Properties properties, Set<String> systemProperties, Set<String> environment) {
        UnaryOperator<String> form = properties.containsKey(ENVIRONMENT_IN_SECTIONS)
                ? name -> name.replace("-", "").toLowerCase(Locale.ROOT)
                : UnaryOperator.identity();
        List<String> known = Stream.concat(
                        Stream.of(FILE), TieredSetting.all().stream().map(each -> PREFIX + each.name()))
                .toList();
        List<String> variables = known.stream()
                .map(name -> variable(name.substring(PREFIX.length())))
                .toList();
        return Stream.concat(
                        unknown("system property", systemProperties, PREFIX, known, form),
                        unknown("environment variable", environment, VARIABLE_PREFIX, variables, form))
                .toList();
    }

    private static Stream<String> unknown(
            String kind, Set<String> names, String prefix, List<String> known, UnaryOperator<String> form) {
        Set<String> forms = known.stream().map(form).collect(Collectors.toSet());
        return names.stream()
                .filter(name -> name.startsWith(prefix) && !forms.contains(form.apply(name)))
                .filter(name ->
                        !OF_SPRING_BOOT.matcher(name.substring(prefix.length())).matches())
                .sorted()
                .map(name -> "the " + kind + " '" + Credentials.shownName(name)
                        + "' is not a setting and has no effect; did you mean '" + DidYouMean.to(name, known) + "'?");
    }

    private static void refuseUnknown(Properties properties) {
        List<String> known =
                TieredSetting.all().stream().map(TieredSetting::name).toList();
        properties.forEach((name, value) -> {
            if (name instanceof String setting && setting.startsWith(PREFIX) && !(value instanceof String)) {
                throw new IllegalArgumentException("the cache manager's property " + setting
                        + " must be a String, was a " + value.getClass().getName());
            }
        });
        for (String property : properties.stringPropertyNames()) {
            if (property.startsWith(PREFIX)
                    && !property.equals(FILE)
                    && !known.contains(property.substring(PREFIX.length()))) {
                throw new IllegalArgumentException(
                        "the cache manager's properties name an unknown setting '" + property + "'; did you mean '"
                                + PREFIX + DidYouMean.to(property.substring(PREFIX.length()), known) + "'?");
            }
        }
    }
}
