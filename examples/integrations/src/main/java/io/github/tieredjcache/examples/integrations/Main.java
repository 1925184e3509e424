package io.github.tieredjcache.examples.integrations;

import io.github.tieredjcache.examples.integrations.camel.CamelDemo;
import io.github.tieredjcache.examples.integrations.micronaut.MicronautDemo;
import io.github.tieredjcache.examples.integrations.resilience4j.Resilience4jDemo;
import io.github.tieredjcache.examples.integrations.shiro.ShiroDemo;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Shows each framework on two nodes, in a line or two. */
public final class Main {
    private static final Logger CAMEL = Logger.getLogger("org.apache.camel");

    private Main() {}

    /**
     * Runs the example.
     *
     * @param arguments none
     */
    public static void main(String[] arguments) throws Exception {
        // Camel logs each route; what matters here is printed.
        CAMEL.setLevel(Level.WARNING);
        try (Cluster cluster = new Cluster()) {
            System.out.println("Redis: " + cluster.redis());
            CamelDemo.run(cluster, System.out);
            Resilience4jDemo.run(cluster, System.out);
            ShiroDemo.run(cluster, System.out);
            MicronautDemo.run(cluster, System.out);
        }
        System.exit(0);
    }
}
