package io.github.tieredjcache.shared;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.faults.Covers;
import io.github.tieredjcache.faults.FaultRow;
import io.github.tieredjcache.testkit.FaultProxy;
import io.github.tieredjcache.testkit.RedisServer;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import javax.cache.Cache;
import javax.cache.CacheException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A node whose network to Redis is bad while another node, whose network is good, writes: what the first one answers is
 * never older than the bound, and what it cannot answer it says so.
 *
 * <p>The bound is about connections that lose all that comes after some byte, or are late. It cannot be about one that
 * loses a single message and delivers the next ones: every answer is then taken for the proof that all earlier changes
 * have been announced. TCP has no such failure, a server or a proxy with a bug may; against these there is {@code
 * near.time-to-live} alone, and a test below shows both.
 */
class SilentCutIT {
    private static final int FEW_THREADS = 10;
    private static final Duration BOUND = Duration.ofSeconds(1);
    private static final Duration CUT = BOUND.plusMillis(700);
    private static final String KEY = "key";

    private final RedisServer redis = RedisServer.startLocal();
    private final FaultProxy proxy = FaultProxy.inFrontOf(redis);
    private final Node behindTheProxy = new Node(proxy.uri());
    private final Node direct = new Node(redis);
    private final Cache<String, Long> there = direct.cache("numbers", String.class, Long.class, settings -> settings);
    private final NumberHistory history = new NumberHistory();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private long number;
    private volatile boolean readersEnd;

    @AfterEach
    void closes() {
        threads.shutdownNow();
        behindTheProxy.close();
        direct.close();
        proxy.close();
        redis.close();
    }

    static Stream<Trial> cuts() {
        // With little patience the connection is given up during the cut; with much only the lease ends the answers.
        return Stream.of(Duration.ofMillis(200), Duration.ofSeconds(4))
                .flatMap(patience -> Stream.of(Cut.values()).map(cut -> new Trial(cut, patience)));
    }

    @ParameterizedTest
    @Covers({FaultRow.F11, FaultRow.F12, FaultRow.F13})
    @MethodSource("cuts")
    void aSilentCutEndsTheAnswersWithinTheBound(Trial trial) throws Exception {
        Cut cut = trial.cut();
        Cache<String, Long> here = numbers(trial.patience());
        write();
        until(() -> answers(here));
        // 1. There is a near copy, and it is being read. 2. The cut. 3. The key changes, again and again.
        Future<?> reader = threads.submit(() -> read(here));
        long hot = history.reads().size();
        until(() -> history.reads().size() > hot + 10);
        cut.apply(proxy);
        long cutNanos = System.nanoTime();
        writeFor(CUT);
        long healNanos = System.nanoTime();
        cut.heal(proxy);
        // 4. The network is back, and so is the node.
        until(() -> isFresh(here));
        readersEnd = true;
        reader.get(20, TimeUnit.SECONDS);

        report("cut " + trial);
        assertTrue(history.worstNanos() <= BOUND.toNanos(), () -> stalest());
        List<NumberHistory.Read> late = history.reads().stream()
                .filter(read -> read.beganNanos() - cutNanos > BOUND.toNanos() && read.endedNanos() - healNanos < 0)
                .toList();
        assertEquals(List.of(), late, "answered during the cut, after the bound");
        if (cut != Cut.REQUESTS_HELD) {
            assertTrue(history.worstNanos() > 0, "the near tier went on at first, or nothing was tested");
        }
    }

    @Test
    void anInvalidationThatComesLateIsAsGoodAsACut() throws Exception {
        Cache<String, Long> here = numbers(Duration.ofSeconds(4));
        write();
        until(() -> answers(here));
        proxy.fromServer().delay(Duration.ofMillis(700));
        Future<?> reader = threads.submit(() -> read(here));
        writeFor(Duration.ofSeconds(3));
        readersEnd = true;
        proxy.fromServer().forward();
        reader.get(20, TimeUnit.SECONDS);
        report("every answer 700 ms late");
        assertTrue(history.worstNanos() <= BOUND.toNanos(), () -> stalest());
        until(() -> isFresh(here));
    }

    @Test
    void aLostInvalidationInALivingStreamIsNotNoticedButTheCopyEndsWithItsOwnTime() {
        Duration timeToLive = Duration.ofMillis(1_500);
        Cache<String, Long> trusting = numbers(Duration.ofSeconds(1));
        Cache<String, Long> cautious = behindTheProxy.cache(
                "cautious",
                String.class,
                Long.class,
                settings -> settings.stalenessBound(BOUND).nearTimeToLive(timeToLive));
        Cache<String, Long> writing = direct.cache("cautious", String.class, Long.class, settings -> settings);
        write();
        writing.put(KEY, 1L);
        until(() -> answers(trusting));
        assertEquals(1, cautious.get(KEY));
        proxy.dropPushes("invalidate");
        write();
        writing.put(KEY, 2L);
        // The history from here on is that of the cautious copy.
        history.wrote(2);
        until(() -> proxy.pushesDropped() == 2);
        until(() -> {
            long began = System.nanoTime();
            long read = cautious.get(KEY);
            history.read(read, began);
            return read == 2;
        });
        report("one lost invalidation, near.time-to-live " + timeToLive.toMillis() + " ms");
        assertTrue(history.worstNanos() <= timeToLive.toNanos());
        assertTrue(history.worstNanos() > 0, "the copy was kept, or nothing was tested");
        // The limit: nothing tells this node, however long it waits.
        long afterTheBound = System.nanoTime() + BOUND.multipliedBy(2).toNanos();
        while (System.nanoTime() - afterTheBound < 0) {
            LockSupport.parkNanos(1_000_000);
        }
        assertNotEquals(history.lastWritten(), trusting.get(KEY));
        // Not even of the next change: to the server, who announces a change once, this node has no copy.
        proxy.passPushes();
        write();
        direct.strings("other").containsKey("after the write");
        assertNotEquals(history.lastWritten(), trusting.get(KEY));
        proxy.reset();
        until(() -> isFresh(trusting));
    }

