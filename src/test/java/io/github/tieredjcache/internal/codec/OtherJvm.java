package io.github.tieredjcache.internal.codec;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Runs a JVM that differs from this one in identity hashes, salts, language and time zone. */
final class OtherJvm {
    /** Of tests that start one; too slow to run once for each mutation. */
    static final String TAG = "other-jvm";

    private OtherJvm() {}

    /**
     * Returns the output of a main method in that JVM.
     *
     * @param hashMode the mode of identity hashes of that JVM: 1 for addresses, 2 for a constant 1
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
