package io.github.tieredjcache.integration.coherence;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.tieredjcache.integration.ChildProcess;
import java.io.IOException;
import java.time.Duration;

/** A {@link ReadingNode} in a process of its own. */
final class NodeProcess implements AutoCloseable {
    private final ChildProcess process;

    NodeProcess(String redisUri, Duration bound, int readers, Duration pause) throws IOException {
        process = new ChildProcess(
                ReadingNode.class,
                redisUri,
                Long.toString(bound.toMillis()),
                Integer.toString(readers),
                Long.toString(pause.toMillis()));
    }

    /** Returns when the node has read a number or a later one. */
    void awaitRead(long number) throws IOException {
        process.send("await " + number);
        assertEquals("read " + number, process.receive());
    }

    void stop() {
        process.stop();
    }

    void resume() {
        process.resume();
    }

    /** Ends the node and adds its reads to a history: of the reads of one number the last one of each reader. */
    void end(NumberHistory history) throws IOException {
        process.send("end");
        for (String line : process.receiveUntil("ended")) {
            int space = line.indexOf(' ');
            history.read(Long.parseLong(line.substring(0, space)), Long.parseLong(line.substring(space + 1)));
        }
    }

    @Override
    public void close() throws IOException {
        process.close();
    }
}
