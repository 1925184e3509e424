package io.github.tieredjcache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The README's table of settings is that of the code. */
class SettingsReferenceTest {
    private static final Pattern ROW = Pattern.compile("(?m)^\\| `([a-z][a-z.-]+)` \\| ([^|]+) \\|");
    private static final List<String> NOTHING = List.of("none", "the JVM's");
    private static final List<Object> UNBOUNDED = List.of(Durations.MAX, Setting.NEAR_MAXIMUM_WEIGHT.defaultValue());

    @Test
    void eachSettingStandsInTheReadmeWithItsDefault() throws Exception {
        String readme = Files.readString(Path.of("README.md"));
        String section = readme.substring(readme.indexOf("\n## Settings"));
        section = section.substring(0, section.indexOf("\n## ", 1));
        Map<String, String> documented = new TreeMap<>();
        for (Matcher row = ROW.matcher(section); row.find(); ) {
            documented.put(row.group(1), row.group(2).replace("`", "").strip());
        }
        assertEquals(new TreeSet<>(TieredSettings.names()), documented.keySet());
        for (Setting<?> each : Setting.ALL) {
            String shown = each.show(each.defaultValue());
            String said = documented.get(each.name());
            boolean isNothing = shown.isEmpty() || shown.equals("none") || UNBOUNDED.contains(each.defaultValue());
            assertTrue(
                    isNothing
                            ? NOTHING.contains(said)
                            : each.parse(said, "the README").equals(each.defaultValue()),
                    () -> each.name() + ": " + said + " is not " + shown);
        }
    }
}
