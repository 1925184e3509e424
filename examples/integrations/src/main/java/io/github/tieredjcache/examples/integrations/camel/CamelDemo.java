package io.github.tieredjcache.examples.integrations.camel;

import io.github.tieredjcache.examples.integrations.Cluster;
import io.github.tieredjcache.examples.integrations.Patience;
import java.io.PrintStream;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Camel on two nodes. */
public final class CamelDemo {
    private CamelDemo() {}

    /** Shows the endpoint, the idempotent consumer and the aggregator. */
    public static void run(Cluster cluster, PrintStream out) throws Exception {
        List<String> desk = new CopyOnWriteArrayList<>();
        try (Shop one = new Shop(cluster.node("camel.conf"), desk::add);
                Shop other = new Shop(cluster.node("camel.conf"), desk::add)) {
            one.save("p1", new Product("lamp", 4_900));
            out.println("Camel, endpoint: node 1 saves p1, node 2 finds " + other.find("p1"));
            for (Shop each : List.of(one, other, one, other)) {
                each.order("4711");
            }
            out.println("Camel, idempotent consumer: order 4711 came twice to each node, processed: " + desk);
            desk.clear();
            one.line("4712", "lamp");
            other.line("4712", "table");
            one.line("4712", "chair");
            // Camel completes a group on a thread of its own.
            Patience.until("the group is complete", () -> !desk.isEmpty());
            out.println("Camel, aggregator: of three lines two came to node 1 and one to node 2, completed: " + desk);
        }
    }
}
