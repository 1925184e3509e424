package io.github.tieredjcache.examples.observability;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * The programs {@code prometheus} and {@code promtool}: those of the PATH, else Debian's package, fetched into {@code target}, for
 * which nobody needs to be root.
 *
 * @param folder where both are
 */
record PrometheusPrograms(Path folder) {
    private static final Path FETCHED = Path.of("target", "prometheus-package").toAbsolutePath();

    /** Finds or fetches them. */
    static PrometheusPrograms find() throws IOException, InterruptedException {
        return Stream.concat(
                        Stream.of(System.getenv("PATH").split(File.pathSeparator))
                                .map(Path::of),
                        Stream.of(FETCHED.resolve("usr/bin")))
                .filter(PrometheusPrograms::hasBoth)
                .findFirst()
                .map(PrometheusPrograms::new)
                .orElseGet(PrometheusPrograms::fetch);
    }

    private static boolean hasBoth(Path folder) {
        return Files.isExecutable(folder.resolve("prometheus")) && Files.isExecutable(folder.resolve("promtool"));
    }

    private static PrometheusPrograms fetch() {
        try {
            Path lists =
                    Files.createDirectories(FETCHED.resolve("lists/partial")).getParent();
            Path cache = Files.createDirectories(FETCHED.resolve("cache/archives/partial"))
                    .getParent()
                    .getParent();
            String[] ownFolders = {
                "-q", "-o", "Dir::State::lists=" + lists, "-o", "Dir::Cache=" + cache, "-o", "Debug::NoLocking=1"
            };
            run(FETCHED, command("apt-get", ownFolders, "update"));
            run(FETCHED, command("apt-get", ownFolders, "download", "prometheus"));
            try (Stream<Path> files = Files.list(FETCHED)) {
                Path archive = files.filter(file -> file.toString().endsWith(".deb"))
                        .findFirst()
                        .orElseThrow(() -> new IllegalStateException("apt-get downloaded nothing to " + FETCHED));
                run(FETCHED, List.of("dpkg-deb", "-x", archive.toString(), FETCHED.toString()));
            }
            return new PrometheusPrograms(FETCHED.resolve("usr/bin"));
        } catch (IOException | RuntimeException | InterruptedException e) {
            throw new IllegalStateException(
                    "These tests need prometheus and promtool: there are none on the PATH, and Debian's package could not be"
                            + " fetched. Install Prometheus, and put both programs on the PATH.",
                    e);
        }
    }

    private static List<String> command(String program, String[] options, String... words) {
        List<String> command = new ArrayList<>(List.of(program));
        command.addAll(List.of(options));
        command.addAll(List.of(words));
        return command;
    }

    /** Runs promtool in a folder and returns what it says. */
    String promtool(Path folder, String... arguments) throws IOException, InterruptedException {
        return run(folder, command(program("promtool"), new String[0], arguments));
    }

    String program(String name) {
        return folder.resolve(name).toAbsolutePath().toString();
    }

    private static String run(Path folder, List<String> command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .start();
        try {
            String said = new String(process.getInputStream().readAllBytes());
            if (process.waitFor() != 0) {
                throw new IllegalStateException(command + " ended with " + process.exitValue() + ":\n" + said);
            }
            return said;
        } finally {
            process.destroyForcibly();
        }
    }
}
