package io.github.tieredjcache.internal.codec;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** A process like this one, in which all that a JVM is free to choose is another: identity hashes, salts, language, zone. */
final class OtherJvm {
    private OtherJvm() {}

    /**
     * Returns what a main method prints there.
     *
     * @param hashMode how that JVM makes identity hashes: 1 from addresses, 2 makes them all 1
     */
    static List<String> lines(int hashMode, Class<?> main, String... arguments)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                System.getProperty("java.home") + "/bin/java",
                "-XX:+UnlockExperimentalVMOptions",
                "-XX:hashCode=" + hashMode,
                "-Duser.timezone=Asia/Tokyo",
                "-Duser.language=tr",
                "-cp",
                System.getProperty("java.class.path"),
                main.getName()));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String printed = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertEquals(0, process.waitFor());
        return printed.lines().toList();
    }
}
