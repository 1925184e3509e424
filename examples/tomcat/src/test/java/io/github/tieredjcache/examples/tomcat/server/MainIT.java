package io.github.tieredjcache.examples.tomcat.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class MainIT {
    @Test
    void theExampleReportsThatNothingLeaks() throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        Main.run(Path.of("target", "application"), new PrintStream(bytes, true, UTF_8));

        String printed = bytes.toString(UTF_8);
        assertTrue(printed.contains("GET /two/orders/4711: 200 a bicycle"), printed);
        assertTrue(printed.contains("Of 6 class loaders of /one 0 can still be reached."), printed);
        assertTrue(printed.contains("Threads of the library: none"), printed);
    }
}
