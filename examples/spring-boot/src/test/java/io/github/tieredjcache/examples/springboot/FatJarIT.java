package io.github.tieredjcache.examples.springboot;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The application as it is shipped: one jar with the others in it. */
class FatJarIT {

    @Test
    void theJarRunsTheDemonstrationToItsEnd() throws Exception {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-jar",
                        System.getProperty("jar"))
                .redirectErrorStream(true)
                .start();
        String printed = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertEquals(0, process.waitFor(), printed);
        assertTrue(printed.contains("100 callers on two nodes: 1 query"), printed);
        assertTrue(printed.contains("read on node 2: Product[id=3, name=Mocha]"), printed);
        assertTrue(printed.contains("Redis is killed: 100 of 100 calls answered"), printed);
    }
}
