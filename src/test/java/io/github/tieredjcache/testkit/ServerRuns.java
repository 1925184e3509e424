package io.github.tieredjcache.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Runs integration tests on one server after the other, for the Maven profile {@code servers}, and prints how many passed on which; a
 * server that cannot be had is named with the reason, and fails nothing.
 */
final class ServerRuns {
    private static final Pattern SUITE = Pattern.compile("<testsuite [^>]*>");

    private ServerRuns() {}

    /**
     * Runs them, and ends with 1 if a test failed.
     *
     * @param arguments names of servers, separated by commas; names of tests as of {@code -Dit.test}, {@code none} to fetch the
     *     servers only; the folder of Maven
     */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        ServerDownloads downloads = new ServerDownloads();
        List<String> rows = new ArrayList<>(
                List.of("| server | tests | failed | skipped | date |", "| --- | --- | --- | --- | --- |"));
        boolean failed = false;
        for (String name : List.of(arguments[0].split(",", -1))) {
            String version;
            try {
                version = RedisBinary.isInJar(name) ? RedisBinary.VERSION : downloads.fetch(name);
            } catch (IOException e) {
                System.out.println("Skipped " + name + ", which cannot be had: " + e.getMessage());
                rows.add("| " + name + " | not run: it cannot be had | | | |");
                continue;
            }
            System.out.println(name + " is " + version);
            if (!arguments[1].equals("none")) {
                Path reports = ServerFolder.ALL.resolve("reports").resolve(name);
                failed |= !isPassed(name, arguments[1], reports, Path.of(arguments[2]));
                rows.add("| " + name.replaceFirst("-.*", " ") + version + " | " + total(reports, "tests") + " | "
                        + (total(reports, "failures") + total(reports, "errors")) + " | " + total(reports, "skipped")
                        + " | " + LocalDate.now(ZoneOffset.UTC) + " |");
            }
        }
        Files.createDirectories(ServerFolder.ALL);
        Files.write(ServerFolder.ALL.resolve("table.md"), rows);
        rows.forEach(System.out::println);
        System.exit(failed ? 1 : 0);
    }

    private static boolean isPassed(String server, String tests, Path reports, Path maven)
            throws IOException, InterruptedException {
        for (Path old : files(reports)) {
            Files.delete(old);
        }
        ProcessBuilder run = new ProcessBuilder(
                        maven.resolve("bin/mvn").toString(),
                        "-B",
                        "-ntp",
                        "failsafe:integration-test",
                        "failsafe:verify",
                        "-D" + RedisBinary.PROPERTY + "=" + server,
                        "-Dit.test=" + tests,
                        "-Dfailsafe.reports=" + reports)
                .inheritIO();
        run.environment().remove(ExternalRedis.VARIABLE);
        return run.start().waitFor() == 0;
    }

    /** Sums up an attribute of all reports. */
    private static int total(Path reports, String attribute) {
        Pattern number = Pattern.compile(" " + attribute + "=\"(\\d+)\"");
        return files(reports).stream()
                .filter(file -> file.toString().endsWith(".xml"))
                .flatMap(file -> SUITE.matcher(read(file)).results())
                .map(MatchResult::group)
                .flatMap(suite -> number.matcher(suite).results())
                .mapToInt(result -> Integer.parseInt(result.group(1)))
                .sum();
    }

    private static List<Path> files(Path folder) {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(Files::isRegularFile).toList();
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read " + folder, e);
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read " + file, e);
        }
    }
}
