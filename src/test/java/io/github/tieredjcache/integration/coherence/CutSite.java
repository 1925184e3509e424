package io.github.tieredjcache.integration.coherence;

import io.github.tieredjcache.Crew;
import io.github.tieredjcache.integration.Node;
import io.github.tieredjcache.testkit.FaultProxy;
import io.github.tieredjcache.testkit.RedisServer;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import javax.cache.Cache;
import javax.cache.CacheException;

/** A Redis, a node that reaches it through a network that is cut, another that writes ascending numbers, and who read what. */
final class CutSite implements AutoCloseable {
    static final Duration BOUND = Duration.ofSeconds(1);
    static final String KEY = "key";

    final RedisServer redis = RedisServer.startLocal();
    final FaultProxy proxy = FaultProxy.inFrontOf(redis);
    final Node behindTheProxy = new Node(proxy.uri());
    final Node direct = new Node(redis);
    private final Cache<String, Long> there = direct.cache("numbers", String.class, Long.class, settings -> settings);
    final NumberHistory history = new NumberHistory();
    final ExecutorService threads = Executors.newCachedThreadPool();
    private long number;
    volatile boolean readersEnd;

    Cache<String, Long> numbers(Duration patience) {
        return behindTheProxy.cache(
                "numbers",
                String.class,
                Long.class,
                settings -> settings.stalenessBound(BOUND).commandTimeout(patience));
    }

    void write() {
        number++;
        there.put(KEY, number);
        history.wrote(number);
    }

    void writeFor(Duration time) {
        long end = System.nanoTime() + time.toNanos();
        while (System.nanoTime() - end < 0) {
            write();
            LockSupport.parkNanos(5_000_000);
        }
    }

    void read(Cache<String, Long> cache) {
        while (!readersEnd) {
            answers(cache);
            LockSupport.parkNanos(50_000);
        }
    }

    boolean answers(Cache<String, Long> cache) {
        long began = System.nanoTime();
        try {
            Long read = cache.get(KEY);
            history.read(read == null ? 0 : read, began);
            return true;
        } catch (CacheException e) {
            // No answer is no stale answer.
            return false;
        }
    }

    boolean isFresh(Cache<String, Long> cache) {
        try {
            return Long.valueOf(history.lastWritten()).equals(cache.get(KEY));
        } catch (CacheException e) {
            return false;
        }
    }

    void report(String what) {
        System.out.printf(
                "%s: %d reads answered, worst staleness %d ms of %d%n",
                what, history.reads().size(), TimeUnit.NANOSECONDS.toMillis(history.worstNanos()), BOUND.toMillis());
    }

    String stalest() {
        return "a read was " + history.worstNanos() + " ns behind";
    }

    static void until(BooleanSupplier condition) {
        Crew.until(condition);
    }

    @Override
    public void close() {
        threads.shutdownNow();
        behindTheProxy.close();
        direct.close();
        proxy.close();
        redis.close();
    }
}
