package io.github.tieredjcache;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The pages for users: the README, the pages of the site, and the READMEs of the examples. */
public final class Pages {
    static final Path README = Path.of("README.md");
    static final Path SITE = Path.of("src", "site", "markdown");

    private Pages() {}

    /** Returns the files of all pages. */
    static List<Path> all() {
        return Stream.of(Stream.of(README), ofSite().stream(), markdown(Path.of("examples"), 2).stream())
                .flatMap(each -> each)
                .toList();
    }

    static List<Path> ofSite() {
        return markdown(SITE, 1);
    }

    /** Returns the text of a page of the site, such as {@code metrics}. */
    public static String read(String name) {
        return read(SITE.resolve(name + ".md"));
    }

    static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<Path> markdown(Path folder, int depth) {
        try (Stream<Path> files = Files.walk(folder, depth)) {
            return files.filter(each -> each.toString().endsWith(".md"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
