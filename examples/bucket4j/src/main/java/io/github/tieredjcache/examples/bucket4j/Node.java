package io.github.tieredjcache.examples.bucket4j;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** A {@link ConsumerNode} as the process that started it sees it. */
final class Node implements AutoCloseable {
    private final Process process;
    private final CompletableFuture<Void> ready = new CompletableFuture<>();
    private volatile Part part = new Part();

    private Node(Process process) {
        this.process = process;
        Thread reader = new Thread(this::read, "reads what node " + process.pid() + " says");
        reader.setDaemon(true);
        reader.start();
    }

    /**
     * Starts a virtual machine.
     *
     * @param redisUri the Redis of its caches
     * @param settings of the library, as {@code write.lease=1s}; they go before those of the file
     */
    static Node start(String redisUri, String... settings) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        // It lives for seconds.
        command.addAll(List.of("-Xmx128m", "-XX:TieredStopAtLevel=1"));
        for (String setting : settings) {
            command.add("-Dtiered-jcache." + setting);
        }
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), ConsumerNode.class.getName()));
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD);
        builder.environment().put("REDIS_URL", redisUri);
        try {
            return new Node(builder.start());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot start a virtual machine", e);
        }
    }

    void awaitReady() throws InterruptedException {
        Patience.until("node " + process.pid() + " is ready", ready::isDone);
        ready.join();
    }

    /** Has it take tokens; what becomes of that is seen in its part, at once. */
    Part begin(Demand demand) {
        Part begun = new Part();
        part = begun;
        try {
            Writer input = process.outputWriter(UTF_8);
            input.write(demand.line() + "\n");
            input.flush();
        } catch (IOException e) {
            throw new UncheckedIOException("node " + process.pid() + " takes no demand", e);
        }
        return begun;
    }

    private void read() {
        try (BufferedReader output = process.inputReader(UTF_8)) {
            for (String line = output.readLine(); line != null; line = output.readLine()) {
                if (line.equals(ConsumerNode.READY)) {
                    ready.complete(null);
                } else {
                    part.hear(line);
                }
            }
        } catch (IOException e) {
            // A process that was killed says no more.
        }
        ready.completeExceptionally(new IllegalStateException("node " + process.pid() + " ended"));
        part.end();
    }

    /** Ends the process at once, wherever it stands. */
    void kill() {
        process.destroyForcibly();
    }

    /** Pauses the process, as a long garbage collection or a suspended virtual machine does. */
    void freeze() {
        signal("-STOP");
    }

    /** Resumes it, as if no time had passed. */
    void thaw() {
        signal("-CONT");
    }

    private void signal(String signal) {
        try {
            int code = new ProcessBuilder("kill", signal, Long.toString(process.pid()))
                    .start()
                    .waitFor();
            if (code != 0) {
                throw new IllegalStateException("kill " + signal + " ended with " + code);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    @Override
    public void close() {
        kill();
    }
}
