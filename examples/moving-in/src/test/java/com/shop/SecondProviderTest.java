package com.shop;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.cache.Caching;
import org.junit.jupiter.api.Test;

/** An application that still has its former provider on the class path, in a JVM of its own. */
class SecondProviderTest {
    private static final String OURS = "io.github.tieredjcache.jcache.TieredCachingProvider";
    private static final String THEIRS = "com.github.benmanes.caffeine.jcache.spi.CaffeineCachingProvider";

    /** The application. */
    static final class Application {
        private Application() {}

        public static void main(String[] arguments) {
            System.out.println(
                    "chosen: " + Caching.getCachingProvider().getClass().getName());
        }
    }

    private record Ended(int status, String printed) {}

    private static Ended run(String... options) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of(options));
        command.addAll(List.of("-cp", classPath(), Application.class.getName()));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String printed = new String(process.getInputStream().readAllBytes(), UTF_8);
        return new Ended(process.waitFor(), printed);
    }

    private static String classPath() throws IOException {
        try (Stream<Path> jars = Files.list(Path.of("target", "second-provider"))) {
            Path jar = jars.findFirst().orElseThrow();
            return System.getProperty("java.class.path") + File.pathSeparator + jar;
        }
    }

    @Test
    void theLogNamesTheProvidersAndThePropertyToSet() throws Exception {
        Ended ended = run();

        assertEquals(1, ended.status(), ended.printed());
        assertTrue(ended.printed().contains("Multiple CachingProviders"), "JCache throws: " + ended.printed());
        assertTrue(
                ended.printed().contains("There are other JCache providers on the class path: " + THEIRS + "."),
                ended.printed());
        assertTrue(
                ended.printed().contains("-Djavax.cache.spi.CachingProvider=" + OURS),
                "what to set: " + ended.printed());
    }

    @Test
    void thePropertyOfTheLogSolvesTheConflict() throws Exception {
        Ended ended = run("-Djavax.cache.spi.CachingProvider=" + OURS);

        assertEquals(0, ended.status(), ended.printed());
        assertTrue(ended.printed().contains("chosen: " + OURS), ended.printed());
        assertFalse(ended.printed().contains("There are other"), "there is a choice: " + ended.printed());
    }
}
