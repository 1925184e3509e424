package io.github.tieredjcache.soak;

import com.sun.management.UnixOperatingSystemMXBean;
import io.github.tieredjcache.LeaseLostException;
import io.github.tieredjcache.OutagePolicy;
import io.github.tieredjcache.OutcomeUnknownException;
import io.github.tieredjcache.RemoteUnavailableException;
import io.github.tieredjcache.TieredConfiguration;
import io.github.tieredjcache.jcache.TieredCachingProvider;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Serializable;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import javax.cache.Cache;
import javax.cache.configuration.MutableCacheEntryListenerConfiguration;
import javax.cache.event.CacheEntryCreatedListener;
import javax.cache.expiry.CreatedExpiryPolicy;
import javax.cache.integration.CacheLoader;

/**
 * One process: threads that increment, write, read, load and iterate, and check what they get. Says a line of figures each second, and one for
 * each violation.
 */
public final class SoakNode {
    static final int NODES = 3;
    static final int COUNTERS = 30;
    static final String SUMS = "sums";
    static final String MIXED = "mixed";
    static final int ASCENDING = 30;
    static final Duration BOUND = Duration.ofSeconds(1);

    private static final int ROWS = 2_000;
    private static final int MIXED_KEYS = 500;
    private static final int BATCH = 20;
    private static final int GC_EACH = 5;
    private static final Duration TIMEOUT = Duration.ofSeconds(2);
    /** Longer than a command waits in a server that is frozen. */
    private static final long LATE_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final TieredCachingProvider provider = new TieredCachingProvider();
    private final String uri;
    private final int number;
    private final Cache<String, Long> sums;
    private final Cache<String, Stamp> ascending;
    private final Cache<String, String> rows;
    private final Cache<String, String> mixed;
    private final AtomicLongArray made = new AtomicLongArray(COUNTERS);
    private final AtomicLongArray unknown = new AtomicLongArray(COUNTERS);
    private final LongAdder operations = new LongAdder();
    private final LongAdder refused = new LongAdder();
    private volatile boolean over;

    /**
     * The value of an ascending entry.
     *
     * @param number more than that of the write before
     * @param acknowledged the number of the last write that had returned when this one began
     * @param begunNanos when this write began, by the clock that all processes of the machine share
     */
    record Stamp(long number, long acknowledged, long begunNanos) implements Serializable {}

    private SoakNode(String uri, int number) {
        this.uri = uri;
        this.number = number;
        sums = cache(SUMS, Long.class, OutagePolicy.FAIL, 0);
        ascending = cache("ascending", Stamp.class, OutagePolicy.FAIL, 1_000);
        mixed = cache(MIXED, String.class, OutagePolicy.LOCAL, 200);
        mixed.registerCacheEntryListener(new MutableCacheEntryListenerConfiguration<>(
                () -> (CacheEntryCreatedListener<String, String>) events -> operations.increment(),
                null,
                false,
                false));
        rows = provider.getCacheManager()
                .createCache(
                        "rows",
                        builder(String.class, OutagePolicy.LOCAL, ROWS / 2)
                                .readThrough(() -> new Rows())
                                .expiry(CreatedExpiryPolicy.factoryOf(
                                        new javax.cache.expiry.Duration(TimeUnit.SECONDS, 5)))
                                .build());
    }

    private <V> Cache<String, V> cache(String name, Class<V> type, OutagePolicy policy, int nearEntries) {
        return provider.getCacheManager()
                .createCache(name, builder(type, policy, nearEntries).build());
    }

    private <V> TieredConfiguration.Builder<String, V> builder(Class<V> type, OutagePolicy policy, int nearEntries) {
        var builder = TieredConfiguration.builder(String.class, type)
                .redisUri(uri)
                .outagePolicy(policy)
                .commandTimeout(TIMEOUT)
                .stalenessBound(BOUND)
                .statistics(true);
        return nearEntries == 0 ? builder.nearTimeToLive(Duration.ZERO) : builder.nearMaximumSize(nearEntries);
    }

    /** The source, which has a value for each key. */
    private static final class Rows implements CacheLoader<String, String> {
        @Override
        public String load(String key) {
            return "row of " + key;
        }

        @Override
        public Map<String, String> loadAll(Iterable<? extends String> keys) {
            Map<String, String> all = new HashMap<>();
            keys.forEach(key -> all.put(key, load(key)));
            return all;
        }
    }

