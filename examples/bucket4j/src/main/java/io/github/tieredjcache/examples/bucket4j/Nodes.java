package io.github.tieredjcache.examples.bucket4j;

import java.util.ArrayList;
import java.util.List;

/** Several JVMs with one Redis. */
final class Nodes implements AutoCloseable {
    private final List<Node> nodes;

    private Nodes(List<Node> nodes) {
        this.nodes = nodes;
    }

    /**
     * Starts virtual machines, and returns when their caches are connected to Redis.
     *
     * @param settings as in {@link Node#start}
     */
    static Nodes start(int count, String redisUri, String... settings) throws InterruptedException {
        List<Node> started = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            started.add(Node.start(redisUri, settings));
        }
        Nodes nodes = new Nodes(started);
        try {
            for (Node each : started) {
                each.awaitReady();
            }
            return nodes;
        } catch (RuntimeException | InterruptedException e) {
            nodes.close();
            throw e;
        }
    }

    /** Has all of them take tokens of one bucket. */
    Run begin(Demand demand) {
        return new Run(demand, nodes.stream().map(node -> node.begin(demand)).toList());
    }

    Node node(int number) {
        return nodes.get(number);
    }

    @Override
    public void close() {
        nodes.forEach(Node::close);
    }
}
