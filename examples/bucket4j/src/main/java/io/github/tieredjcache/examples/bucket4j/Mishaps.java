package io.github.tieredjcache.examples.bucket4j;

import io.github.tieredjcache.testkit.FaultProxy;
import io.github.tieredjcache.testkit.RedisServer;

/** Runs in the middle of which something happens. */
final class Mishaps {
    private static final int THREADS = 8;
    private static final int REFILL = 200;

    private final Nodes nodes;
    private final long capacity;

    /**
     * Creates the mishaps of some nodes.
     *
     * @param capacity of each bucket
     */
    Mishaps(Nodes nodes, long capacity) {
        this.nodes = nodes;
        this.capacity = capacity;
    }

    Figures none() throws InterruptedException {
        return nodes.begin(Demand.ofAll("calm", capacity, THREADS)).await("all is well");
    }

    Figures noneWithRefill() throws InterruptedException {
        return nodes.begin(refilled("refilled")).await("with " + REFILL + " tokens a second more");
    }

    Figures redisIsKilled(RedisServer redis) throws InterruptedException {
        Run run = begin("redis-killed");
        redis.kill();
        run.awaitFailures();
        redis.restart();
        return run.await("Redis killed and restarted");
    }

    Figures redisIsKilledWithRefill(RedisServer redis) throws InterruptedException {
        Run run = nodes.begin(refilled("refilled-redis-killed"));
        run.awaitGranted(2 * REFILL);
        redis.kill();
        run.awaitFailures();
        redis.restart();
        return run.await("the same, with " + REFILL + " tokens a second");
    }

    Figures redisIsFrozen(RedisServer redis) throws InterruptedException {
        Run run = begin("redis-frozen");
        redis.pause();
        try {
            run.awaitFailures();
        } finally {
            redis.resume();
        }
        return run.await("Redis frozen for a while");
    }

    /** Redis executes the commands and the replies are lost, and with them the tokens of those calls. */
    Figures answersAreLost(FaultProxy network) throws InterruptedException {
        Run run = begin("answers-lost");
        network.fromServer().drop();
        run.awaitFailures();
        network.fromServer().forward();
        return run.await("Redis's answers lost for a while");
    }

    Figures networkIsCut(FaultProxy network) throws InterruptedException {
        Run run = begin("network-cut");
        network.refuse();
        network.reset();
        run.awaitFailures();
        network.accept();
        return run.await("network cut for a while");
    }

    Figures nodesAreFrozen(int count) throws InterruptedException {
        Run run = begin("nodes-frozen");
        for (int i = 0; i < count; i++) {
            nodes.node(i).freeze();
            try {
                run.awaitProgressWithout(i, capacity / 8);
            } finally {
                nodes.node(i).thaw();
            }
        }
        return run.await("one JVM after the other frozen");
    }

    Figures nodeIsKilled() throws InterruptedException {
        Run run = begin("node-killed");
        nodes.node(0).kill();
        return run.await("one JVM killed");
    }

    /** A bucket that is soon empty, of which all wait for what is refilled. */
    private static Demand refilled(String client) {
        return new Demand(client, REFILL, REFILL, THREADS, REFILL / THREADS);
    }

    private Run begin(String client) throws InterruptedException {
        Run run = nodes.begin(Demand.ofAll(client, capacity, THREADS));
        // So early that the bucket is not empty before it happens.
        run.awaitGranted(capacity / 10);
        return run;
    }
}
