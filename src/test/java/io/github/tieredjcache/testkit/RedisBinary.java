package io.github.tieredjcache.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** The {@code redis-server} program that the jar {@code org.signal:embedded-redis} carries as a resource. */
final class RedisBinary {

    static final String VERSION = "7.0.15";

    private RedisBinary() {}

    /** Writes the program for this machine into the folder and makes it executable. */
    static Path extractInto(Path folder) {
        String resource = "redis-server-" + VERSION + "-" + system() + "-" + architecture();
        Path program = folder.resolve("redis-server");
        try (InputStream bytes = RedisBinary.class.getClassLoader().getResourceAsStream(resource)) {
            if (bytes == null) {
                throw new IllegalStateException("There is no " + resource + " on the class path: add the dependency "
                        + "org.signal:embedded-redis (Linux and macOS only), start a Docker engine, or name a running "
                        + "Redis in " + ExternalRedis.VARIABLE);
            }
            Files.copy(bytes, program);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot write the Redis program to " + program, e);
        }
        if (!program.toFile().setExecutable(true, true)) {
            throw new IllegalStateException("Cannot make " + program + " executable");
        }
        return program;
    }

    private static String system() {
        String name = System.getProperty("os.name").toLowerCase(Locale.ROOT);
        return name.startsWith("mac") ? "darwin" : name.replaceAll("\\s.*", "");
    }

    private static String architecture() {
        String name = System.getProperty("os.arch").toLowerCase(Locale.ROOT);
        return switch (name) {
            case "x86_64", "amd64" -> "amd64";
            case "aarch64", "arm64" -> "arm64";
            case "x86", "i386", "i486", "i586", "i686" -> "386";
            default -> name;
        };
    }
}
