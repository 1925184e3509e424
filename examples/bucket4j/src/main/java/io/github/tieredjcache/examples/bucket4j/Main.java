package io.github.tieredjcache.examples.bucket4j;

import io.github.tieredjcache.testkit.FaultProxy;
import io.github.tieredjcache.testkit.RedisServer;
import java.util.ArrayList;
import java.util.List;

/** Empties buckets from three JVMs at once, also while things go wrong, and prints who got how many tokens. */
public final class Main {
    private static final int JVMS = 3;
    private static final long CAPACITY = 1_500;

    private final List<Figures> all = new ArrayList<>();

    private Main() {}

    /**
     * Runs the example. Ends with 1 if a bucket gave more than it had.
     *
     * @param arguments none
     */
    public static void main(String[] arguments) throws InterruptedException {
        Main main = new Main();
        main.run();
        boolean kept = main.all.stream().allMatch(Figures::isKept);
        System.out.println(kept ? "No bucket has given a token too many." : "A LIMIT WAS NOT KEPT.");
        System.exit(kept ? 0 : 1);
    }

    private void run() throws InterruptedException {
        // What Redis has acknowledged it still has after a restart: without these there is a new, full bucket then.
        try (RedisServer redis = RedisServer.startLocal("--appendonly", "yes", "--appendfsync", "always");
                FaultProxy network = FaultProxy.inFrontOf(redis)) {
            System.out.println("Redis: " + redis + ", which keeps its data on disk");
            System.out.printf("%,d tokens in a bucket; each JVM takes what it can get, in 8 threads%n%n", CAPACITY);
            System.out.println(Figures.HEAD);
            try (Nodes nodes = Nodes.start(JVMS, redis.uri())) {
                Mishaps mishaps = new Mishaps(nodes, CAPACITY);
                print(mishaps.none());
                print(mishaps.noneWithRefill());
                print(mishaps.redisIsKilled(redis));
                print(mishaps.redisIsKilledWithRefill(redis));
                print(mishaps.redisIsFrozen(redis));
                print(mishaps.nodeIsKilled());
            }
            try (Nodes nodes = Nodes.start(JVMS, network.uri())) {
                Mishaps mishaps = new Mishaps(nodes, CAPACITY);
                print(mishaps.answersAreLost(network));
                print(mishaps.networkIsCut(network));
            }
            System.out.println();
        }
    }

    private void print(Figures figures) {
        all.add(figures);
        System.out.println(figures.line());
    }
}