    /**
     * Works until its input ends.
     *
     * @param arguments the URI of Redis, and the number of this node from 0
     */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        SoakNode node = new SoakNode(arguments[0], Integer.parseInt(arguments[1]));
        List<Thread> threads = new ArrayList<>();
        for (Step step :
                List.<Step>of(node::increment, node::load, node::mix, node.writer(), node.reader(), node.reader())) {
            threads.add(node.start(step));
        }
        node.rows.get("row-0");
        say("ready");
        Thread figures = new Thread(node::sayFigures, "figures");
        figures.start();
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)).readLine();
        node.over = true;
        for (Thread each : threads) {
            each.join();
        }
        figures.join();
        for (int i = 0; i < COUNTERS; i++) {
            say("count " + i + " " + node.made.get(i) + " " + node.unknown.get(i));
        }
        node.provider.close();
        say("end");
    }

    /** One step of a thread, which draws what to do. */
    private interface Step {
        void run(Random random);
    }

    private Thread start(Step step) {
        Thread thread = new Thread(() -> {
            Random random = new Random();
            while (!over) {
                try {
                    step.run(random);
                    operations.increment();
                } catch (RemoteUnavailableException | LeaseLostException e) {
                    refused.increment();
                    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
                } catch (RuntimeException | Error e) {
                    violation("an operation threw " + e);
                    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
                }
                // Leaves the servers and the other processes some of the machine.
                LockSupport.parkNanos(TimeUnit.MICROSECONDS.toNanos(300));
            }
        });
        thread.start();
        return thread;
    }

    private void increment(Random random) {
        int counter = random.nextInt(COUNTERS);
        try {
            sums.invoke("sum-" + counter, (entry, arguments) -> {
                entry.setValue(entry.exists() ? entry.getValue() + 1 : 1L);
                return null;
            });
            made.incrementAndGet(counter);
        } catch (OutcomeUnknownException e) {
            unknown.incrementAndGet(counter);
        }
    }

    /**
     * Returns a step that writes the next number to an entry that no other node writes. A write that has failed may still be made: until that
     * cannot be any more, nothing is written to its entry.
     */
    private Step writer() {
        Map<Integer, Stamp> last = new HashMap<>();
        Map<Integer, Long> untilNanos = new HashMap<>();
        return random -> {
            int key = random.nextInt(ASCENDING / NODES) * NODES + number;
            long nowNanos = System.nanoTime();
            if (nowNanos - untilNanos.getOrDefault(key, nowNanos) < 0) {
                return;
            }
            Stamp before = last.get(key);
            if (before == null) {
                Stamp left = ascending.get("key-" + key);
                before = left == null ? new Stamp(0, 0, 0) : new Stamp(left.number + BATCH, left.number, 0);
            }
            Stamp next = new Stamp(before.number + 1, before.acknowledged, System.nanoTime());
            last.put(key, next);
            untilNanos.put(key, nowNanos + LATE_NANOS);
            ascending.put("key-" + key, next);
            untilNanos.remove(key);
            last.put(key, new Stamp(next.number, next.number, 0));
        };
    }

    private Step reader() {
        Map<Integer, Stamp> seen = new HashMap<>();
        Map<Integer, Long> readNanos = new HashMap<>();
        return random -> {
            int key = random.nextInt(ASCENDING);
            long beganNanos = System.nanoTime();
            Stamp stamp = ascending.get("key-" + key);
            if (stamp == null) {
                return;
            }
            Stamp before = seen.put(key, stamp);
            Long lastNanos = readNanos.put(key, beganNanos);
            if (before == null || lastNanos == null) {
                return;
            }
            if (stamp.number < before.number) {
                violation("key-" + key + " went back from " + before.number + " to " + stamp.number);
            } else if (stamp.acknowledged > before.number && lastNanos - stamp.begunNanos > BOUND.toNanos()) {
                violation("key-" + key + " was " + before.number + " more than " + BOUND.toMillis() + " ms after "
                        + stamp.acknowledged + " was written");
            }
        };
    }

    private void load(Random random) {
        String key = "row-" + random.nextInt(ROWS);
        String row = rows.get(key);
        if (!("row of " + key).equals(row)) {
            violation(key + " was " + row);
        }
    }

    private void mix(Random random) {
        Set<String> keys = new HashSet<>();
        for (int i = 0; i < BATCH; i++) {
            keys.add("mixed-" + random.nextInt(MIXED_KEYS));
        }
        switch (random.nextInt(20)) {
            case 0 -> mixed.removeAll(keys);
            case 1 -> mixed.clear();
            case 2 -> mixed.forEach(entry -> check(entry.getKey(), entry.getValue()));
            case 3, 4, 5, 6 -> {
                Map<String, String> values = new HashMap<>();
                keys.forEach(key -> values.put(key, key + "/" + random.nextInt()));
                mixed.putAll(values);
            }
            case 7, 8 -> keys.forEach(key -> mixed.putIfAbsent(key, key + "/0"));
            default -> mixed.getAll(keys).forEach(this::check);
        }
    }

    private void check(String key, String value) {
        if (!value.startsWith(key + "/")) {
            violation(key + " was " + value);
        }
    }

    private void sayFigures() {
        for (int second = 1; !over; second++) {
            LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(1));
            if (second % GC_EACH == 0) {
                System.gc();
                Runtime runtime = Runtime.getRuntime();
                say(new Figures(
                                runtime.totalMemory() - runtime.freeMemory(),
                                ManagementFactory.getThreadMXBean().getThreadCount(),
                                ManagementFactory.getPlatformMXBean(UnixOperatingSystemMXBean.class)
                                        .getOpenFileDescriptorCount(),
                                operations.sum(),
                                refused.sum())
                        .line());
            }
        }
    }

    private static void violation(String text) {
        say("violation " + text);
    }

    private static void say(String line) {
        synchronized (System.out) {
            System.out.println(line);
        }
    }

    /**
     * The figures of a process.
     *
     * @param heapBytes after a garbage collection
     * @param sockets open files and sockets
     * @param operations since its start
     * @param refused operations that threw because Redis was unavailable, or the process was stopped for longer than its lease
     */
    record Figures(double heapBytes, double threads, double sockets, double operations, double refused) {
        String line() {
            return "figures " + heapBytes + " " + threads + " " + sockets + " " + operations + " " + refused;
        }

        static Figures parse(String line) {
            String[] words = line.split(" ", -1);
            return new Figures(
                    Double.parseDouble(words[1]),
                    Double.parseDouble(words[2]),
                    Double.parseDouble(words[3]),
                    Double.parseDouble(words[4]),
                    Double.parseDouble(words[5]));
        }
    }
}
