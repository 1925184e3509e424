package io.github.tieredjcache.integration.history;

import io.github.tieredjcache.testkit.RedisServer;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/** Cuts connections to a Redis at random. */
final class ConnectionCuts {
    private final RedisServer redis;
    private final Random random;
    private int cuts;

    ConnectionCuts(RedisServer redis, Random random) {
        this.redis = redis;
        this.random = random;
    }

    /** Returns how often there was a cut. */
    int cuts() {
        return cuts;
    }

    /** Cuts one connection, or all, after each random pause until a time. */
    void until(long endNanos, Duration pauseMin, Duration pauseMax) {
        int spreadMillis = (int) pauseMax.minus(pauseMin).toMillis();
        while (true) {
            long nextNanos = System.nanoTime()
                    + pauseMin.plusMillis(random.nextInt(spreadMillis)).toNanos();
            sleepUntil(Math.min(nextNanos, endNanos));
            if (System.nanoTime() >= endNanos) {
                return;
            }
            cutOneOrAll();
        }
    }

    private void cutOneOrAll() {
        List<String> ids = Stream.of(String.valueOf(redis.command("CLIENT", "LIST", "TYPE", "normal"))
                        .split("\n", -1))
                .filter(line -> line.startsWith("id=") && !line.contains("cmd=client"))
                .map(line -> line.replaceFirst("id=(\\d+) .*", "$1"))
                .toList();
        if (ids.isEmpty() || random.nextInt(3) == 0) {
            cutAll();
        } else {
            redis.command("CLIENT", "KILL", "ID", ids.get(random.nextInt(ids.size())));
            cuts++;
        }
    }

    void cutAll() {
        redis.command("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes");
        cuts++;
    }

    static void sleepUntil(long nanos) {
        for (long left = nanos - System.nanoTime(); left > 0; left = nanos - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }
}
