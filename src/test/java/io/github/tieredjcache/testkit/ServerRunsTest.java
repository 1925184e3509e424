package io.github.tieredjcache.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is printed of servers, by a Maven that runs nothing; nothing is fetched. */
class ServerRunsTest {
    private static final String HEAD =
            "| server | tests | failed | skipped | date |\n| --- | --- | --- | --- | --- |\n";
    private static final String UNFETCHABLE = "false";

    @TempDir
    private Path servers;

    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();

    @Test
    void aServerThatCannotBeHadIsNamedAndFailsNothing() throws Exception {
        assertTrue(runs(UNFETCHABLE).run(List.of("valkey-9.1", "nonsense"), "SomeIT"));
        String table = HEAD + "| valkey-9.1 | not run: it cannot be had | | | |\n"
                + "| nonsense | not run: it cannot be had | | | |\n";
        assertEquals(
                "Skipped valkey-9.1, which cannot be had: false ended with 1: \n"
                        + "Skipped nonsense, which cannot be had: no program in " + servers.resolve("nonsense") + "\n"
                        + table,
                printed.toString(UTF_8));
        assertEquals(table, Files.readString(servers.resolve("table.md")));
    }

    @Test
    void aServerIsOnlyFetchedIfNoTestIsNamed() throws Exception {
        assertTrue(runs(UNFETCHABLE).run(List.of("redis-7.0"), "none"));
        assertEquals("redis-7.0 is " + RedisBinary.VERSION + ", fetched in 0 s\n" + HEAD, printed.toString(UTF_8));
    }

    @Test
    void theRowSumsUpTheReportsOfThisRun() throws Exception {
        Path old = Files.createDirectories(servers.resolve("reports/redis-7.0")).resolve("TEST-Old.xml");
        Files.writeString(old, "<testsuite tests=\"7\">");
        String maven = maven(
                "<testsuite name=\"One\" tests=\"3\" errors=\"0\" skipped=\"1\" failures=\"0\">"
                        + "<testsuite name=\"Two\" tests=\"40\" errors=\"0\" skipped=\"0\" failures=\"0\">",
                0);
        assertTrue(runs(maven).run(List.of("redis-7.0"), "SomeIT"));
        assertEquals(HEAD + row("43 | 0 | 1"), Files.readString(servers.resolve("table.md")));
        assertFalse(Files.exists(old));
        String arguments = Files.readString(servers.resolve("arguments"));
        assertTrue(arguments.contains("-Dredis.server=redis-7.0 "), arguments);
        assertTrue(arguments.contains("-Dredis.io-threads=" + RedisBinary.IO_THREADS + " "), arguments);
        assertTrue(arguments.contains("-Dit.test=SomeIT "), arguments);
        assertTrue(arguments.endsWith(" -Dmore\n"), arguments);
    }

    @Test
    void aFailedTestFailsTheRunAndTheOtherServersStillRun() throws Exception {
        String maven = maven("<testsuite name=\"One\" tests=\"3\" errors=\"1\" skipped=\"0\" failures=\"1\">", 1);
        assertFalse(runs(maven).run(List.of("redis-7.0", "nonsense", "redis-7.0"), "SomeIT"));
        assertEquals(
                HEAD + row("3 | 2 | 0") + "| nonsense | not run: it cannot be had | | | |\n" + row("3 | 2 | 0"),
                Files.readString(servers.resolve("table.md")));
    }

    private ServerRuns runs(String maven) {
        ServerDownloads downloads = new ServerDownloads(servers, UNFETCHABLE, UNFETCHABLE);
        return new ServerRuns(servers, maven, List.of("-Dmore"), downloads, new PrintStream(printed, true, UTF_8));
    }

    /** Returns a program that notes its arguments, and writes a report where they say. */
    private String maven(String report, int status) throws IOException {
        Path program = servers.resolve("mvn");
        Files.writeString(program, """
                #!/bin/sh
                echo "$*" > '%s'
                for each; do
                  case $each in -Dfailsafe.reports=*) reports=${each#*=};; esac
                done
                mkdir -p "$reports"
                echo '%s' > "$reports/TEST-Some.xml"
                exit %d
                """.formatted(servers.resolve("arguments"), report, status));
        assertTrue(program.toFile().setExecutable(true));
        return program.toString();
    }

    private static String row(String numbers) {
        return "| redis " + RedisBinary.VERSION + ", " + RedisBinary.IO_THREADS + " I/O threads | " + numbers + " | "
                + LocalDate.now(ZoneOffset.UTC) + " |\n";
    }
}
