package io.github.tieredjcache.examples.growingcluster;

import io.github.tieredjcache.testkit.RedisCluster;

/** Runs the example. Exits with 0 if no read and no write went wrong, with 1 otherwise. */
public final class Main {

    private static final int ENTRIES = 20_000;
    private static final int PAUSE_MILLIS = 2_000;

    private Main() {}

    /**
     * Runs the example and ends the virtual machine.
     *
     * @param arguments none
     */
    public static void main(String[] arguments) throws InterruptedException {
        Growth.Result result;
        try (RedisCluster redis = RedisCluster.start(3, 0)) {
            result = new Growth(redis, ENTRIES, PAUSE_MILLIS, System.out).run();
        }
        System.exit(result.wrong() == 0 && result.failed() == 0 ? 0 : 1);
    }
}
