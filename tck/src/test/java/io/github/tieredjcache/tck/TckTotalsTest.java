package io.github.tieredjcache.tck;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URL;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.w3c.dom.Element;

/** The TCK is passed only if all of it ran: a suite that shrinks without a word is as bad as one that fails. */
class TckTotalsTest {

    private static final Totals ALL_PASSED = new Totals(479, 0, 0, 0);

    private record Totals(int run, int failures, int errors, int skipped) {

        Totals plus(Totals other) {
            return new Totals(
                    run + other.run, failures + other.failures, errors + other.errors, skipped + other.skipped);
        }
    }

    static Stream<String> runs() {
        return Stream.of(
                requireNonNull(System.getProperty("tck.runs"), "tck.runs").split(",", -1));
    }

    @ParameterizedTest
    @MethodSource("runs")
    void everyTestOfTheTckRanAndPassed(String execution) throws Exception {
        Totals totals = new Totals(0, 0, 0, 0);
        try (DirectoryStream<Path> files = Files.newDirectoryStream(reportsOf(execution), "TEST-*.xml")) {
            for (Path file : files) {
                totals = totals.plus(totalsOf(file));
            }
        }

        System.out.printf(
                "JCache TCK 1.1.1, %s: Tests run: %d, Failures: %d, Errors: %d, Skipped: %d%n",
                execution, totals.run, totals.failures, totals.errors, totals.skipped);
        assertEquals(ALL_PASSED, totals);
    }

    @Test
    void theLastRunWorkedOnRedis() throws Exception {
        String run = requireNonNull(System.getProperty("tck.redis-run"), "tck.redis-run");
        long commands = Long.parseLong(Files.readString(reportsOf(run).resolve("redis-commands.txt")));

        System.out.printf("JCache TCK 1.1.1, %s: %d commands sent to Redis%n", run, commands);
        assertTrue(commands >= Long.getLong("tck.redis-commands-min"), () -> "only " + commands + " commands");
    }

    @Test
    void theExcludeListHasOneTestWhichIsMeantToFail() throws Exception {
        List<URL> lists = Collections.list(getClass().getClassLoader().getResources("ExcludeList"));

        assertEquals(1, lists.size(), () -> "the TCK reads the first of " + lists);
        assertEquals(List.of("org.jsr107.tck.CachingTest#dummyTest"), entriesOf(lists.get(0)));
    }

    private static Path reportsOf(String execution) {
        return Path.of(requireNonNull(System.getProperty("tck.reports"), "tck.reports"), execution);
    }

    private static Totals totalsOf(Path report) throws Exception {
        Element suite = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(report.toFile())
                .getDocumentElement();
        return new Totals(
                number(suite, "tests"), number(suite, "failures"), number(suite, "errors"), number(suite, "skipped"));
    }

    private static int number(Element suite, String attribute) {
        return Integer.parseInt(suite.getAttribute(attribute));
    }

    private static List<String> entriesOf(URL list) throws IOException {
        List<String> entries = new ArrayList<>();
        try (InputStream in = list.openStream();
                BufferedReader lines = new BufferedReader(new InputStreamReader(in, UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (!line.isBlank() && !line.startsWith("#")) {
                    entries.add(line.strip());
                }
            }
        }
        return entries;
    }
}
