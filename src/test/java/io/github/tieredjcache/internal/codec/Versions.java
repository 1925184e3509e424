package io.github.tieredjcache.internal.codec;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.StandardLocation;
import javax.tools.ToolProvider;

/** Compiles versions of a class for several deployments. */
public final class Versions implements AutoCloseable {
    private static final List<String> OPTIONS = List.of("-proc:none", "-nowarn", "-Xlint:none");

    private final JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    /** Shared by all versions, since opening the JDK's classes takes longer than compiling. */
    private final StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null);

    /** Returns versions that need only the JDK. */
    public Versions() throws IOException {
        this("");
    }

    private Versions(String classPath) throws IOException {
        List<File> places = Stream.of(classPath.split(File.pathSeparator))
                .filter(place -> !place.isEmpty())
                .map(File::new)
                .toList();
        files.setLocation(StandardLocation.CLASS_PATH, places);
    }

    /** Returns versions that may use the class path of these tests. */
    public static Versions ofApplications() throws IOException {
        return new Versions(System.getProperty("java.class.path"));
    }

    /** Compiles a file that declares the class {@code Order}, and perhaps others, into a folder. */
    public static void compile(Path folder, String source) throws IOException {
        try (Versions versions = new Versions()) {
            versions.compileInto(folder, source);
        }
    }

    /** Returns a class loader that finds the classes of a source, and the classes of these tests. */
    public static URLClassLoader load(Path folder, String source) throws IOException {
        try (Versions versions = new Versions()) {
            return versions.deploy(folder, source);
        }
    }

    /** Returns the same for one of several versions. */
    public URLClassLoader deploy(Path folder, String source) throws IOException {
        Files.createDirectories(folder);
        compileInto(folder, source);
        return new URLClassLoader(new URL[] {folder.toUri().toURL()}, Versions.class.getClassLoader());
    }

    /** Compiles a source file into a folder. */
    public void compileInto(Path folder, String source) throws IOException {
        Path file = Files.writeString(folder.resolve("Order.java"), source);
        files.setLocation(StandardLocation.CLASS_OUTPUT, List.of(folder.toFile()));
        assertTrue(
                compiler.getTask(null, files, null, OPTIONS, null, files.getJavaFileObjects(file.toFile()))
                        .call(),
                source);
    }

    @Override
    public void close() throws IOException {
        files.close();
    }
}
