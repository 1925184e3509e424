package io.github.tieredjcache.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The program of the server: the {@code redis-server} that the jar {@code org.signal:embedded-redis} carries as a resource, or that of
 * the {@link ServerFolder} which the system property {@value #PROPERTY} names.
 */
final class RedisBinary {

    /** Names a server of {@code target/servers}, such as {@code valkey-9.1}. */
    static final String PROPERTY = "redis.server";

    static final String VERSION = "7.0.15";
    private static final String NAMED = System.getProperty(PROPERTY, "").strip();

    /** How many threads read and write in every server that was named, with the one that executes. */
    static final String IO_THREADS_PROPERTY = "redis.io-threads";

    static final String IO_THREADS =
            System.getProperty(IO_THREADS_PROPERTY, "2").strip();

    /** What every server that was named is started with. */
    static final List<String> ARGUMENTS =
            NAMED.isEmpty() ? List.of() : List.of("--io-threads", IO_THREADS, "--io-threads-do-reads", "yes");

    /** Redis 6.2 allows always what these allow. */
    private static final Set<String> NEW_IN_7 = Set.of("--enable-debug-command", "--enable-protected-configs");

    /** The program of the jar, once it is written; for all servers of this JVM, since a build starts hundreds. */
    private static @Nullable Path extracted;

    private RedisBinary() {}

    /** Returns the command that starts the server, without arguments. */
    static List<String> command() {
        return isInJar(NAMED)
                ? List.of(extracted().toString())
                : ServerFolder.named(NAMED).command();
    }

    /** Returns the folder of this JVM that holds the program, if there is one. */
    static synchronized Optional<Path> extractedFolder() {
        return Optional.ofNullable(extracted).map(Path::getParent);
    }

    /** Returns whether it is the server of the jar. */
    static boolean isInJar(String name) {
        return name.isEmpty() || name.equals("redis-7.0");
    }

    /** Returns whether one was asked for by name, which then is used whatever else there is. */
    static boolean isNamed() {
        return !NAMED.isEmpty();
    }

    static String description() {
        return isInJar(NAMED) ? "Redis " + VERSION + " started from org.signal:embedded-redis" : NAMED;
    }

    /** Returns the arguments, each a setting of one word, that the server knows. */
    static List<String> known(List<String> arguments) {
        if (!NAMED.equals("redis-6.2")) {
            return arguments;
        }
        List<String> known = new ArrayList<>(arguments);
        for (String each : NEW_IN_7) {
            int setting = known.indexOf(each);
            if (setting >= 0) {
                known.subList(setting, setting + 2).clear();
            }
        }
        return known;
    }

    /** Writes the program for this machine, and makes it executable, unless that is done. It is deleted when this JVM ends. */
    private static synchronized Path extracted() {
        if (extracted != null) {
            return extracted;
        }
        String resource = "redis-server-" + VERSION + "-" + platform();
        try (InputStream bytes = RedisBinary.class.getClassLoader().getResourceAsStream(resource)) {
            if (bytes == null) {
                throw new IllegalStateException("There is no " + resource + " on the class path: add the dependency "
                        + "org.signal:embedded-redis (Linux and macOS only), start a Docker engine, or name a running "
                        + "Redis in " + ExternalRedis.VARIABLE);
            }
            Path folder = Files.createTempDirectory("tiered-jcache-redis-program-");
            folder.toFile().deleteOnExit();
            Path program = folder.resolve("redis-server");
            program.toFile().deleteOnExit();
            Files.copy(bytes, program);
            if (!program.toFile().setExecutable(true, true)) {
                throw new IllegalStateException("Cannot make " + program + " executable");
            }
            extracted = program;
            return program;
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot write the Redis program", e);
        }
    }

    /** The system and the architecture, as the names of programs in jars end. */
    static String platform() {
        return system() + "-" + architecture();
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
