package io.github.tieredjcache.examples.bucket4j;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import javax.cache.Cache;
import javax.cache.CacheException;
import javax.cache.CacheManager;
import javax.cache.Caching;

/**
 * One JVM that takes tokens.
 *
 * <p>It reads a {@link Demand} a line, and writes a line {@code +} for each token it was granted, {@code !} for each call that
 * failed, and at the end one that begins with {@code done}. It ends with its input.
 */
final class ConsumerNode {
    static final String READY = "ready";
    static final String GRANTED = "+";
    static final String FAILED = "!";
    static final String DONE = "done ";

    private static final int ATTEMPTS_MAX = 500;

    /** A caller that failed because of an outage pauses before it asks again. */
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    private final RateLimits limits;
    private final Demand demand;
    private final AtomicLong refused = new AtomicLong();

    private ConsumerNode(CacheManager caches, Demand demand) {
        this.limits = new RateLimits(caches, demand.limit());
        this.demand = demand;
    }

    /**
     * Runs a node.
     *
     * @param arguments none
     */
    public static void main(String[] arguments) throws Exception {
        try (var provider = Caching.getCachingProvider();
                var input = new BufferedReader(new InputStreamReader(System.in, UTF_8))) {
            CacheManager caches = provider.getCacheManager();
            awaitRedis(caches.getCache("buckets", String.class, byte[].class));
            say(READY);
            for (String line = input.readLine(); line != null; line = input.readLine()) {
                new Thread(new ConsumerNode(caches, Demand.parse(line))::run).start();
            }
        }
    }

    /** Returns once Redis has answered for the first time: until then a service takes no requests. */
    private static void awaitRedis(Cache<String, byte[]> cache) {
        for (int attempt = 1; ; attempt++) {
            try {
                cache.containsKey("is Redis there?");
                return;
            } catch (CacheException e) {
                if (attempt == ATTEMPTS_MAX) {
                    throw e;
                }
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }
    }

    private void run() {
        long beganMillis = System.currentTimeMillis();
        long beganNanos = System.nanoTime();
        CompletableFuture<?>[] ends = new CompletableFuture<?>[demand.threads()];
        for (int i = 0; i < ends.length; i++) {
            ends[i] = CompletableFuture.runAsync(this::consume, task -> new Thread(task).start());
        }
        CompletableFuture.allOf(ends).join();
        long tookNanos = System.nanoTime() - beganNanos;
        say(DONE + refused + " " + beganMillis + " " + System.currentTimeMillis() + " " + tookNanos);
    }

    private void consume() {
        boolean untilRefused = demand.tokensPerThread() == 0;
        boolean isDone = false;
        int taken = 0;
        while (!isDone) {
            try {
                if (limits.tryAcquire(demand.client())) {
                    say(GRANTED);
                    taken++;
                    isDone = taken == demand.tokensPerThread();
                } else {
                    refused.incrementAndGet();
                    isDone = untilRefused;
                }
            } catch (CacheException e) {
                say(FAILED);
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }
    }

    /** Before this returns, the line has left the process: a granted token that was reported stays reported. */
    private static void say(String line) {
        synchronized (System.out) {
            System.out.println(line);
            System.out.flush();
        }
    }
}
