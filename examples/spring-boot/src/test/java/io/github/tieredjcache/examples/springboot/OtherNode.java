package io.github.tieredjcache.examples.springboot;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.SpringApplication;

/** A node of the shop in a JVM of its own, which takes its Redis from the environment as it would in production. */
final class OtherNode implements AutoCloseable {
    private static final String PORT = "port of the shop: ";

    private final Process process;
    private final BlockingQueue<String> said = new LinkedBlockingQueue<>();
    private final Path log;

    /** Runs the shop and says on which port; with devtools once for each start. */
    public static void main(String[] arguments) {
        var context = SpringApplication.run(ShopApplication.class, arguments);
        System.out.println(PORT + context.getEnvironment().getProperty("local.server.port"));
    }

    OtherNode(Site site, String... arguments) throws IOException {
        this(System.getProperty("java.class.path"), site, arguments);
    }

    /**
     * Starts it; {@link #awaitStart} waits until it serves.
     *
     * @param classPath of that JVM
     * @param arguments for the application
     */
    OtherNode(String classPath, Site site, String... arguments) throws IOException {
        log = Files.createTempFile("other-node", ".log");
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                // What is reachable softly only, as by the JDK's own caches of classes, ends with the next collection.
                "-XX:SoftRefLRUPolicyMSPerMB=0",
                "-cp",
                classPath,
                OtherNode.class.getName(),
                site.database(),
                "--server.port=0",
                "--spring.main.banner-mode=off",
                "--logging.level.root=warn"));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(log.toFile());
        builder.environment().put("REDIS_URL", site.redis().uri());
        process = builder.start();
        Thread listener = new Thread(this::listen, "what the other node says");
        listener.setDaemon(true);
        listener.start();
    }

    private void listen() {
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            lines.lines().forEach(said::add);
        } catch (IOException | UncheckedIOException e) {
            // It was ended.
        }
    }

    /** Waits until the shop has started there, or has started once more, and returns it. */
    Shop awaitStart() throws IOException, InterruptedException {
        StringBuilder before = new StringBuilder();
        for (String line = next(); line != null; line = next()) {
            if (line.startsWith(PORT)) {
                return new Shop(Integer.parseInt(line.substring(PORT.length())));
            }
            before.append(line).append('\n');
        }
        throw new IOException("the other node does not start: " + before + Files.readString(log));
    }

    private @Nullable String next() throws InterruptedException {
        return said.poll(5, TimeUnit.MINUTES);
    }

    @Override
    public void close() {
        process.destroyForcibly();
        try {
            process.waitFor();
            Files.deleteIfExists(log);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
