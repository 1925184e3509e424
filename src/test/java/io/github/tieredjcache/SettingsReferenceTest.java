package io.github.tieredjcache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.cache.configuration.Factory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The page of the settings matches the code. */
class SettingsReferenceTest {
    private static final Pattern ROW =
            Pattern.compile("(?m)^\\| `([a-z]+\\.[a-z.-]+)` \\| (?:`(\\w+)`[^|]* \\| )?([^|]+) \\|");
    private static final List<String> NOTHING = List.of("none", "the JVM's", "host and process");
    private static final List<Object> UNBOUNDED =
            List.of(Durations.MAX, TieredSetting.NEAR_MAXIMUM_WEIGHT.defaultValue());
    /** An argument for each parameter type; no argument is a default. */
    private static final Map<Class<?>, Object> ARGUMENTS = Map.of(
            String.class,
            "redis://localhost",
            String[].class,
            new String[] {"com.shop.Order"},
            Duration.class,
            Duration.ofMinutes(7),
            Path.class,
            Path.of("file.pem"),
            long.class,
            7L,
            int.class,
            7,
            double.class,
            7.0,
            boolean.class,
            true,
            OutagePolicy.class,
            OutagePolicy.FAIL,
            Compression.class,
            Compression.LZ4);

    /** A row of the page; settings that few applications decide have no builder method of their own. */
    private record Row(@Nullable String builderMethod, String defaultValue) {}

    @Test
    void eachSettingIsOnThePageWithItsDefault() {
        Map<String, Row> rows = rows();
        assertEquals(TieredSetting.all().stream().map(TieredSetting::name).collect(Collectors.toSet()), rows.keySet());
        for (TieredSetting<?> each : TieredSetting.all()) {
            String shown = each.format(each.defaultValue());
            String said = rows.get(each.name()).defaultValue();
            boolean isNothing = shown.isEmpty() || shown.equals("none") || UNBOUNDED.contains(each.defaultValue());
            assertTrue(
                    isNothing
                            ? NOTHING.contains(said)
                            : each.parse(said, "the page").equals(each.defaultValue()),
                    () -> each.name() + ": " + said + " is not " + shown);
        }
    }

    @Test
    void eachConstantHasTheNameOfItsSetting() throws ReflectiveOperationException {
        List<TieredSetting<?>> constants = new ArrayList<>();
        for (Field each : TieredSetting.class.getFields()) {
            TieredSetting<?> setting = (TieredSetting<?>) each.get(null);
            constants.add(setting);
            assertEquals(
                    each.getName(),
                    setting.name().replace('.', '_').replace('-', '_').toUpperCase(Locale.ROOT));
        }
        assertEquals(constants, TieredSetting.all());
    }

    @Test
    void eachBuilderMethodOfThePageSetsItsSetting() throws ReflectiveOperationException {
        Map<String, Row> rows = rows();
        for (TieredSetting<?> each : TieredSetting.all()) {
            String name = rows.get(each.name()).builderMethod();
            if (name == null) {
                continue;
            }
            Method method = builderMethod(name);
            if (method.getParameterTypes()[0] == Factory.class) {
                assertTrue(each == TieredSetting.CODEC_HMAC_KEYS, method::toString);
                continue;
            }
            Object[] arguments = Arrays.stream(method.getParameterTypes())
                    .map(ARGUMENTS::get)
                    .toArray();
            TieredConfiguration.Builder<String, String> builder =
                    TieredConfiguration.builder(String.class, String.class);
            method.invoke(builder, arguments);
            assertTrue(builder.build().settings().isSet(each), () -> method + " sets not " + each.name());
        }
    }

    @Test
    void eachMethodOfTheBuilderIsOnThePage() {
        String page = Pages.read("settings");
        Set<String> missing = Arrays.stream(TieredConfiguration.Builder.class.getMethods())
                .filter(method -> OptionsBuilder.class.isAssignableFrom(method.getReturnType()))
                .map(Method::getName)
                .filter(name -> !page.contains("`" + name + "`"))
                .collect(Collectors.toCollection(TreeSet::new));
        assertEquals(Set.of(), missing);
    }

    private static Method builderMethod(String name) {
        return Arrays.stream(TieredConfiguration.Builder.class.getMethods())
                .filter(method -> method.getName().equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError("the builder has no method " + name));
    }

    private static Map<String, Row> rows() {
        Map<String, Row> rows = new TreeMap<>();
        for (Matcher row = ROW.matcher(Pages.read("settings")); row.find(); ) {
            rows.put(
                    row.group(1),
                    new Row(row.group(2), row.group(3).replace("`", "").strip()));
        }
        return rows;
    }
}
