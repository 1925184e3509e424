package io.github.tieredjcache;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The jars of frameworks that Maven has copied below {@code target}, several versions of which are tested beside each other. */
public final class CopiedJars {
    private CopiedJars() {}

    /**
     * Returns a loader of some of them, whose parent is that of these tests.
     *
     * @param folder below {@code target}
     * @param names a pattern, such as {@code *-7.0.jar}
     * @throws IllegalStateException if there are none
     */
    public static ClassLoader loader(String folder, String names) throws IOException {
        List<URL> jars = new ArrayList<>();
        try (DirectoryStream<Path> found = Files.newDirectoryStream(Path.of("target", folder), names)) {
            for (Path jar : found) {
                jars.add(jar.toUri().toURL());
            }
        }
        if (jars.isEmpty()) {
            throw new IllegalStateException("no " + names + " in target/" + folder);
        }
        return new URLClassLoader(jars.toArray(URL[]::new), CopiedJars.class.getClassLoader());
    }
}
