package io.github.tieredjcache.internal.codec;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Bytes that a version of this project wrote, by name: a line is a name, a tab and Base64. A file that was released is
 * never changed, since every later version must read it; {@code src/test/resources/golden/README.md} describes how to
 * add a file.
 */
public final class GoldenFile {
    /** The system property with the version of the files to write. */
    private static final String NEW = "golden.new";

    private static final Path SOURCES = Path.of("src", "test", "resources", "golden");

    private GoldenFile() {}

    /** Returns the files of a subject in the order of their versions; there is at least one. */
    public static List<Map<String, byte[]>> all(String subject) {
        List<Map<String, byte[]>> files = new ArrayList<>();
        for (int version = 1; ; version++) {
            try (InputStream in = GoldenFile.class.getResourceAsStream("/golden/" + subject + "-" + version + ".txt")) {
                if (in == null) {
                    break;
                }
                files.add(parse(new String(in.readAllBytes(), UTF_8)));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        if (files.isEmpty()) {
            throw new IllegalStateException("no golden file of " + subject);
        }
        return files;
    }

    /** Writes a file if the system property is set; never overwrites an existing file. */
    public static void writeIfRequested(String subject, Map<String, byte[]> bytes) throws IOException {
        String version = System.getProperty(NEW);
        if (version == null) {
            return;
        }
        List<String> lines = new ArrayList<>();
        bytes.forEach(
                (name, each) -> lines.add(name + "\t" + Base64.getEncoder().encodeToString(each)));
        Files.createDirectories(SOURCES);
        Files.write(SOURCES.resolve(subject + "-" + version + ".txt"), lines, UTF_8, StandardOpenOption.CREATE_NEW);
    }

    private static Map<String, byte[]> parse(String text) {
        Map<String, byte[]> bytes = new LinkedHashMap<>();
        text.lines().forEach(line -> {
            int tab = line.indexOf('\t');
            bytes.put(line.substring(0, tab), Base64.getDecoder().decode(line.substring(tab + 1)));
        });
        return bytes;
    }
}
