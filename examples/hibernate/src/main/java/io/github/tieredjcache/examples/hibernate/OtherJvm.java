package io.github.tieredjcache.examples.hibernate;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A second JVM with the shop, controlled by {@link ShopNode}'s commands; for one thread at a time. */
final class OtherJvm implements AutoCloseable {
    private static final int ANSWER_SECONDS = 60;

    private final Process process;
    private final BufferedReader answers;

    private OtherJvm(Process process) {
        this.process = process;
        this.answers = process.inputReader(UTF_8);
    }

    /** Starts it with further options of the JVM; returns when it is ready. */
    static OtherJvm start(String redisUri, Database database, String... options) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path")));
        command.addAll(List.of(options));
        command.addAll(List.of(ShopNode.class.getName(), database.url()));
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().put("REDIS_URL", redisUri);
        OtherJvm started = new OtherJvm(builder.start());
        try {
            started.answer();
            return started;
        } catch (RuntimeException e) {
            started.close();
            throw e;
        }
    }

    /** Has it do one thing, and returns its answer. */
    String ask(Object... words) {
        StringBuilder line = new StringBuilder();
        for (Object word : words) {
            line.append(line.isEmpty() ? "" : "\t").append(word);
        }
        try {
            process.getOutputStream().write(line.append('\n').toString().getBytes(UTF_8));
            process.getOutputStream().flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return answer();
    }

    private String answer() {
        // The wait for a JVM that hangs is bounded: it is killed, and its answer ends with it.
        var overdue = CompletableFuture.runAsync(
                process::destroyForcibly, CompletableFuture.delayedExecutor(ANSWER_SECONDS, TimeUnit.SECONDS));
        try {
            String answer = answers.readLine();
            if (answer == null || !answer.startsWith("=")) {
                throw new IllegalStateException("the other JVM answered " + answer);
            }
            return answer.substring(1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            overdue.cancel(false);
        }
    }

    /** Ends it in the middle of whatever it does. */
    void kill() {
        process.destroyForcibly().onExit().join();
    }

    @Override
    public void close() {
        kill();
    }
}
