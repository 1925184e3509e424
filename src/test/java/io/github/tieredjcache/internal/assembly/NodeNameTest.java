package io.github.tieredjcache.internal.assembly;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.TieredSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NodeNameTest {
    @TempDir
    Path folder;

    private static TieredSettings named(String name) {
        return TieredSettings.from(setting -> setting.equals("node.name") ? name : null, "a test");
    }

    @Test
    void theConfiguredNameGoesBeforeHostAndProcess() {
        assertEquals("web-3", NodeName.of(named("web-3")));
        String name = NodeName.of(TieredSettings.NONE);
        assertTrue(name.endsWith("-" + ProcessHandle.current().pid()), name);
        assertEquals(name, NodeName.of(named(name)), "the default obeys the rule of the setting");
    }

    @Test
    void theHostNameIsOfTheEnvironmentElseOfLinux() throws IOException {
        Path file = folder.resolve("hostname");
        assertEquals("localhost", NodeName.hostName(Map.of(), file));
        Files.writeString(file, "of-linux\n");
        assertEquals("of-linux", NodeName.hostName(Map.of("HOSTNAME", " "), file));
        assertEquals("OF-WINDOWS", NodeName.hostName(Map.of("COMPUTERNAME", "OF-WINDOWS"), file));
        assertEquals("pod-1.shop", NodeName.hostName(Map.of("HOSTNAME", "pod-1.shop"), file));
    }

    @Test
    void aHostNameIsCutAndHasOnlyCharactersThatRedisAccepts() {
        assertEquals("a-b--c", NodeName.hostName(Map.of("HOSTNAME", "a b\u00e4\nc"), folder));
        assertEquals("x".repeat(40), NodeName.hostName(Map.of("HOSTNAME", "x".repeat(300)), folder));
    }

    @Test
    void aNameThatRedisRefusesIsRefusedWithTheRule() {
        for (String wrong : List.of("web 3", "web\n3", "w\u00e4b", "x".repeat(65), "web;3")) {
            var refused = assertThrows(IllegalArgumentException.class, () -> named(wrong));
            assertEquals(
                    "node.name must be at most 64 letters, digits and characters of . _ : @ / -, was " + wrong
                            + " in a test",
                    refused.getMessage());
        }
    }
}
