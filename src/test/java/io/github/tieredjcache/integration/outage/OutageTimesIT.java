package io.github.tieredjcache.integration.outage;

import io.github.tieredjcache.Crew;
import io.github.tieredjcache.OutagePolicy;
import io.github.tieredjcache.TierStatistics;
import io.github.tieredjcache.integration.Node;
import io.github.tieredjcache.testkit.FaultProxy;
import io.github.tieredjcache.testkit.RedisServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import javax.cache.Cache;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Prints how long it takes until nobody waits for a Redis that has gone, and until it is used again when it is back. Asserts no time,
 * only that both happen. Each repetition has a node of its own, since a gate remembers; {@code -Doutage.repetitions} (1 by default).
 */
class OutageTimesIT {
    private static final int REPETITIONS = Integer.getInteger("outage.repetitions", 1);
    private static final int THREADS = 4;
    private static final Duration TIMEOUT = Duration.ofMillis(500);
    private static final Duration AWAY = Duration.ofMillis(300);

    /** How Redis goes, and comes back. */
    enum Going {
        KILL {
            @Override
            void go(RedisServer redis, FaultProxy proxy) {
                redis.kill();
            }

            @Override
            void comeBack(RedisServer redis, FaultProxy proxy) {
                redis.restart();
            }
        },
        FREEZE {
            @Override
            void go(RedisServer redis, FaultProxy proxy) {
                redis.pause();
            }

            @Override
            void comeBack(RedisServer redis, FaultProxy proxy) {
                redis.resume();
            }
        },
        BLACK_HOLE {
            @Override
            void go(RedisServer redis, FaultProxy proxy) {
                proxy.toServer().hold();
                proxy.fromServer().hold();
            }

            @Override
            void comeBack(RedisServer redis, FaultProxy proxy) {
                proxy.toServer().forward();
                proxy.fromServer().forward();
            }
        };

        abstract void go(RedisServer redis, FaultProxy proxy);

        abstract void comeBack(RedisServer redis, FaultProxy proxy);
    }

    private volatile boolean over;

    @ParameterizedTest
    @EnumSource(Going.class)
    void theCircuitBreakerOpensAndCloses(Going going) throws Exception {
        List<Long> opened = new ArrayList<>();
        List<Long> closed = new ArrayList<>();
        List<Long> waits = new ArrayList<>();
        try (RedisServer redis = RedisServer.startLocal();
                FaultProxy proxy = FaultProxy.inFrontOf(redis)) {
            for (int i = 0; i < REPETITIONS; i++) {
                try (Node node = new Node(proxy.uri())) {
                    Cache<String, String> cache = node.cache(
                            "cache",
                            String.class,
                            String.class,
                            settings ->
                                    settings.outagePolicy(OutagePolicy.LOCAL).commandTimeout(TIMEOUT));
                    TierStatistics tiers = cache.unwrap(TierStatistics.class);
                    over = false;
                    List<Crew.Member<Long>> load = load(cache);
                    pause(AWAY);
                    opened.add(took(() -> going.go(redis, proxy), tiers::isRemoteUnavailable));
                    pause(AWAY);
                    closed.add(took(() -> going.comeBack(redis, proxy), () -> !tiers.isRemoteUnavailable()));
                    over = true;
                    for (Crew.Member<Long> each : load) {
                        waits.add(each.result());
                    }
                }
            }
        }
        System.out.printf(
                "%s, %d times: circuit breaker open after %s, closed after %s, longest wait of a caller %s%n",
                going, REPETITIONS, summary(opened), summary(closed), summary(waits));
    }

    /** Has some threads look at keys that are nowhere; each returns how long its longest call took. */
    private List<Crew.Member<Long>> load(Cache<String, String> cache) {
        List<Crew.Member<Long>> members = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            String prefix = i + "-";
            members.add(Crew.start(() -> {
                long worst = 0;
                for (int count = 0; !over; count++) {
                    long began = System.nanoTime();
                    String unused = cache.get(prefix + count);
                    worst = Math.max(worst, System.nanoTime() - began);
                    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(2));
                }
                return worst;
            }));
        }
        return members;
    }

    private static long took(Runnable action, BooleanSupplier condition) {
        long began = System.nanoTime();
        action.run();
        Crew.until(condition);
        return System.nanoTime() - began;
    }

    private static String summary(List<Long> nanos) {
        Collections.sort(nanos);
        return String.format(
                "%d ms (median), %d ms (max)",
                TimeUnit.NANOSECONDS.toMillis(nanos.get(nanos.size() / 2)),
                TimeUnit.NANOSECONDS.toMillis(nanos.get(nanos.size() - 1)));
    }

    private static void pause(Duration time) {
        long end = System.nanoTime() + time.toNanos();
        for (long left = time.toNanos(); left > 0; left = end - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }
}
