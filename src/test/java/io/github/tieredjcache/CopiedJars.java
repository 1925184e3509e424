package io.github.tieredjcache;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The jars of frameworks that Maven copies below {@code target}, for tests of several versions of one framework. */
public final class CopiedJars {
    private CopiedJars() {}

    /**
     * Returns a class loader of some of these jars; its parent is the class loader of the tests. A class of these jars
     * is not taken from the class path of the tests.
     *
     * @param folder the folder below {@code target}
     * @param names a glob pattern, such as {@code *-7.0.jar}
     * @throws IllegalStateException if no jar matches
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
        return new OwnFirst(jars.toArray(URL[]::new));
    }

    /** Takes a class from the parent only if no jar has it. */
    private static final class OwnFirst extends URLClassLoader {
        OwnFirst(URL[] jars) {
            super(jars, CopiedJars.class.getClassLoader());
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            synchronized (getClassLoadingLock(name)) {
                Class<?> loaded = findLoadedClass(name);
                if (loaded != null) {
                    return loaded;
                }
                return findResource(name.replace('.', '/') + ".class") == null
                        ? super.loadClass(name, resolve)
                        : findClass(name);
            }
        }
    }
}