    @Test
    void anAnswerThatIsCutInItsMiddleIsNoAnswer() throws Exception {
        Random random = new Random(7);
        Cache<String, String> texts =
                behindTheProxy.cache("texts", String.class, String.class, settings -> settings.stalenessBound(BOUND));
        Cache<String, String> writing = direct.strings("texts");
        for (int round = 1; round <= 60; round++) {
            String text = round + ":" + "x".repeat(5_000);
            writing.put(KEY, text);
            int bytes = 1 + random.nextInt(round % 2 == 0 ? 300 : 5_000);
            proxy.fromServer().resetAfter(bytes);
            until(() -> {
                try {
                    String read = texts.get(KEY);
                    assertNotNull(read);
                    assertEquals(read.length(), read.indexOf(':') + 5_001);
                    return read.equals(text);
                } catch (CacheException e) {
                    return false;
                }
            });
        }
        until(() -> proxy.connections() <= 1);
    }

    @Test
    @Covers(FaultRow.F19)
    void aHundredCutsInSecondsLeaveNothingBehind() throws Exception {
        Cache<String, Long> here = numbers(Duration.ofSeconds(1));
        write();
        until(() -> answers(here));
        Future<?> reader = threads.submit(() -> read(here));
        long threadsAtFirst = 0;
        for (int cut = 0; cut < 100; cut++) {
            proxy.reset();
            writeFor(Duration.ofMillis(40));
            // By now all threads of the pools have been needed.
            threadsAtFirst = cut == 30 ? threads() : threadsAtFirst;
        }
        until(() -> isFresh(here));
        readersEnd = true;
        reader.get(20, TimeUnit.SECONDS);
        report("100 cuts");
        assertTrue(history.worstNanos() <= BOUND.toNanos(), () -> stalest());
        until(() -> proxy.connections() == 1);
        // This one's, the other one's, and that which asks.
        until(() -> redis.command("CLIENT", "LIST").lines().count() == 3);
        // Not one a cut; a pool for work in the background may have grown to its few.
        assertTrue(threads() < threadsAtFirst + FEW_THREADS, () -> threads() + " threads");
    }

    private Cache<String, Long> numbers(Duration patience) {
        return behindTheProxy.cache(
                "numbers",
                String.class,
                Long.class,
                settings -> settings.stalenessBound(BOUND).commandTimeout(patience));
    }

    private void write() {
        number++;
        there.put(KEY, number);
        history.wrote(number);
    }

    private void writeFor(Duration time) {
        long end = System.nanoTime() + time.toNanos();
        while (System.nanoTime() - end < 0) {
            write();
            LockSupport.parkNanos(5_000_000);
        }
    }

    private void read(Cache<String, Long> cache) {
        while (!readersEnd) {
            answers(cache);
            LockSupport.parkNanos(50_000);
        }
    }

    private boolean answers(Cache<String, Long> cache) {
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

    private boolean isFresh(Cache<String, Long> cache) {
        try {
            return Long.valueOf(history.lastWritten()).equals(cache.get(KEY));
        } catch (CacheException e) {
            return false;
        }
    }

    private void report(String what) {
        System.out.printf(
                "%s: %d reads answered, worst staleness %d ms of %d%n",
                what, history.reads().size(), TimeUnit.NANOSECONDS.toMillis(history.worstNanos()), BOUND.toMillis());
    }

    private String stalest() {
        return "a read was " + history.worstNanos() + " ns behind";
    }

    private static long threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(each -> each.getName().startsWith("tiered-jcache"))
                .count();
    }

    private static void until(BooleanSupplier condition) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() - deadline < 0, "it did not happen within 20 s");
            LockSupport.parkNanos(100_000);
        }
    }

    /** A cut, and how patient the node is with one answer. */
    record Trial(Cut cut, Duration patience) {
        @Override
        public String toString() {
            return cut + ", patience " + patience.toMillis() + " ms";
        }
    }

    /** What is cut, without anybody being told. */
    enum Cut {
        BOTH_HELD {
            @Override
            void apply(FaultProxy proxy) {
                proxy.toServer().hold();
                proxy.fromServer().hold();
            }
        },
        ANSWERS_HELD {
            @Override
            void apply(FaultProxy proxy) {
                proxy.fromServer().hold();
            }
        },
        REQUESTS_HELD {
            @Override
            void apply(FaultProxy proxy) {
                proxy.toServer().hold();
            }
        },
        ANSWERS_DROPPED {
            @Override
            void apply(FaultProxy proxy) {
                proxy.fromServer().drop();
            }
        },
        BOTH_DROPPED {
            @Override
            void apply(FaultProxy proxy) {
                proxy.toServer().drop();
                proxy.fromServer().drop();
            }
        };

        abstract void apply(FaultProxy proxy);

        void heal(FaultProxy proxy) {
            proxy.toServer().forward();
            proxy.fromServer().forward();
        }
    }
}
