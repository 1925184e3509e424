package io.github.tieredjcache.internal.codec;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.tools.ToolProvider;

/** Compiles versions of a class, as deployments bring them. */
final class Versions {
    private Versions() {}

    /** Compiles one top-level class {@code Order} into a folder. */
    static void compile(Path folder, String source) throws IOException {
        Path file = Files.writeString(folder.resolve("Order.java"), source);
        assertEquals(
                0,
                ToolProvider.getSystemJavaCompiler().run(null, null, null, "-d", folder.toString(), file.toString()));
    }

    static URLClassLoader load(Path folder, String source) throws IOException {
        Files.createDirectories(folder);
        compile(folder, source);
        return new URLClassLoader(new URL[] {folder.toUri().toURL()}, Versions.class.getClassLoader());
    }
}
