package io.github.tieredjcache.examples.integrations.micronaut;

import io.github.tieredjcache.examples.integrations.Cluster;
import io.micronaut.context.ApplicationContext;
import java.io.PrintStream;
import javax.cache.CacheManager;

/** Micronaut on two nodes. */
public final class MicronautDemo {
    private MicronautDemo() {}

    /** Shows that what a method of one node has answered a call on another node answers. */
    public static void run(Cluster cluster, PrintStream out) {
        try (ApplicationContext one = node(cluster.node("micronaut.conf"));
                ApplicationContext other = node(cluster.node("micronaut.conf"))) {
            Forecasts here = one.getBean(Forecasts.class);
            Forecasts there = other.getBean(Forecasts.class);
            String first = here.tomorrow("Berlin");
            out.println("Micronaut: node 1 computes \"" + first + "\"; node 2 answers \"" + there.tomorrow("Berlin")
                    + "\" and has computed " + there.computed());
        }
    }

    static ApplicationContext node(CacheManager caches) {
        return ApplicationContext.builder().singletons(caches).start();
    }
}
