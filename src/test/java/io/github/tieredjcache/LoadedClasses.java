package io.github.tieredjcache;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The classes that a JVM has loaded when its main method has ended. */
public final class LoadedClasses {
    private static final String LOG = "[class,load]";

    private LoadedClasses() {}

    /**
     * Runs a main class in a JVM of its own, and returns the names of the loaded classes.
     *
     * @param expected a line that the main class prints
     */
    public static List<String> of(Class<?> main, String expected, String... arguments)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-Xlog:class+load:stdout",
                "-cp",
                System.getProperty("java.class.path"),
                main.getName()));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        List<String> output = new String(process.getInputStream().readAllBytes(), UTF_8)
                .lines()
                .toList();
        List<String> loaded = output.stream().flatMap(LoadedClasses::className).toList();
        // The last two show that the run and the log of the JVM are understood.
        if (process.waitFor() != 0 || !output.contains(expected) || !loaded.contains(main.getName())) {
            throw new AssertionError(String.join("\n", output));
        }
        return loaded;
    }

    /** Returns the class of a line such as {@code [0.1s][info][class,load] java.lang.Object source: …}. */
    private static Stream<String> className(String line) {
        return line.contains(LOG)
                ? Stream.of(line.substring(line.lastIndexOf(']') + 1).strip().split(" ", -1)[0])
                : Stream.empty();
    }
}
