package io.github.tieredjcache.benchmark;

import io.github.tieredjcache.Crew;
import io.github.tieredjcache.integration.ChildProcess;
import io.github.tieredjcache.testkit.RedisServer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Scanner;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import javax.cache.Cache;
import javax.cache.Caching;
import javax.cache.configuration.MutableConfiguration;
import javax.cache.integration.CacheLoader;

/** One cold key that all threads of several processes want at once. */
final class Stampede {
    private static final int PROCESSES = 4;
    private static final int THREADS = 16;
    private static final int LOAD_MILLIS = 50;
    private static final int WARM_UPS = 80;
    private static final int ROUNDS = 41;

    private static final AtomicInteger LOADS = new AtomicInteger();

    private Stampede() {}

    /** One process: for each key that it is told, its threads read it; prints the loads and the milliseconds. */
    public static void main(String... arguments) throws InterruptedException {
        MutableConfiguration<String, Object> configuration = new MutableConfiguration<String, Object>()
                .setTypes(String.class, Sample.STRING.type())
                .setReadThrough(true)
                .setCacheLoaderFactory(Loader::new);
        Provider provider = Provider.onClassPath();
        Cache<String, Object> cache = Caching.getCachingProvider()
                .getCacheManager()
                .createCache(
                        "stampede",
                        provider == Provider.TIERED
                                ? Provider.shared(configuration, arguments[0])
                                : provider.remoteOnly(configuration, arguments[0]));
        cache.get("warm up");
        System.out.println("ready");
        Scanner orders = new Scanner(System.in);
        while (orders.hasNextLine()) {
            read(cache, orders.nextLine());
        }
        Runtime.getRuntime().halt(0);
    }

    private static void read(Cache<String, Object> cache, String key) throws InterruptedException {
        LOADS.set(0);
        CountDownLatch ready = new CountDownLatch(THREADS);
        CountDownLatch go = new CountDownLatch(1);
        CountDownLatch done = new CountDownLatch(THREADS);
        for (int i = 0; i < THREADS; i++) {
            Thread thread = new Thread(() -> {
                ready.countDown();
                Crew.await(go);
                Check.equal(key, cache.get(key), key);
                done.countDown();
            });
            thread.setDaemon(true);
            thread.start();
        }
        ready.await();
        long began = System.nanoTime();
        go.countDown();
        done.await();
        System.out.println(LOADS.get() + " " + (System.nanoTime() - began));
    }

    static String measure(ClassPaths paths, RedisServer redis) throws IOException {
        return measure("tiered-jcache", paths.tiered(), redis) + measure("redisson", paths.redisson(), redis);
    }

    private static String measure(String name, String classPath, RedisServer redis) throws IOException {
        List<ChildProcess> processes = new ArrayList<>();
        try {
            for (int i = 0; i < PROCESSES; i++) {
                processes.add(new ChildProcess(List.of("-Xmx256m"), classPath, Stampede.class, redis.uri()));
            }
            for (ChildProcess each : processes) {
                each.receive();
            }
            int[] loads = new int[ROUNDS];
            double[] millis = new double[ROUNDS];
            // The first keys find cold code.
            for (int round = -WARM_UPS; round < ROUNDS; round++) {
                String key = "cold" + round;
                processes.forEach(each -> each.send(key));
                int sum = 0;
                double longest = 0;
                for (ChildProcess each : processes) {
                    String[] answer = each.receive().split(" ");
                    sum += Integer.parseInt(answer[0]);
                    longest = Math.max(longest, Long.parseLong(answer[1]) / 1e6);
                }
                if (round >= 0) {
                    loads[round] = sum;
                    millis[round] = longest;
                }
            }
            Arrays.sort(loads);
            Arrays.sort(millis);
            return String.format(
                    Locale.ROOT,
                    "one cold key, %d processes of %d threads, loader of %d ms, %s loads %d, last thread after %.0f ms%n",
                    PROCESSES,
                    THREADS,
                    LOAD_MILLIS,
                    name + ":",
                    loads[ROUNDS / 2],
                    millis[ROUNDS / 2]);
        } finally {
            for (ChildProcess each : processes) {
                each.close();
            }
            redis.command("FLUSHALL");
        }
    }

    /** Takes its time. */
    private static final class Loader implements CacheLoader<String, Object> {
        @Override
        public Object load(String key) {
            LOADS.incrementAndGet();
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(LOAD_MILLIS));
            return key;
        }

        @Override
        public Map<String, Object> loadAll(Iterable<? extends String> keys) {
            throw new UnsupportedOperationException("one key is read");
        }
    }
}
