package io.github.tieredjcache.internal.file;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import io.github.tieredjcache.internal.framework.FrameworkCaches;
import java.net.URL;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A parsed configuration file: defaults, templates and caches.
 *
 * <pre>
 * tiered-jcache {
 *   defaults   { redis.uri = "redis://localhost:6379", redis.uri = ${?REDIS_URL} }
 *   caches {
 *     "com.shop.*"     { expiry.created = 10m }
 *     "com.shop.Order" { near.maximum-size = 50000 }
 *   }
 * }
 * </pre>
 *
 * <p>The format is HOCON, of which JSON is a part (github.com/lightbend/config). A setting of a cache comes from the
 * first of these that has it: the cache's own section; what the cache of a framework needs to be correct; the template
 * with the most literal characters among those that match the name; the defaults. A star matches any characters; a dot
 * in a quoted name is a dot. Immutable.
 */
public final class ConfigurationFile {
    /** The absent file, without any section. */
    public static final ConfigurationFile NONE =
            new ConfigurationFile("no file", CacheSection.NONE, Map.of(), List.of(), null);

    private static final String ROOT = "tiered-jcache";
    private static final String DEFAULTS = "defaults";
    private static final String CACHES = "caches";

    /**
     * Substitutions that a message may quote: an upper-case name is an environment variable rather than part of a
     * password.
     */
    private static final Pattern VARIABLE = Pattern.compile("\\$\\{[A-Z][A-Z0-9_]*}");

    private final String place;
    private final CacheSection defaults;
    private final Map<String, CacheSection> exact;
    private final List<Template> templates;
    private final @Nullable ConfigurationFile lower;

    /** A section for all cache names that match a pattern. */
    private record Template(String pattern, Pattern regex, CacheSection section) {
        static Template of(String pattern, CacheSection section) {
            String regex =
                    Stream.of(pattern.split("\\*", -1)).map(Pattern::quote).collect(Collectors.joining(".*"));
            return new Template(pattern, Pattern.compile(regex, Pattern.DOTALL), section);
        }

        int literals() {
            return pattern.replace("*", "").length();
        }
    }

    private ConfigurationFile(
            String place,
            CacheSection defaults,
            Map<String, CacheSection> exact,
            List<Template> templates,
            @Nullable ConfigurationFile lower) {
        this.place = place;
        this.defaults = defaults;
        this.exact = exact;
        this.templates = templates;
        this.lower = lower;
    }

    /**
     * Parses a file.
     *
     * @param url the location of the file
     * @param loader finds the classes of the file and the files that it includes
     * @throws IllegalArgumentException if the file has errors; the message has all of them, each with line, rule and
     *     the most similar name
     */
    public static ConfigurationFile read(URL url, ClassLoader loader) {
        String place = Credentials.hiddenIn(url.toString());
        ConfigurationErrors problems = new ConfigurationErrors("the configuration file ", place);
        Config config;
        try {
            config = ConfigFactory.parseURL(
                            url,
                            ConfigParseOptions.defaults().setClassLoader(loader).setAllowMissing(false))
                    .resolve();
        } catch (ConfigException e) {
            // Without the message of the parser, which quotes the file, and with it a password.
            problems.add(e.origin(), unreadable(e));
            throw problems.failure();
        }
        return read(place, config.root(), loader, problems);
    }

    /**
     * Reads sections from a map.
     *
     * @param sections the sections {@code defaults} and {@code caches}, as maps of names and values; a value is a text,
     *     a number, a boolean or a list
     * @param place where the map comes from, for messages
     * @param loader finds the classes that are named
     * @throws IllegalArgumentException if the map has errors; the message has all of them
     */
    public static ConfigurationFile read(Map<?, ?> sections, String place, ClassLoader loader) {
        ConfigurationErrors problems = new ConfigurationErrors("", place);
        ConfigObject root = (ConfigObject) ConfigValueFactory.fromAnyRef(Map.of(ROOT, sections), place);
        return read(place, root, loader, problems);
    }

