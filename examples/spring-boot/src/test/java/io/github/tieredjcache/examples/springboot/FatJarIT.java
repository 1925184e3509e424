package io.github.tieredjcache.examples.springboot;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The application as it is shipped: one jar with the others in it, where also the provider and its file must be found. */
class FatJarIT {

    @Test
    void theJarRunsTheDemonstrationWhichEnds() throws Exception {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-jar",
                        System.getProperty("jar"))
                .redirectErrorStream(true)
                .start();
        String printed = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertEquals(0, process.waitFor(), printed);
        assertTrue(printed.contains("at once (@Cacheable, sync = true): 1 query, 0 failures"), printed);
        assertTrue(printed.contains("that node 1 has: 0 queries"), printed);
        assertTrue(printed.contains("\"name\":\"Mocha\",\"cents\":450}: 0 queries"), printed);
        // What one node has loaded the other has from Redis, and both have it in memory then.
        assertTrue(printed.matches("(?s).*near \\(memory\\) +[1-9]\\d* +[1-9]\\d*\\R.*"), printed);
        assertTrue(printed.contains("Redis is killed: 0 of 600 requests failed; it is back: 0"), printed);
    }
}
