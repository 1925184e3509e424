package io.github.tieredjcache.shared;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.tieredjcache.testkit.ProcessSignals;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A {@link ReadingNode} in a process of its own, on the same Java and class path as this one. */
final class NodeProcess implements AutoCloseable {
    private static final String NAME = "the reading node";

    private final Process process;
    private final PrintWriter commands;
    private final BufferedReader answers;

    NodeProcess(String redisUri, Duration bound, int readers, Duration pause) throws IOException {
        process = new ProcessBuilder(List.of(
                        ProcessHandle.current().info().command().orElse("java"),
                        "-Xmx128m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        ReadingNode.class.getName(),
                        redisUri,
                        Long.toString(bound.toMillis()),
                        Integer.toString(readers),
                        Long.toString(pause.toMillis())))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        commands = new PrintWriter(process.outputWriter(), true);
        answers = process.inputReader();
    }

    /** Returns when the node has read a number or a later one. */
    void awaitRead(long number) throws IOException {
        commands.println("await " + number);
        assertEquals("read " + number, answers.readLine());
    }

    void stop() {
        ProcessSignals.stop(process, NAME);
    }

    void resume() {
        ProcessSignals.resume(process, NAME);
    }

    /** Ends the node and adds its reads to a history: of the reads of one number the last one of each reader. */
    void end(NumberHistory history) throws IOException {
        commands.println("end");
        for (String line = answers.readLine(); !"ended".equals(line); line = answers.readLine()) {
            int space = line.indexOf(' ');
            history.read(Long.parseLong(line.substring(0, space)), Long.parseLong(line.substring(space + 1)));
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
        try {
            boolean unused = process.waitFor(20, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
