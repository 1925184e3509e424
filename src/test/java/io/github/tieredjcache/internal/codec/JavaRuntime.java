package io.github.tieredjcache.internal.codec;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;

/**
 * A Java runtime on this machine.
 *
 * @param home its directory
 * @param version its feature version
 */
record JavaRuntime(Path home, int version) {
    private static final int OLDEST = 17;
    private static final int RECENT = 25;
    private static final Path INSTALLED = Path.of("/usr/lib/jvm");

    static JavaRuntime here() {
        return new JavaRuntime(
                Path.of(System.getProperty("java.home")), Runtime.version().feature());
    }

    /**
     * Returns the Java runtime at the other end of the supported range: that of {@code JAVA25_HOME} (or {@code
     * JAVA17_HOME}), else an installed one, else the running one.
     */
    static JavaRuntime other() throws IOException {
        int wanted = here().version == OLDEST ? RECENT : OLDEST;
        List<Path> homes = new ArrayList<>();
        String named = System.getenv("JAVA" + wanted + "_HOME");
        if (named != null) {
            homes.add(Path.of(named));
        }
        if (Files.isDirectory(INSTALLED)) {
            try (DirectoryStream<Path> installed = Files.newDirectoryStream(INSTALLED)) {
                installed.forEach(homes::add);
            }
        }
        for (Path home : homes) {
            if (isOfVersion(home, wanted)) {
                return new JavaRuntime(home, wanted);
            }
        }
        return here();
    }

    private static boolean isOfVersion(Path home, int version) throws IOException {
        Path release = home.resolve("release");
        if (!Files.isExecutable(home.resolve("bin").resolve("java")) || !Files.isRegularFile(release)) {
            return false;
        }
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(release)) {
            properties.load(reader);
        }
        String text = properties.getProperty("JAVA_VERSION", "").replace("\"", "");
        return text.equals(Integer.toString(version)) || text.startsWith(version + ".");
    }

    /** Starts a program of these tests with options for the JVM; its error output is part of its output. */
    Process start(List<String> options, Class<?> program, Path... arguments) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(home.resolve("bin").resolve("java").toString());
        command.add("-Xmx512m");
        command.addAll(options);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), program.getName()));
        for (Path argument : arguments) {
            command.add(argument.toString());
        }
        return new ProcessBuilder(command).redirectErrorStream(true).start();
    }
}
