package io.github.tieredjcache.integration.history;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.tieredjcache.history.Operation;
import io.github.tieredjcache.integration.ChildProcess;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.util.List;
import java.util.concurrent.Callable;

/** A node that takes part in a history in a process of its own: a line for a round goes in, a line an operation comes out. */
final class HistoryProcess implements AutoCloseable {
    private static final String READY = "ready";
    private static final String END = "end";

    private final ChildProcess process;

    /** Starts a process; it is ready when this returns. */
    HistoryProcess(int number, String redisUri) throws IOException {
        process = new ChildProcess(HistoryProcess.class, Integer.toString(number), redisUri);
        List<String> unused = process.hearUntil(READY);
    }

    /** Begins a round; the result is there some time after its end. */
    Callable<List<Operation>> begin(HistoryRound round) {
        process.tell(round.line());
        return () -> process.hearUntil(END).stream().map(Operation::parse).toList();
    }

    /** Stops all threads of the process at once; it does not notice. */
    void pause() {
        process.stop();
    }

    /** Lets the process go on. */
    void resume() {
        process.resume();
    }

    @Override
    public void close() throws IOException {
        process.close();
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
