package io.github.tieredjcache.examples.springboot;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.tieredjcache.TierStatistics;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.lang.ref.WeakReference;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.cache.CacheManager;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.SpringApplication;

/** Spring Boot's devtools start the application again in the same JVM, with a new class loader. */
class DevtoolsTest {
    private static final String LINE = "devtools: ";
    private static final String LOADERS = "class loaders of the application";

    /** Runs in a JVM of its own, once for each start, and prints which loader it has and what it has read. */
    public static void main(String[] arguments) {
        var context = SpringApplication.run(ShopApplication.class, arguments);
        loaders().add(new WeakReference<>(ShopApplication.class.getClassLoader()));
        ProductService shop = context.getBean(ProductService.class);
        Product product = shop.find(1);
        TierStatistics statistics =
                context.getBean(CacheManager.class).getCache("products").unwrap(TierStatistics.class);
        for (int i = 0; i < 200 && living() > 2; i++) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
        }
        System.out.println(
                LINE + ShopApplication.class.getClassLoader().getClass().getSimpleName() + ", "
                        + product + ", queries " + shop.queries() + ", hits in Redis " + statistics.remoteHits()
                        + ", undecodable " + statistics.undecodableValues() + ", loaders "
                        + living());
    }

    private static long living() {
        System.gc();
        return loaders().stream().filter(each -> each.get() != null).count();
    }

    /** The loaders of all starts, in a place that all of them see. */
    @SuppressWarnings("unchecked")
    private static List<WeakReference<ClassLoader>> loaders() {
        return (List<WeakReference<ClassLoader>>)
                System.getProperties().computeIfAbsent(LOADERS, key -> new CopyOnWriteArrayList<>());
    }

    @Test
    void aValueIsReadWithTheClassesOfTheNewLoader(@TempDir Path folder) throws Exception {
        String classPath = System.getProperty("java.class.path");
        copies(classPath, folder);
        String jars = Arrays.stream(classPath.split(File.pathSeparator))
                .filter(each -> each.endsWith(".jar"))
                .collect(Collectors.joining(File.pathSeparator));
        try (Nodes nodes = new Nodes()) {
            Process process = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            // What is reachable softly only, as by the JDK's own caches of classes, ends with the next
                            // collection.
                            "-XX:SoftRefLRUPolicyMSPerMB=0",
                            "-cp",
                            folder + File.pathSeparator + jars,
                            DevtoolsTest.class.getName(),
                            "--tiered-jcache.redis.uri=" + nodes.redis.uri(),
                            "--server.port=0",
                            "--spring.devtools.restart.poll-interval=100ms",
                            "--spring.devtools.restart.quiet-period=50ms",
                            "--spring.devtools.livereload.enabled=false")
                    .redirectErrorStream(true)
                    .start();
            try (BufferedReader lines =
                    new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
                String product = "RestartClassLoader, Product[id=1, name=Product 1], queries ";
                assertEquals(product + "1, hits in Redis 0, undecodable 0, loaders 1", next(lines));
                for (int restart = 1; restart <= 3; restart++) {
                    touch(folder.resolve(Product.class.getName().replace('.', '/') + ".class"));
                    // Of the starts before only the very first one is left: the thread of Spring Boot's shutdown hook
                    // was made under it.
                    assertEquals(product + "0, hits in Redis 1, undecodable 0, loaders 2", next(lines));
                    Nodes.await(1L, nodes::connections);
                }
            } finally {
                process.destroyForcibly().waitFor();
            }
        }
    }

    private static String next(BufferedReader lines) throws IOException {
        StringBuilder before = new StringBuilder();
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            if (line.startsWith(LINE)) {
                return line.substring(LINE.length());
            }
            before.append(line).append('\n');
        }
        throw new IOException("the other JVM has ended: " + before);
    }

    /** Copies the folders of the class path into one, in which a file can be changed. */
    private static void copies(String classPath, Path folder) throws IOException {
        for (String each : classPath.split(File.pathSeparator)) {
            Path from = Path.of(each);
            if (Files.isDirectory(from)) {
                try (Stream<Path> files = Files.walk(from)) {
                    files.filter(Files::isRegularFile)
                            .forEach(file -> copy(file, folder.resolve(from.relativize(file))));
                }
            }
        }
    }

    private static void copy(Path from, Path to) {
        try {
            Files.createDirectories(to.getParent());
            Files.copy(from, to, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void touch(Path file) throws IOException {
        FileTime before = Files.getLastModifiedTime(file);
        Files.setLastModifiedTime(file, FileTime.from(before.toInstant().plusSeconds(1)));
    }
}
