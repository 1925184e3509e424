package io.github.tieredjcache.testkit;

import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Runs integration tests on one server after the other, for the Maven profile {@code servers}, and prints how many passed on which; a
 * server that cannot be had is named with the reason, and fails nothing.
 */
final class ServerRuns {
    private static final Pattern SUITE = Pattern.compile("<testsuite [^>]*>");

    private final Path servers;
    private final String maven;
    private final List<String> options;
    private final ServerDownloads downloads;
    private final PrintStream out;

    /**
     * Creates it.
     *
     * @param servers the folder of the servers, the reports and the table
     * @param maven the program of Maven
     * @param options further arguments of its runs
     * @param downloads fetches the servers
     * @param out receives a line for each server, and the table
     */
    ServerRuns(Path servers, String maven, List<String> options, ServerDownloads downloads, PrintStream out) {
        this.servers = servers;
        this.maven = maven;
        this.options = options;
        this.downloads = downloads;
        this.out = out;
    }

    /**
     * Runs them, and ends with 1 if a test failed.
     *
     * @param arguments names of servers, separated by commas; names of tests as of {@code -Dit.test}, {@code none} to fetch the
     *     servers only; the program of Maven; further arguments of its runs
     */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        String maven = arguments[2];
        ServerDownloads downloads = new ServerDownloads(ServerFolder.ALL, maven, "apt-get");
        List<String> options = List.of(arguments).subList(3, arguments.length);
        ServerRuns runs = new ServerRuns(ServerFolder.ALL, maven, options, downloads, System.out);
        System.exit(runs.run(List.of(arguments[0].split(",", -1)), arguments[1]) ? 0 : 1);
    }

    /**
     * Runs them, and writes the table.
     *
     * @param tests as of {@link #main}
     * @return whether no test failed
     */
    boolean run(List<String> names, String tests) throws IOException, InterruptedException {
        List<String> rows = new ArrayList<>(
                List.of("| server | tests | failed | skipped | date |", "| --- | --- | --- | --- | --- |"));
        boolean passed = true;
        for (String name : names) {
            String version;
            long beganNanos = System.nanoTime();
            try {
                version = RedisBinary.isInJar(name) ? RedisBinary.VERSION : downloads.fetch(name);
            } catch (IOException e) {
                out.println("Skipped " + name + ", which cannot be had: " + e.getMessage());
                rows.add("| " + name + " | not run: it cannot be had | | | |");
                continue;
            }
            long seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - beganNanos);
            out.println(name + " is " + version + ", fetched in " + seconds + " s");
            if (!tests.equals("none")) {
                Path reports = servers.resolve("reports").resolve(name);
                passed &= isPassed(name, tests, reports);
                rows.add("| " + name.replaceFirst("-.*", " ") + version + ", " + RedisBinary.IO_THREADS
                        + " I/O threads | " + total(reports, "tests") + " | "
                        + (total(reports, "failures") + total(reports, "errors")) + " | " + total(reports, "skipped")
                        + " | " + LocalDate.now(ZoneOffset.UTC) + " |");
            }
        }
        Files.createDirectories(servers);
        Files.write(servers.resolve("table.md"), rows);
        rows.forEach(out::println);
        return passed;
    }

    private boolean isPassed(String server, String tests, Path reports) throws IOException, InterruptedException {
        for (Path old : files(reports)) {
            Files.delete(old);
        }
        List<String> command = new ArrayList<>(List.of(
                maven,
                "-B",
                "-ntp",
                "failsafe:integration-test",
                "failsafe:verify",
                "-D" + RedisBinary.PROPERTY + "=" + server,
                "-D" + RedisBinary.IO_THREADS_PROPERTY + "=" + RedisBinary.IO_THREADS,
                "-Dit.test=" + tests,
                "-Dfailsafe.reports=" + reports));
        command.addAll(options);
        ProcessBuilder run = new ProcessBuilder(command).inheritIO();
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
