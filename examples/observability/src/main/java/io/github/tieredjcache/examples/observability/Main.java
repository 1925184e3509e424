package io.github.tieredjcache.examples.observability;

import io.github.tieredjcache.testkit.RedisServer;
import java.util.List;

/** Runs the shop until it is interrupted: traffic on two nodes, and every two minutes a few mishaps and an outage of Redis. */
public final class Main {
    private static final int FIRST_PORT = 9101;
    private static final int SECOND_PORT = 9102;
    private static final int JMX_PORT = 9103;
    private static final long WELL_MILLIS = 90_000;
    private static final long AWAY_MILLIS = 30_000;

    private Main() {}

    /**
     * Runs the example.
     *
     * @param arguments how many times all is well and then not; without end if there is none
     */
    public static void main(String[] arguments) throws Exception {
        long rounds = arguments.length == 0 ? Long.MAX_VALUE : Long.parseLong(arguments[0]);
        try (RedisServer redis = RedisServer.startLocal();
                ShopNode one = new ShopNode("shop-1", redis.uri(), FIRST_PORT);
                ShopNode other = new ShopNode("shop-2", redis.uri(), SECOND_PORT);
                JmxEndpoint jmx = new JmxEndpoint(JMX_PORT);
                Customers customers = new Customers(List.of(one, other))) {
            System.out.printf(
                    "Two nodes on one Redis: http://%s/metrics and http://%s/metrics%n",
                    one.address(), other.address());
            System.out.println("Their JMX beans, by Jolokia: " + jmx.url());
            System.out.println("What to do with these says examples/observability/README.md");
            Mishaps mishaps = new Mishaps(one, redis);
            for (long round = 0; round < rounds; round++) {
                System.out.println("All is well");
                Thread.sleep(WELL_MILLIS);
                mishaps.failToLoad();
                mishaps.damageAValue();
                System.out.println("Redis is unavailable");
                mishaps.killRedis();
                Thread.sleep(AWAY_MILLIS);
                mishaps.restartRedis();
            }
            System.out.println("Requests that failed: " + customers.failures());
        }
    }
}
