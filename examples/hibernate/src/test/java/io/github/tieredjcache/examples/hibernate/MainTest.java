package io.github.tieredjcache.examples.hibernate;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the example prints. */
class MainTest {
    @Test
    void theExamplePrintsItsResults() throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        Caches.beQuiet();
        new Main(new PrintStream(bytes, true, UTF_8)).run();
        String said = bytes.toString(UTF_8);
        for (String each : List.of(
                "and made the query: 0 statements to the database.",
                "JVM 1 reads: changed. JVM 2 has read it ",
                "makes the query at once: 0 stale results.",
                "no transaction failed, 0 reads were stale.",
                "JVM 2 reads what was committed last: yes; its query: yes.",
                "  default-update-timestamps-region ",
                "  Product##NaturalId ")) {
            assertTrue(said.contains(each), () -> "'" + each + "' is not in:\n" + said);
        }
    }
}
