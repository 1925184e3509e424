package io.github.tieredjcache.examples.hibernate;

import io.github.tieredjcache.testkit.FaultProxy;
import io.github.tieredjcache.testkit.RedisServer;
import java.time.Duration;
import java.time.LocalDate;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * The shop here and in another JVM, with one database and one Redis. This JVM's way to Redis can be cut; the other's is direct. A
 * Redis that was killed comes back with what it had at its last {@code SAVE}.
 */
final class TwoNodes implements AutoCloseable {
    static final LocalDate DAY = LocalDate.of(2026, 1, 1);

    private static final String REDIS = "tiered-jcache.redis.uri";
    private static final String FILE = "tiered-jcache.config";

    /** Far more than anything takes. */
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    private static final long PAUSE_NANOS = 1_000_000;

    final RedisServer redis;
    final FaultProxy way;
    final Database database;
    final Shop here;
    final OtherJvm there;

    private TwoNodes(String file) throws Exception {
        Caches.beQuiet();
        System.setProperty(FILE, file);
        redis = RedisServer.startLocal();
        way = FaultProxy.inFrontOf(redis);
        database = Database.start();
        System.setProperty(REDIS, way.uri());
        here = Shop.open(database.settings(true));
        there = OtherJvm.start(redis.uri(), database, "-D" + FILE + "=" + file);
        here.addCountry("DE", "Germany");
        here.addCountry("FR", "France");
    }

    static TwoNodes start() throws Exception {
        return start("tiered-jcache.conf");
    }

    /** Starts both with a configuration file of the class path. */
    static TwoNodes start(String file) throws Exception {
        return new TwoNodes(file);
    }

    /** Adds products to the shop, of which no cache knows anything. */
    void add(long firstId, int count, Category category) {
        here.add(firstId, count, category, DAY, new Price(500), "DE");
    }

    /** Adds a review to each of so many products. */
    void addReviews(long firstId, long firstProductId, int count) {
        here.tell(entities -> {
            for (int i = 0; i < count; i++) {
                entities.persist(new Review(firstId + i, "0", entities.find(Product.class, firstProductId + i)));
            }
        });
    }

    /** How long a copy may be stale on a node. */
    static Duration bound() {
        return Duration.ofMillis(Caches.of(Caches.QUERIES).stalenessBoundMillis());
    }

    /** Returns once Redis is available to both nodes, and both have recovered. */
    void awaitWhole() {
        await(() -> !Caches.areCutOff());
        await(() -> there.ask("cut-off").equals("false"));
    }

    static void await(BooleanSupplier condition) {
        long untilNanos = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - untilNanos > 0) {
                throw new AssertionError("it did not happen within " + PATIENCE);
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    /** Runs each in a thread of its own, and fails as the first of them that failed. */
    static void runAll(List<Callable<Void>> works) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(works.size());
        try {
            for (Future<Void> each : threads.invokeAll(works)) {
                each.get();
            }
        } finally {
            threads.shutdownNow();
        }
    }

    /**
     * Reads until the staleness bound is over since now, and fails if a read that begins later than that is of something older.
     *
     * @return how many reads were stale, all of them within the bound
     */
    static <T> int staleReads(T newest, Supplier<T> read) {
        long committedNanos = System.nanoTime();
        int stale = 0;
        while (true) {
            long begunNanos = System.nanoTime();
            T value = read.get();
            if (value.equals(newest)) {
                return stale;
            }
            stale++;
            if (begunNanos - committedNanos > bound().toNanos()) {
                throw new AssertionError("a read that began " + Duration.ofNanos(begunNanos - committedNanos)
                        + " after the commit of " + newest + " found " + value);
            }
        }
    }

    /** Adds to what {@link ShopNode#counts} has written. */
    static String plus(String counts, int hits, int misses, int puts) {
        String[] words = counts.split(" ");
        return (Long.parseLong(words[0]) + hits) + " hits, " + (Long.parseLong(words[2]) + misses) + " misses, "
                + (Long.parseLong(words[4]) + puts) + " puts";
    }

    @Override
    public void close() {
        there.close();
        here.close();
        System.clearProperty(REDIS);
        System.clearProperty(FILE);
        database.close();
        way.close();
        redis.close();
    }
}
