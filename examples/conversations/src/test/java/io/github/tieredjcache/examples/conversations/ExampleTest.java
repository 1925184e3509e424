package io.github.tieredjcache.examples.conversations;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.Arrays;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class ExampleTest {

    private static final Pattern COUNT = Pattern.compile("(?<![\\d.,])\\d[\\d,]*(?![\\d.,%])");

    @Test
    void aSmallRunPrintsConsistentFiguresAndLosesNothing() throws Exception {
        Settings settings = Settings.parse(List.of(
                "conversations=60",
                "warmSeconds=2",
                "coldSeconds=1",
                "requestsPerSecond=300",
                "threads=4",
                "writePercent=10",
                "nearEntries=20",
                "stampede=100"));
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        ResultTable results = new Main(settings, new PrintStream(bytes, true, UTF_8)).run();

        String printed = bytes.toString(UTF_8);
        List<Long> sum = sum(counts(printed, "  near (memory)"), counts(printed, "  remote (Redis)"));
        assertEquals(counts(printed, "  hits: near or remote"), sum, printed);
        assertEquals(counts(printed, "  all"), sum(sum, counts(printed, "  source (H2)")), printed);
        for (String title : List.of("  all", "  loads", "  messages appended")) {
            List<Long> counts = counts(printed, title);
            assertEquals(counts.get(2), counts.get(0) + counts.get(1), printed);
        }
        assertTrue(counts(printed, "  all").get(2) > 0, printed);
        assertTrue(
                printed.contains("STAMPEDE: 100 threads asked for one cold conversation at once: 1 load, 99 avoided"),
                printed);

        // What a slow machine decides is printed, and only that may be missed.
        assertEquals(6, results.criteria().size());
        for (ResultTable.Criterion criterion : results.criteria()) {
            assertTrue(printed.contains((criterion.met() ? "met     " : "MISSED  ") + criterion.hope()), printed);
            assertTrue(
                    criterion.met()
                            || criterion.hope().endsWith("ms at p95")
                            || criterion.hope().startsWith("more than"),
                    printed);
        }
    }

    /** The whole numbers in the first line of this title that has some. */
    private static List<Long> counts(String printed, String title) {
        return printed.lines()
                .filter(line -> line.startsWith(title + "  "))
                .map(line -> COUNT.matcher(line.substring(title.length()))
                        .results()
                        .map(MatchResult::group)
                        .map(digits -> Long.valueOf(digits.replace(",", "")))
                        .toList())
                .filter(counts -> counts.size() == 3)
                .findFirst()
                .orElseThrow(() -> new AssertionError("No row '" + title + "' in\n" + printed));
    }

    private static List<Long> sum(List<Long> some, List<Long> others) {
        Long[] sums = new Long[some.size()];
        Arrays.setAll(sums, i -> some.get(i) + others.get(i));
        return List.of(sums);
    }
}
