package io.github.tieredjcache.internal.codec;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.tools.ToolProvider;

/** Compiles versions of a class, as deployments bring them. */
public final class Versions {
    private Versions() {}

    /** Compiles a file that declares the class {@code Order}, and perhaps others, into a folder. */
    public static void compile(Path folder, String source) throws IOException {
        Path file = Files.writeString(folder.resolve("Order.java"), source);
        String[] arguments = {"-proc:none", "-nowarn", "-Xlint:none", "-d", folder.toString(), file.toString()};
        assertEquals(0, ToolProvider.getSystemJavaCompiler().run(null, null, null, arguments), source);
    }

    /** A loader that finds what a source declares, and the classes of these tests. */
    public static URLClassLoader load(Path folder, String source) throws IOException {
        Files.createDirectories(folder);
        compile(folder, source);
        return new URLClassLoader(new URL[] {folder.toUri().toURL()}, Versions.class.getClassLoader());
    }
}
