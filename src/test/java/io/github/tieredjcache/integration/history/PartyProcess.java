package io.github.tieredjcache.integration.history;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.tieredjcache.integration.ChildProcess;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/** A node of a history in a process of its own: a request goes in as a line, and its reply comes out as lines. */
final class PartyProcess implements AutoCloseable {
    private static final String READY = "ready";
    private static final String END = "end";
    private static final String SEPARATOR = "\t";
    private static final String NULL = "-";

    private final int number;
    private final ChildProcess process;

    /** Starts a process, and does not wait until it is ready. */
    PartyProcess(Class<?> program, int number, String... arguments) throws IOException {
        this.number = number;
        List<String> all = new ArrayList<>(List.of(Integer.toString(number)));
        all.addAll(List.of(arguments));
        process = new ChildProcess(program, all.toArray(String[]::new));
    }

    void awaitReady() throws IOException {
        List<String> unused = process.receiveUntil(READY);
    }

    /** Sends a request; the result waits for the reply. */
    Callable<List<String>> send(String request) {
        process.send(request);
        return () -> process.receiveUntil(END);
    }

    /** Sends a request and returns the reply. */
    List<String> call(String request) throws IOException {
        process.send(request);
        return process.receiveUntil(END);
    }

    /** Stops all threads of the process at once; it does not notice. */
    void pause() {
        process.stop();
    }

    void resume() {
        process.resume();
    }

    @Override
    public void close() throws IOException {
        process.close();
    }

    @Override
    public String toString() {
        return "node " + number + ", a process of its own";
    }

    /** Replies to the requests of the standard input until it ends. */
    static void serve(Server node) throws Exception {
        BufferedReader requests = new BufferedReader(new InputStreamReader(System.in, UTF_8));
        PrintStream replies = new PrintStream(System.out, false, UTF_8);
        replies.println(READY);
        replies.flush();
        for (String line = requests.readLine(); line != null; line = requests.readLine()) {
            node.reply(line).forEach(replies::println);
            replies.println(END);
            replies.flush();
        }
    }

    /** The node of a process. */
    interface Server {
        List<String> reply(String request) throws Exception;
    }

    static List<String> lines(Map<String, @Nullable String> values) {
        List<String> lines = new ArrayList<>();
        values.forEach((key, value) -> lines.add(key + SEPARATOR + (value == null ? NULL : value)));
        return lines;
    }

    static Map<String, @Nullable String> parse(List<String> lines) {
        Map<String, @Nullable String> values = new HashMap<>();
        for (String line : lines) {
            String[] words = line.split(SEPARATOR, -1);
            values.put(words[0], words[1].equals(NULL) ? null : words[1]);
        }
        return values;
    }
}
