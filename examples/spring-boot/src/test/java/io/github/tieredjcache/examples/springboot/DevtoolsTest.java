package io.github.tieredjcache.examples.springboot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.examples.springboot.Shop.Answer;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Spring Boot's devtools start the application again in the same JVM, with a new class loader, when the file of a class
 * has changed. A value that was made by a class of the loader before must not come back.
 */
class DevtoolsTest {
    private static final int RESTARTS = 3;
    private static final Pattern THREADS = Pattern.compile("\"threadName\":\"(tiered-jcache|lettuce)");

    @Test
    void whatWasCachedIsReadByTheClassesOfTheNewLoader(@TempDir Path folder) throws Exception {
        Path classes = copies(folder);
        String jars = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(each -> each.endsWith(".jar"))
                .collect(Collectors.joining(File.pathSeparator));
        try (Site site = new Site();
                OtherNode node = new OtherNode(
                        classes + File.pathSeparator + jars,
                        site,
                        "--spring.devtools.restart.poll-interval=100ms",
                        "--spring.devtools.restart.quiet-period=50ms",
                        "--spring.devtools.livereload.enabled=false")) {
            Shop shop = node.awaitStart();
            assertEquals(new Answer(200, "RestartClassLoader"), shop.get("/probe/loader"));
            Answer product = shop.get("/products/1");
            Answer page = shop.get("/products?category=tea&page=1");
            Answer price = shop.get("/prices/1/EUR");
            assertEquals(404, shop.get("/prices/5000/EUR").status());
            assertEquals(product, shop.get("/products/1"));
            long threads = threads(shop);
            for (int restart = 1; restart <= RESTARTS; restart++) {
                touch(classes.resolve(Product.class.getName().replace('.', '/') + ".class"));
                Shop again = node.awaitStart();
                for (int i = 0; i < 2; i++) {
                    assertEquals(product, again.get("/products/1"));
                    assertEquals(page, again.get("/products?category=tea&page=1"));
                    assertEquals(price, again.get("/prices/1/EUR"));
                    assertEquals(404, again.get("/prices/5000/EUR").status());
                }
                assertEquals(0, again.reads());
                assertEquals(1, again.meter("tiered.cache.remote.hits", "cache:products"));
                assertEquals(0, again.meter("tiered.cache.undecodable.values", "cache:products"));
                // Of the start before there is neither a connection nor a thread nor the loader. Only that of the very
                // first start stays:
                // the thread of Spring Boot's shutdown hook was made under it.
                Patience.await(1L, () -> clients(site));
                Patience.await(threads, () -> threads(again));
                Patience.await("2", () -> again.get("/probe/loaders").body());
            }
            assertTrue(threads > 0);
        }
    }

    /** The folders of this class path in one, in which a file can be changed. */
    private static Path copies(Path folder) throws IOException {
        for (String each : System.getProperty("java.class.path").split(File.pathSeparator)) {
            Path from = Path.of(each);
            if (Files.isDirectory(from)) {
                try (Stream<Path> files = Files.walk(from)) {
                    files.filter(file ->
                                    Files.isRegularFile(file) && !Files.exists(folder.resolve(from.relativize(file))))
                            .forEach(file -> copy(file, folder.resolve(from.relativize(file))));
                }
            }
        }
        return folder;
    }

    private static void touch(Path file) throws IOException {
        FileTime before = Files.getLastModifiedTime(file);
        Files.setLastModifiedTime(file, FileTime.from(before.toInstant().plusSeconds(1)));
    }

    private static void copy(Path from, Path to) {
        try {
            Files.createDirectories(to.getParent());
            Files.copy(from, to);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static long clients(Site site) {
        // Without the one that asks.
        return String.valueOf(site.redis().command("CLIENT", "LIST")).lines().count() - 1;
    }

    private static long threads(Shop shop) {
        return THREADS.matcher(shop.get("/actuator/threaddump").body())
                .results()
                .count();
    }
}
