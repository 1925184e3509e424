package io.github.tieredjcache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** The properties that an editor completes in the files of Spring Boot are the settings. */
class SpringMetadataTest {
    private static final String FILE = "/META-INF/spring-configuration-metadata.json";
    private static final String PREFIX = "tiered-jcache.";
    /** The options of JCache, and what only Spring Boot has. */
    private static final Set<String> OTHERS = Set.of(
            "expiry.created",
            "expiry.modified",
            "expiry.accessed",
            "expiry.touched",
            "key-type",
            "value-type",
            "loader",
            "writer",
            "store-by-value",
            "statistics",
            "management",
            "config",
            "caches",
            "health.without-redis");
    /** Their defaults come from the application. */
    private static final Set<String> WITHOUT_DEFAULT =
            Set.of("redis.uri", "redis.namespace", "codec.allowed", "near.maximum-weight");

    @Test
    void eachSettingIsCompletedWithItsDefault() throws IOException {
        Map<String, JsonNode> properties = properties();
        Set<String> expected = new TreeSet<>(OTHERS);
        TieredSetting.all().forEach(each -> expected.add(each.name()));
        assertEquals(expected, properties.keySet());
        for (TieredSetting<?> each : TieredSetting.all()) {
            JsonNode shown = properties.get(each.name()).get("defaultValue");
            String text = each.format(each.defaultValue());
            boolean hasNone = text.isEmpty()
                    || each.defaultValue().equals(Durations.MAX)
                    || WITHOUT_DEFAULT.contains(each.name());
            if (hasNone) {
                assertEquals(null, shown, each.name());
            } else {
                assertEquals(each.defaultValue(), each.parse(text(each, shown), "the metadata"), each.name());
            }
        }
    }

    private static String text(TieredSetting<?> setting, JsonNode shown) {
        if (shown.isBoolean()) {
            return shown.asBoolean() ? "on" : "off";
        }
        return setting.name().equals("expiry.jitter") && shown.isInt() ? shown.asInt() + "%" : shown.asText();
    }

    @Test
    void eachPropertyHasATypeAndASentence() throws IOException {
        properties().forEach((name, property) -> {
            assertTrue(property.get("description").asText().endsWith("."), name);
            assertFalse(property.get("type").asText().isEmpty(), name);
        });
    }

    private static Map<String, JsonNode> properties() throws IOException {
        JsonNode metadata;
        try (InputStream file = SpringMetadataTest.class.getResourceAsStream(FILE)) {
            metadata = new ObjectMapper().readTree(file);
        }
        Map<String, JsonNode> properties = new TreeMap<>();
        metadata.get("properties").forEach(each -> {
            String name = each.get("name").asText();
            assertTrue(name.startsWith(PREFIX), name);
            properties.put(name.substring(PREFIX.length()), each);
        });
        return properties;
    }
}
