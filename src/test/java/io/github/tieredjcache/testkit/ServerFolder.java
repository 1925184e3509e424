package io.github.tieredjcache.testkit;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A folder with the program of a server, as {@link ServerDownloads} fills it: either one file that needs nothing else, or unpacked
 * Debian packages, the program beside its libraries and their own loader. Nothing of it is installed.
 */
record ServerFolder(Path path) {
    static final Path ALL = Path.of("target", "servers").toAbsolutePath();

    /** Returns the folder of a server by its name, such as {@code valkey-9.1}; it may be empty. */
    static ServerFolder named(String name) {
        return new ServerFolder(ALL.resolve(name));
    }

    /** Returns whether the program is there. */
    boolean isFilled() {
        return program().isPresent();
    }

    /**
     * Returns the command that starts the server, without arguments.
     *
     * @throws IllegalStateException if there is none
     */
    List<String> command() {
        Path program = program()
                .orElseThrow(() -> new IllegalStateException("There is no server in " + path
                        + ": \"mvn verify -Pservers -Dservers=" + path.getFileName()
                        + " -Dservers.tests=none\" fetches it, if it can be had"));
        if (!Files.isExecutable(program) && !program.toFile().setExecutable(true, true)) {
            throw new IllegalStateException("Cannot make " + program + " executable");
        }
        Optional<Path> loader = find(".*/ld-linux[^/]*\\.so\\.\\d").findFirst();
        return loader.isEmpty()
                ? List.of(program.toString())
                // A program that was linked against newer libraries than the machine has finds its own this way.
                : List.of(
                        loader.get().toString(),
                        "--argv0",
                        program.getFileName().toString(),
                        "--library-path",
                        libraries(),
                        program.toString());
    }

    private Optional<Path> program() {
        return find(".*/bin/(redis|valkey)-server|.*/redis-server-[^/]*-" + RedisBinary.platform())
                .findFirst();
    }

    private String libraries() {
        return find(".*/lib[^/]+\\.so[.\\d]*")
                .map(library -> library.getParent().toString())
                .distinct()
                .collect(Collectors.joining(File.pathSeparator));
    }

    /** Returns the files that match a regular expression, in an order that is always the same. */
    private Stream<Path> find(String expression) {
        if (!Files.isDirectory(path)) {
            return Stream.empty();
        }
        try (Stream<Path> files = Files.walk(path)) {
            return files
                    .filter(file -> Files.isRegularFile(file) && file.toString().matches(expression))
                    .sorted()
                    .toList()
                    .stream();
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read " + path, e);
        }
    }
}
