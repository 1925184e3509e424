package io.github.tieredjcache.internal.assembly;

import io.github.tieredjcache.TieredSetting;
import io.github.tieredjcache.TieredSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The name of this node for operators: as configured, else host name and process id. */
final class NodeName {
    private static final int HOST_CHARS_MAX = 40;
    private static final Path LINUX_HOST_NAME = Path.of("/proc/sys/kernel/hostname");

    private NodeName() {}

    /** Returns the name of this node for a cache. */
    static String of(TieredSettings settings) {
        String configured = settings.get(TieredSetting.NODE_NAME);
        return configured.isEmpty()
                ? hostName(System.getenv(), LINUX_HOST_NAME) + "-"
                        + ProcessHandle.current().pid()
                : configured;
    }

    /** Returns the name of this machine, without a query of DNS, which may take seconds. */
    static String hostName(Map<String, String> environment, Path file) {
        String name = Stream.of(environment.get("HOSTNAME"), environment.get("COMPUTERNAME"), content(file))
                .filter(Objects::nonNull)
                .map(String::strip)
                .filter(each -> !each.isEmpty())
                .findFirst()
                .orElse("localhost")
                .replaceAll("[^\\w.-]", "-");
        return name.substring(0, Math.min(HOST_CHARS_MAX, name.length()));
    }

    private static @Nullable String content(Path file) {
        try {
            return Files.isReadable(file) ? Files.readString(file) : null;
        } catch (IOException e) {
            return null;
        }
    }
}
