package io.github.tieredjcache.integration.deploy;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.TieredConfiguration;
import io.github.tieredjcache.testkit.RedisServer;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An application on the module path of a runtime image that jlink has made with the modules that the documentation names. */
class ModularImageIT {
    private static final String MODULES = "java.base,java.logging,java.management,java.naming,jdk.unsupported";

    /** What the library brings, by the beginnings of the names of the jars. */
    private static final List<String> LIBRARIES = List.of(
            "HdrHistogram",
            "cache-api",
            "caffeine",
            "config",
            "jspecify",
            "kryo",
            "lettuce-core",
            "minlog",
            "netty",
            "objenesis",
            "reactive-streams",
            "reactor-core",
            "redis-authx-core",
            "reflectasm");

    private static final String MODULE = """
            module shop {
                requires cache.api;
                opens shop;
            }
            """;

    private static final String MAIN = """
            package shop;

            import javax.cache.Cache;
            import javax.cache.Caching;
            import javax.cache.configuration.MutableConfiguration;

            public class Main {
                public record Order(String customer, int units) {}

                public static void main(String[] arguments) {
                    Cache<String, Order> orders = Caching.getCachingProvider(Main.class.getClassLoader())
                            .getCacheManager()
                            .createCache(
                                    "orders", new MutableConfiguration<String, Order>().setTypes(String.class, Order.class));
                    System.out.println("found " + orders.get("4711"));
                    orders.put("4711", new Order("Ada", 3));
                    System.out.println("stored " + orders.get("4711"));
                }
            }
            """;

    @TempDir
    private static Path directory;

    @BeforeAll
    static void build() throws Exception {
        assertEquals(
                "",
                run(
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin", "jlink")
                                        .toString(),
                                "--add-modules",
                                MODULES,
                                "--output",
                                directory.resolve("image").toString()),
                        ""));
        Path libraries = Files.createDirectory(directory.resolve("libraries"));
        List<Path> classPath = Pattern.compile(File.pathSeparator)
                .splitAsStream(System.getProperty("java.class.path"))
                .map(Path::of)
                .toList();
        for (Path jar : classPath) {
            if (LIBRARIES.stream().anyMatch(jar.getFileName().toString()::startsWith)) {
                Files.copy(jar, libraries.resolve(jar.getFileName()));
            }
        }
        addLibraryItself(libraries.resolve("tiered-jcache.jar"));
        compile();
    }

    /** The tests run on the jar of the build, or on the classes alone, which are no module. */
    private static void addLibraryItself(Path jar) throws IOException, URISyntaxException {
        Path own = Path.of(TieredConfiguration.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
        if (Files.isRegularFile(own)) {
            Files.copy(own, jar);
            return;
        }
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().putValue("Automatic-Module-Name", "io.github.tieredjcache");
        try (OutputStream bytes = Files.newOutputStream(jar);
                JarOutputStream entries = new JarOutputStream(bytes, manifest);
                Stream<Path> files = Files.walk(own).filter(Files::isRegularFile)) {
            for (Path file : files.toList()) {
                entries.putNextEntry(
                        new ZipEntry(own.relativize(file).toString().replace(File.separatorChar, '/')));
                Files.copy(file, entries);
            }
        }
    }

    private static void compile() throws IOException {
        Path sources = Files.createDirectories(directory.resolve("sources/shop"));
        Path module = Files.writeString(sources.resolveSibling("module-info.java"), MODULE);
        Path main = Files.writeString(sources.resolve("Main.java"), MAIN);
        int failures = ToolProvider.getSystemJavaCompiler()
                .run(
                        null,
                        null,
                        null,
                        "-Xlint:-requires-automatic",
                        "--module-path",
                        directory.resolve("libraries").toString(),
                        "-d",
                        directory.resolve("application").toString(),
                        module.toString(),
                        main.toString());
        assertEquals(0, failures);
    }

    @Test
    void anImageWithoutFurtherModulesSharesValuesInRedis() throws Exception {
        try (RedisServer redis = RedisServer.start()) {
            String first = application(redis, "--add-modules", "ALL-MODULE-PATH");
            assertTrue(first.contains("found null") && first.contains("stored Order[customer=Ada, units=3]"), first);
            assertTrue(first.contains("tracking on"), first);
            assertEquals(2, first.split("lacks the module jdk.net", -1).length, first);
            String second = application(redis, "--add-modules", "ALL-MODULE-PATH");
            assertTrue(second.contains("found Order[customer=Ada, units=3]"), second);
        }
    }

    @Test
    void anUnresolvedModuleIsReportedWithTheOptionThatResolvesIt() throws Exception {
        try (RedisServer redis = RedisServer.start()) {
            String said = application(redis);
            assertTrue(said.contains("on the module path start Java with --add-modules ALL-MODULE-PATH"), said);
        }
    }

    private static String application(RedisServer redis, String... options) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(
                List.of(directory.resolve("image/bin/java").toString(), "-Xmx256m", "-XX:TieredStopAtLevel=1"));
        command.addAll(List.of(options));
        command.addAll(List.of(
                "--module-path",
                directory.resolve("libraries") + File.pathSeparator + directory.resolve("application"),
                "--module",
                "shop/shop.Main"));
        return run(command, redis.uri());
    }

    /** Returns all that a program has printed. */
    private static String run(List<String> command, String redisUri) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("REDIS_URL", redisUri);
        // Redis is always available; only a busy machine is slow.
        builder.environment().put("TIERED_JCACHE_REDIS_CONNECT_TIMEOUT", "5m");
        builder.environment().put("TIERED_JCACHE_REDIS_COMMAND_TIMEOUT", "5m");
        builder.environment().remove("JAVA_TOOL_OPTIONS");
        Process process = builder.start();
        process.getOutputStream().close();
        String printed = new String(process.getInputStream().readAllBytes(), UTF_8);
        process.waitFor();
        return printed;
    }
}
