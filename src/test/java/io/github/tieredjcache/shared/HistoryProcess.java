package io.github.tieredjcache.shared;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.tieredjcache.history.Operation;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;

/** A node that takes part in a history in a process of its own: a line for a round goes in, a line an operation comes out. */
final class HistoryProcess implements AutoCloseable {
    private static final String READY = "ready";
    private static final String END = "end";

    private final Process process;
    private final Path errors;
    private final PrintStream toProcess;
    private final BufferedReader fromProcess;

    /** Starts a process; it is ready when this returns. */
    HistoryProcess(int number, String redisUri) throws IOException {
        errors = Files.createTempFile("history-node", ".log");
        process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        HistoryProcess.class.getName(),
                        Integer.toString(number),
                        redisUri)
                .redirectError(errors.toFile())
                .start();
        toProcess = new PrintStream(process.getOutputStream(), true, UTF_8);
        fromProcess = new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8));
        readTo(READY);
    }

    /** Begins a round; the result is there some time after its end. */
    Callable<List<Operation>> begin(HistoryRound round) {
        toProcess.println(round.line());
        return () -> readTo(END).stream().map(Operation::parse).toList();
    }

    /** Stops all threads of the process at once; it does not notice. */
    void pause() throws IOException, InterruptedException {
        signal("-STOP");
    }

    /** Lets the process go on. */
    void resume() throws IOException, InterruptedException {
        signal("-CONT");
    }

    private void signal(String signal) throws IOException, InterruptedException {
        int code = new ProcessBuilder("kill", signal, Long.toString(process.pid()))
                .start()
                .waitFor();
        if (code != 0) {
            throw new IOException("kill " + signal + " of a node's process answered " + code);
        }
    }

    private List<String> readTo(String end) throws IOException {
        List<String> lines = new ArrayList<>();
        for (String line = fromProcess.readLine(); !end.equals(line); line = fromProcess.readLine()) {
            if (line == null) {
                throw new IOException("a node's process ended and said " + Files.readString(errors));
            }
            lines.add(line);
        }
        return lines;
    }

    @Override
    public void close() throws IOException {
        // Its input ends, and so does it.
        toProcess.close();
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
        fromProcess.close();
        Files.deleteIfExists(errors);
    }

    /** The process itself: the number of the node and the URI of Redis are its arguments. */
    public static void main(String[] arguments) throws Exception {
        BufferedReader rounds = new BufferedReader(new InputStreamReader(System.in, UTF_8));
        PrintStream told = new PrintStream(System.out, false, UTF_8);
        try (HistoryNode node = new HistoryNode(Integer.parseInt(arguments[0]), arguments[1])) {
            told.println(READY);
            told.flush();
            for (String line = rounds.readLine(); line != null; line = rounds.readLine()) {
                node.begin(HistoryRound.parse(line)).call().forEach(each -> told.println(each.line()));
                told.println(END);
                told.flush();
            }
        }
    }
}
