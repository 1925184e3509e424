package io.github.tieredjcache.examples.conversations;

import io.github.tieredjcache.TierStatistics;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import javax.cache.Cache;
import javax.cache.CacheException;

/**
 * The requests that come to one node: reads, and here and there a message more, of conversations that are not equally
 * popular.
 *
 * <p>Requests come at a set rate, not as fast as they are answered: a service that is asked for more than it can do measures
 * the length of its queue. A thread that is late catches up without a pause.
 */
final class RequestStream {

    /** How many reads after a start count as the first ones. */
    static final int FIRST_READS = 1_000;

    private static final long PROGRESS_SECONDS = 3;

    private final Cache<String, Conversation> cache;
    private final Origins origins;
    private final Settings settings;
    private final ZipfNumbers numbers;
    private final Corpus corpus;
    private final AtomicLong reads = new AtomicLong();
    private final AtomicLong hits = new AtomicLong();
    private volatile long firstNearHits;

    RequestStream(Cache<String, Conversation> cache, Origins origins, Settings settings) {
        this.cache = cache;
        this.origins = origins;
        this.settings = settings;
        this.numbers = new ZipfNumbers(settings.conversations(), settings.zipf(), settings.seed());
        this.corpus = new Corpus(settings.seed());
    }

    /** How many of the first reads the near tier answered: by the library's count, which knows copies that nobody has seen. */
    long firstNearHits() {
        return firstNearHits;
    }

    /** Serves for so many seconds, with a line of progress now and then. */
    Tally serve(int seconds, long seed) throws InterruptedException {
        ExecutorService threads = Executors.newFixedThreadPool(settings.threads());
        try {
            long beginNanos = System.nanoTime();
            List<Future<Tally>> results = new ArrayList<>();
            for (int thread = 0; thread < settings.threads(); thread++) {
                SplittableRandom random = new SplittableRandom(seed * 1_000 + thread);
                results.add(threads.submit(() -> serveAlone(beginNanos, seconds, random)));
            }
            Tally all = new Tally();
            for (Future<Tally> result : results) {
                all.add(await(result, beginNanos));
            }
            return all;
        } finally {
            threads.shutdownNow();
        }
    }

    private Tally await(Future<Tally> result, long beginNanos) throws InterruptedException {
        while (true) {
            try {
                return result.get(PROGRESS_SECONDS, TimeUnit.SECONDS);
            } catch (TimeoutException e) {
                long second = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - beginNanos);
                System.out.printf(
                        "  %2d s: %,d reads, %.1f%% hits%n", second, reads.get(), 100.0 * hits.get() / reads.get());
            } catch (ExecutionException e) {
                throw new IllegalStateException("A thread of requests ended early", e.getCause());
            }
        }
    }

    private Tally serveAlone(long beginNanos, int seconds, SplittableRandom random) {
        Tally tally = new Tally();
        long pauseNanos = TimeUnit.SECONDS.toNanos(settings.threads()) / settings.requestsPerSecond();
        // The threads take turns; together they make the rate.
        long dueNanos = beginNanos + random.nextLong(pauseNanos);
        long endNanos = beginNanos + TimeUnit.SECONDS.toNanos(seconds);
        while (dueNanos - endNanos < 0 && System.nanoTime() - endNanos < 0) {
            for (long early = dueNanos - System.nanoTime(); early > 0; early = dueNanos - System.nanoTime()) {
                LockSupport.parkNanos(early);
            }
            String id = Corpus.id(numbers.draw(random));
            if (random.nextInt(100) < settings.writePercent()) {
                append(id, random, tally);
            } else {
                read(id, tally);
            }
            dueNanos += pauseNanos;
        }
        return tally;
    }

    private void read(String id, Tally tally) {
        long number = reads.incrementAndGet();
        boolean first = number <= FIRST_READS;
        if (number == FIRST_READS) {
            firstNearHits = cache.unwrap(TierStatistics.class).nearHits();
        }
        long beganNanos = System.nanoTime();
        Conversation conversation;
        try {
            conversation = cache.get(id);
        } catch (CacheException e) {
            fail("read", id, e, first, tally);
            return;
        }
        long endedNanos = System.nanoTime();
        if (conversation == null || !conversation.id().equals(id)) {
            fail("read", id, new IllegalStateException("the answer was " + conversation), first, tally);
            return;
        }
        Origins.Answer answer = origins.of(conversation, beganNanos, endedNanos);
        tally.read(answer, endedNanos - beganNanos, first);
        if (answer.tier() != Tier.SOURCE) {
            hits.incrementAndGet();
        }
    }

    private void append(String id, SplittableRandom random, Tally tally) {
        var message = corpus.message(random, Instant.now().truncatedTo(ChronoUnit.MILLIS));
        try {
            if (cache.invoke(id, new AppendMessage(message, origins))) {
                tally.write();
            } else {
                fail("append to", id, new IllegalStateException("there is no such conversation"), false, tally);
            }
        } catch (CacheException e) {
            fail("append to", id, e, false, tally);
        }
    }

    private static void fail(String verb, String id, Exception e, boolean first, Tally tally) {
        tally.failure(first);
        // One thread's first is enough to find the cause by.
        if (tally.failures() == 1) {
            System.out.println("  cannot " + verb + " " + id + ": " + e);
        }
    }
}
