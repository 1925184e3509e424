package io.github.tieredjcache.spring;

import io.github.tieredjcache.TieredSetting;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.PropertySourcesPlaceholdersResolver;
import org.springframework.boot.context.properties.bind.UnboundConfigurationPropertiesException;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.core.ResolvableType;
import org.springframework.core.convert.ConversionException;
import org.springframework.core.env.Environment;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.StandardEnvironment;

/**
 * Reads the properties {@code tiered-jcache.*} of Spring's environment as the sections of a configuration file: {@code
 * tiered-jcache.caches.<name>.<setting>} is the section of a cache, {@code tiered-jcache.<setting>} the defaults.
 */
final class EnvironmentSections {
    /** The property that names a configuration file. */
    static final String FILE = "config";

    /** The property of the health indicator. */
    static final String HEALTH_WITHOUT_REDIS = "health.without-redis";

    private static final String ROOT = "tiered-jcache";
    private static final String CACHES = "caches";
    private static final List<String> NO_SETTINGS = List.of(FILE, HEALTH_WITHOUT_REDIS);
    /** The options of JCache that a section has beside the settings. */
    private static final List<String> OPTIONS = List.of(
            "key-type",
            "value-type",
            "loader",
            "writer",
            "store-by-value",
            "statistics",
            "management",
            "expiry.created",
            "expiry.modified",
            "expiry.accessed",
            "expiry.touched");

    private static final List<String> KNOWN = Stream.concat(
                    TieredSetting.all().stream().map(TieredSetting::name), OPTIONS.stream())
            .toList();
    /** The settings whose values are lists. Spring Boot takes all elements of a list from one source. */
    private static final List<String> LISTS = TieredSetting.all().stream()
            .filter(each -> each.valueClass().equals(List.class))
            .map(TieredSetting::name)
            .toList();

    private static final ResolvableType TEXT = ResolvableType.forClass(String.class);
    /** The names by their relaxed form, for {@code maximumSize} and environment variables. */
    private static final Map<String, String> NAMES = Stream.concat(KNOWN.stream(), NO_SETTINGS.stream())
            .collect(Collectors.toUnmodifiableMap(EnvironmentSections::relaxed, Function.identity()));
    /** The sources that an application does not own: an unknown name in them is no mistake. */
    private static final Set<String> SYSTEM = Set.of(
            StandardEnvironment.SYSTEM_PROPERTIES_PROPERTY_SOURCE_NAME,
            StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME);

    private EnvironmentSections() {}

    /** Returns the name of a property in the environment. */
    static String property(String name) {
        return ROOT + "." + name;
    }

    /**
     * Returns the sections {@code defaults} and {@code caches}.
     *
     * @throws InvalidPropertiesException if a list has a gap, or if a text is in place of a section
     */
    static Map<String, Object> read(Environment environment) {
        try {
            return sections(environment);
        } catch (BindException e) {
            // Without the cause, of which Spring Boot would show the values, such as keys of signatures.
            if (e.getCause() instanceof UnboundConfigurationPropertiesException) {
                throw new InvalidPropertiesException(
                        e.getName() + " must be one text, or a list with the elements [0], [1] and so on of one source",
                        null);
            }
            if (e.getCause() instanceof ConversionException) {
                throw new InvalidPropertiesException(
                        e.getName()
                                + " must be a section with settings, such as tiered-jcache.caches.<name>.expiry.created",
                        null);
            }
            throw e;
        }
    }

    private static Map<String, Object> sections(Environment environment) {
        Map<String, String> all = ownProperties(environment);
        all.keySet().removeIf(name -> name.equals(CACHES) || name.startsWith(CACHES + "."));
        Map<String, Object> defaults = section(all, Map.of());
        NO_SETTINGS.forEach(defaults::remove);
        for (String name : KNOWN) {
            // Also in system properties, and in variables such as TIERED_JCACHE_REDIS_URI.
            String text = environment.getProperty(property(name));
            if (text != null) {
                defaults.put(name, value(text));
            }
        }
        Binder binder = Binder.get(environment);
        for (String name : LISTS) {
            binder.bind(property(name), Bindable.listOf(String.class)).ifBound(list -> defaults.put(name, list));
        }
        Map<String, Map<String, List<String>>> lists =
                bind(binder, property(CACHES), sectionsOf(ResolvableType.forClassWithGenerics(List.class, TEXT)));
        Map<String, Map<String, String>> texts = bind(binder, property(CACHES), sectionsOf(TEXT));
        Map<String, Object> caches = new TreeMap<>();
        texts.forEach((name, section) -> caches.put(name, section(section, lists.getOrDefault(name, Map.of()))));
        return Map.of("defaults", defaults, CACHES, caches);
    }

    private static Map<String, String> ownProperties(Environment environment) {
        List<ConfigurationPropertySource> sources = new ArrayList<>();
        for (ConfigurationPropertySource source : ConfigurationPropertySources.get(environment)) {
            if (!(source.getUnderlyingSource() instanceof PropertySource<?> known
                    && SYSTEM.contains(known.getName()))) {
                sources.add(source);
            }
        }
        Binder binder = new Binder(sources, new PropertySourcesPlaceholdersResolver(environment));
        return bind(binder, ROOT, Bindable.mapOf(String.class, String.class));
    }

    private static <V> Map<String, V> bind(Binder binder, String name, Bindable<Map<String, V>> type) {
        return new HashMap<>(binder.bind(name, type).orElseGet(Map::of));
    }

    /** Returns the type of a section for each cache. */
    private static <V> Bindable<Map<String, Map<String, V>>> sectionsOf(ResolvableType values) {
        return Bindable.of(ResolvableType.forClassWithGenerics(
                Map.class, TEXT, ResolvableType.forClassWithGenerics(Map.class, TEXT, values)));
    }

    /**
     * Returns the settings by their names in a file.
     *
     * @param texts all settings; the elements of a list are {@code name.0} and so on, of several sources
     * @param lists all settings as lists
     */
    private static Map<String, Object> section(Map<String, String> texts, Map<String, List<String>> lists) {
        Map<String, Object> section = new TreeMap<>();
        texts.forEach((name, text) -> {
            if (!isList(name.replaceFirst("\\.\\d+$", ""))) {
                section.put(canonical(name), value(text));
            }
        });
        lists.forEach((name, list) -> {
            if (isList(name)) {
                section.put(canonical(name), list);
            }
        });
        return section;
    }

    private static boolean isList(String name) {
        return LISTS.contains(canonical(name));
    }

    private static String canonical(String name) {
        return NAMES.getOrDefault(relaxed(name), dashed(name));
    }

    private static String dashed(String name) {
        return name.replaceAll("([a-z0-9])([A-Z])", "$1-$2").toLowerCase(Locale.ROOT);
    }

    private static String relaxed(String name) {
        return name.replace("-", "").toLowerCase(Locale.ROOT);
    }

    /** Returns a boolean for the words that YAML takes for one; the settings call it on and off. */
    private static Object value(String text) {
        return switch (text) {
            case "true" -> true;
            case "false" -> false;
            default -> text;
        };
    }
}
