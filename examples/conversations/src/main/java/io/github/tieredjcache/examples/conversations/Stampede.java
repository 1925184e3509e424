package io.github.tieredjcache.examples.conversations;

import java.io.Serializable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import javax.cache.Cache;
import javax.cache.CacheException;

/**
 * What happened when many threads asked for one conversation at once that no tier had.
 *
 * @param callers how many asked
 * @param answered how many got it
 * @param loads how often the source was asked
 * @param slowestMillis how long the last one waited
 */
record Stampede(int callers, int answered, long loads, double slowestMillis) implements Serializable {

    private static final long STACK_BYTES = 256 << 10;

    static Stampede on(String id, int callers, Cache<String, Conversation> cache, ConversationLoader loader)
            throws InterruptedException {
        long loadsBefore = loader.loads();
        CountDownLatch ready = new CountDownLatch(callers);
        CountDownLatch go = new CountDownLatch(1);
        CountDownLatch done = new CountDownLatch(callers);
        AtomicInteger answered = new AtomicInteger();
        AtomicBoolean failed = new AtomicBoolean();
        AtomicLong slowestNanos = new AtomicLong();
        for (int caller = 0; caller < callers; caller++) {
            Runnable ask = () -> {
                try {
                    ready.countDown();
                    go.await();
                    long beganNanos = System.nanoTime();
                    Conversation conversation = cache.get(id);
                    slowestNanos.accumulateAndGet(System.nanoTime() - beganNanos, Math::max);
                    if (conversation != null && conversation.id().equals(id)) {
                        answered.incrementAndGet();
                    }
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                } catch (CacheException e) {
                    // Counts as not answered; one cause is enough to read.
                    if (failed.compareAndSet(false, true)) {
                        System.out.println("  cannot read " + id + ": " + e);
                    }
                } finally {
                    done.countDown();
                }
            };
            Thread thread = new Thread(null, ask, "caller " + caller, STACK_BYTES);
            thread.setDaemon(true);
            thread.start();
        }
        ready.await();
        go.countDown();
        done.await();
        return new Stampede(callers, answered.get(), loader.loads() - loadsBefore, slowestNanos.get() / 1e6);
    }
}
