package io.github.tieredjcache.integration.deploy;

import io.github.tieredjcache.internal.codec.Versions;
import io.github.tieredjcache.testkit.RedisServer;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.ref.WeakReference;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.stream.Stream;
import jdk.jfr.Recording;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Applications that bring this library with them, as a web application does in {@code WEB-INF/lib}: they share nothing but the
 * JVM, and when one is undeployed nothing of it stays, not even on the threads of the container that have called it.
 */
class OwnLibraryIT {
    @TempDir
    private Path folder;

    private final RedisServer redis = RedisServer.start();

    @BeforeEach
    void compiles() throws IOException {
        try (InputStream in = OwnLibraryIT.class.getResourceAsStream("/redeploy/Order.java.txt");
                Versions versions = Versions.ofApplications()) {
            versions.compileInto(folder, new String(in.readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    @AfterEach
    void closes() {
        redis.close();
    }

    private URLClassLoader application() throws IOException {
        URL[] places = Stream.concat(
                        Stream.of(folder),
                        Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                                .map(Path::of))
                .map(OwnLibraryIT::url)
                .toArray(URL[]::new);
        return new URLClassLoader(places, ClassLoader.getPlatformClassLoader());
    }

    private static URL url(Path place) {
        try {
            return place.toUri().toURL();
        } catch (MalformedURLException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Runs the application on this thread, which lives on, as a container's does. */
    private void run(URLClassLoader application) throws Exception {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(application);
        try {
            application.loadClass("Order").getMethod("deployed", String.class).invoke(null, redis.uri());
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    private WeakReference<ClassLoader> deployed() throws Exception {
        try (URLClassLoader application = application()) {
            run(application);
            return new WeakReference<>(application);
        }
    }

    /**
     * Has the methods of a record linked. The JDK keeps the types for which it did so last (the handles in {@code
     * java.lang.runtime.ObjectMethods} have a cache of one): on JDK 17 strongly, later softly. That is no leak of ours, and of one
     * application at most.
     */
    private void takePlaceOfLastRecord() throws Exception {
        String source = "public record Order(Order of) {"
                + " public Order() { this(null); }"
                + " public static String link() { Order one = new Order(); Order other = new Order(one);"
                + " return one.equals(other) + \" \" + other.hashCode() + other; } }";
        try (URLClassLoader loader = Versions.load(folder.resolve("record"), source)) {
            loader.loadClass("Order").getMethod("link").invoke(null);
        }
    }

    private void assertCollected(WeakReference<ClassLoader> loader) throws Exception {
        takePlaceOfLastRecord();
        RedeployIT.awaitCollected(loader);
    }

    @Test
    void anUndeployedApplicationCanBeCollected() throws Exception {
        assertCollected(deployed());
    }

    @Test
    void anUndeployedApplicationCanBeCollectedWhileTheFlightRecorderRuns() throws Exception {
        try (Recording recording = new Recording()) {
            recording.start();
            assertCollected(deployed());
        }
    }
}