    private static String unreadable(ConfigException e) {
        if (e instanceof ConfigException.UnresolvedSubstitution) {
            Matcher variable = VARIABLE.matcher(String.valueOf(e.getMessage()));
            return (variable.find() ? variable.group() : "${…}")
                    + " is not set; write ${?…} for an optional value, and put a text that contains ${ in"
                    + " double quotes";
        }
        if (e instanceof ConfigException.BadPath) {
            return "this is not a name; a cache name with a star must be in double quotes, like \"com.shop.*\"";
        }
        if (e instanceof ConfigException.Parse) {
            return notHocon(String.valueOf(e.getMessage()));
        }
        if (e instanceof ConfigException.IO) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            return "the file, or one that it includes, cannot be opened ("
                    + cause.getClass().getSimpleName() + ")";
        }
        return "values that are joined here must all be texts, or all lists, or all sections ("
                + e.getClass().getSimpleName() + ")";
    }

    /** Returns the description of a parse error; the parser's own message is not quoted. */
    private static String notHocon(String message) {
        if (message.contains("close") && message.contains("end of file")) {
            return "the file ends before a section does; close each { with a }";
        }
        if (message.contains("unbalanced close brace")) {
            return "this } closes no section; remove it, or add the missing { above";
        }
        return "this is not HOCON; a line must be name = value, and a value that contains any of : = , / @ # $ ? must"
                + " be in double quotes";
    }

    private static ConfigurationFile read(
            String place, ConfigObject top, ClassLoader loader, ConfigurationErrors problems) {
        SectionReader sections = new SectionReader(problems, loader);
        problems.rejectUnknown(top, List.of(ROOT), "the file");
        CacheSection defaults = CacheSection.NONE;
        Map<String, CacheSection> exact = new TreeMap<>();
        List<Template> templates = new ArrayList<>();
        ConfigObject root = object(top, ROOT, problems);
        if (root != null) {
            problems.rejectUnknown(root, List.of(DEFAULTS, CACHES), ROOT);
            ConfigObject section = object(root, DEFAULTS, problems);
            if (section != null) {
                defaults = sections.read(section, DEFAULTS);
            }
            ConfigObject caches = object(root, CACHES, problems);
            if (caches != null) {
                readCaches(caches, sections, problems, exact, templates);
            }
        }
        problems.throwIfAny();
        templates.sort(Comparator.comparingInt(Template::literals).reversed().thenComparing(Template::pattern));
        return new ConfigurationFile(place, defaults, new LinkedHashMap<>(exact), List.copyOf(templates), null);
    }

    private static void readCaches(
            ConfigObject caches,
            SectionReader sections,
            ConfigurationErrors problems,
            Map<String, CacheSection> exact,
            List<Template> templates) {
        for (String name : caches.keySet()) {
            ConfigObject section = object(caches, name, problems);
            if (section != null) {
                CacheSection read = sections.read(section, "\"" + name + "\"");
                if (name.indexOf('*') >= 0) {
                    templates.add(Template.of(name, read));
                } else {
                    exact.put(name, read);
                }
            }
        }
    }

    private static @Nullable ConfigObject object(ConfigObject parent, String key, ConfigurationErrors problems) {
        ConfigValue value = parent.get(key);
        if (value == null) {
            return null;
        }
        if (value instanceof ConfigObject object) {
            return object;
        }
        problems.add(
                value.origin(),
                "'" + key + "' must be a section in braces, was " + ConfigurationErrors.describe(value));
        return null;
    }

    /** Returns this file, completed by another one: what this file does not set has the other value. */
    public ConfigurationFile orElse(ConfigurationFile other) {
        return new ConfigurationFile(place, defaults, exact, templates, lower == null ? other : lower.orElse(other));
    }

    /** Returns the names of the caches with a section of their own. */
    public Set<String> cacheNames() {
        Set<String> names = new TreeSet<>(exact.keySet());
        if (lower != null) {
            names.addAll(lower.cacheNames());
        }
        return names;
    }

    /**
     * Returns the section of a cache, completed by what a framework needs, the best matching template and the defaults.
     */
    public CacheSection section(String cacheName) {
        Map<String, String> needed = FrameworkCaches.section(cacheName);
        return needed.isEmpty()
                ? general(cacheName)
                : exact(cacheName)
                        .orElse(CacheSection.of(needed, FrameworkCaches.ORIGIN))
                        .orElse(general(cacheName));
    }

    private CacheSection exact(String cacheName) {
        CacheSection own = exact.getOrDefault(cacheName, CacheSection.NONE);
        return lower == null ? own : own.orElse(lower.exact(cacheName));
    }

    private CacheSection general(String cacheName) {
        CacheSection section = exact.getOrDefault(cacheName, CacheSection.NONE);
        CacheSection template = templates.stream()
                .filter(each -> each.regex.matcher(cacheName).matches())
                .map(Template::section)
                .findFirst()
                .orElse(CacheSection.NONE);
        CacheSection own = section.orElse(template).orElse(defaults);
        return lower == null ? own : own.orElse(lower.general(cacheName));
    }

    /** Returns the location of the file, without credentials. */
    @Override
    public String toString() {
        return place;
    }
}
