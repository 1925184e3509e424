package io.github.tieredjcache.internal.file;

import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import io.github.tieredjcache.TieredSetting;
import io.github.tieredjcache.TieredSettings;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Parses the section of one cache, one template, or the defaults. */
final class SectionReader {
    private static final List<String> KNOWN = Stream.concat(
                    TieredSetting.all().stream().map(TieredSetting::name), JCacheOption.keys().stream())
            .toList();

    private final ConfigurationErrors problems;
    private final ClassLoader loader;

    SectionReader(ConfigurationErrors problems, ClassLoader loader) {
        this.problems = problems;
        this.loader = loader;
    }

    CacheSection read(ConfigObject section, String where) {
        Map<String, ConfigValue> leaves = new TreeMap<>();
        collect(section, "", leaves);
        TieredSettings settings = TieredSettings.NONE;
        Map<JCacheOption, String> options = new EnumMap<>(JCacheOption.class);
        for (Map.Entry<String, ConfigValue> each : leaves.entrySet()) {
            String name = each.getKey();
            ConfigValue value = each.getValue();
            JCacheOption option = JCacheOption.of(name);
            if (!KNOWN.contains(name)) {
                problems.add(
                        value.origin(),
                        "unknown setting '" + Credentials.shownName(name) + "' in " + where + "; "
                                + cureOfUnknown(name, where));
                continue;
            }
            String text = text(value);
            if (text == null) {
                problems.add(
                        value.origin(),
                        "'" + name + "' in " + where + " must be a text, number or list, was "
                                + ConfigurationErrors.describe(value));
            } else if (option != null) {
                read(option, text, value, options);
            } else {
                settings = settings.orElse(setting(name, text, value));
            }
        }
        rejectConflicts(section, where, leaves, options);
        return new CacheSection(settings, options);
    }

    /** A dot in a name without quotes begins a section within a section, so the end of a cache name looks like a setting. */
    private static String cureOfUnknown(String name, String where) {
        for (String each : KNOWN) {
            if (where.startsWith("\"") && name.endsWith("." + each)) {
                String cacheName = where.substring(1, where.length() - 1) + "."
                        + name.substring(0, name.length() - each.length() - 1);
                return "a cache name with a dot must be in double quotes: \"" + Credentials.shownName(cacheName) + "\"";
            }
        }
        return "did you mean '" + DidYouMean.to(name, KNOWN) + "'?";
    }

    /**
     * Collects the values of a section by full name: {@code near { maximum-size = 1 }} is {@code near.maximum-size}.
     */
    private void collect(ConfigObject object, String prefix, Map<String, ConfigValue> leaves) {
        object.forEach((key, value) -> {
            if (value instanceof ConfigObject deeper) {
                collect(deeper, prefix + key + ".", leaves);
            } else {
                leaves.put(prefix + key, value);
            }
        });
    }

    private static @Nullable String text(ConfigValue value) {
        if (value instanceof ConfigList list) {
            return list.stream().anyMatch(each -> text(each) == null)
                    ? null
                    : list.stream().map(SectionReader::text).collect(Collectors.joining(","));
        }
        if (value.valueType() == ConfigValueType.BOOLEAN) {
            return Boolean.TRUE.equals(value.unwrapped()) ? "on" : "off";
        }
        return value.valueType() == ConfigValueType.STRING || value.valueType() == ConfigValueType.NUMBER
                ? String.valueOf(value.unwrapped())
                : null;
    }

    private TieredSettings setting(String name, String text, ConfigValue value) {
        try {
            return TieredSettings.from(
                    requested -> requested.equals(name) ? text : null, problems.line(value.origin()));
        } catch (IllegalArgumentException e) {
            problems.add(String.valueOf(e.getMessage()));
            return TieredSettings.NONE;
        }
    }

    private void read(JCacheOption option, String text, ConfigValue value, Map<JCacheOption, String> options) {
        String broken = option.brokenRule(text, loader);
        if (broken != null) {
            problems.add(value.origin(), option.key() + " " + broken + ", was '" + Credentials.hiddenIn(text) + "'");
        } else {
            options.put(option, text);
        }
    }

    private void rejectConflicts(
            ConfigObject section, String where, Map<String, ConfigValue> leaves, Map<JCacheOption, String> options) {
        List<String> expiries = options.keySet().stream()
                .filter(JCacheOption::isExpiry)
                .map(JCacheOption::key)
                .toList();
        if (expiries.size() > 1) {
            problems.add(
                    section.origin(),
                    where + " has " + String.join(" and ", expiries) + ": a cache has one expiry; remove the others");
        }
        ConfigValue weight = leaves.get("near.maximum-weight");
        if (weight != null && leaves.containsKey("near.maximum-size")) {
            problems.add(
                    weight.origin(),
                    where + " has both near.maximum-size and near.maximum-weight: the near tier has one bound;"
                            + " remove one");
        }
    }
}
