package io.github.tieredjcache.examples.hibernate;

import io.github.tieredjcache.TierStatistics;
import io.github.tieredjcache.testkit.RedisServer;
import java.io.PrintStream;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.hibernate.Version;
import org.hibernate.stat.CacheRegionStatistics;
import org.hibernate.stat.Statistics;

/** Runs the shop in this JVM and in another one, with one database and one Redis, and prints what that is good for. */
public final class Main {
    private static final int PRODUCTS = 200;
    private static final int OUTAGE_COMMITS = 50;
    private static final long PATIENCE_SECONDS = 60;
    private static final LocalDate DAY = LocalDate.of(2026, 1, 1);

    private final PrintStream out;

    Main(PrintStream out) {
        this.out = out;
    }

    /**
     * Runs the example and ends the virtual machine.
     *
     * @param arguments none
     */
    public static void main(String[] arguments) throws Exception {
        Caches.beQuiet();
        new Main(System.out).run();
        System.exit(0);
    }

    /** Does all that there is to see. */
    void run() throws Exception {
        try (RedisServer redis = RedisServer.startLocal();
                Database database = Database.start()) {
            out.println("Redis: " + redis);
            out.println("Hibernate: " + Version.getVersionString());
            System.setProperty("tiered-jcache.redis.uri", redis.uri());
            try (Shop shop = Shop.open(database.settings(true));
                    OtherJvm other = OtherJvm.start(redis.uri(), database)) {
                fill(shop);
                share(other);
                change(shop, other);
                query(shop, other);
                kill(redis, shop, other);
                count(shop);
            } finally {
                System.clearProperty("tiered-jcache.redis.uri");
            }
        }
    }

    private void fill(Shop shop) {
        shop.addCountry("DE", "Germany");
        shop.add(1, PRODUCTS, Category.BOOK, DAY, new Price(500), "DE");
        shop.country("DE");
        shop.tags(1);
        shop.nameOf("sku-1");
        shop.names(Category.BOOK);
        shop.names(Category.BOOK);
        out.printf(
                "%nJVM 1 has stored %d products, and asked for all their names by a query that is cached.%n", PRODUCTS);
    }

    private void share(OtherJvm other) {
        long before = Long.parseLong(other.ask("statements"));
        for (int id = 1; id <= PRODUCTS; id++) {
            other.ask("name", id);
        }
        other.ask("country", "DE");
        other.ask("tags", 1);
        other.ask("name-of", "sku-1");
        other.ask("names", Category.BOOK);
        out.printf(
                "JVM 2 has read each of them, a collection, one by its natural id, and made the query: %d statements to the"
                        + " database.%n",
                Long.parseLong(other.ask("statements")) - before);
    }

    private void change(Shop shop, OtherJvm other) {
        shop.rename(1, "changed");
        long committedNanos = System.nanoTime();
        int stale = 0;
        while (!other.ask("name", 1).equals("changed")) {
            stale++;
        }
        long micros = TimeUnit.NANOSECONDS.toMicros(System.nanoTime() - committedNanos);
        out.printf(
                "JVM 1 changes a product. JVM 1 reads: %s. JVM 2 has read it %.1f ms after the commit, and something older %d"
                        + " times before; the bound is %d ms.%n",
                shop.name(1),
                micros / 1_000.0,
                stale,
                Caches.of(Product.class.getName()).stalenessBoundMillis());
    }

    private void query(Shop shop, OtherJvm other) {
        int stale = 0;
        for (int round = 1; round <= 20; round++) {
            shop.rename(1, "round " + round);
            stale += other.ask("names", Category.BOOK).startsWith("[round " + round + ",") ? 0 : 1;
        }
        out.printf("20 times JVM 1 changes a product and JVM 2 makes the query at once: %d stale results.%n", stale);
    }

    private void kill(RedisServer redis, Shop shop, OtherJvm other) throws InterruptedException {
        redis.kill();
        int stale = 0;
        for (int commit = 1; commit <= OUTAGE_COMMITS; commit++) {
            String text = "meanwhile " + commit;
            shop.rename(1, text);
            List<String> names = shop.names(Category.BOOK);
            stale += shop.name(1).equals(text) && names.get(0).equals(text) ? 0 : 1;
        }
        out.printf(
                "%nRedis is killed. JVM 1 commits %d times and reads each back: no transaction failed, %d reads were stale.%n",
                OUTAGE_COMMITS, stale);
        redis.restart();
        await(() -> !Caches.areCutOff() && other.ask("cut-off").equals("false"));
        String last = "meanwhile " + OUTAGE_COMMITS;
        out.printf(
                "Redis is back. JVM 2 reads what was committed last: %s; its query: %s.%n",
                other.ask("name", 1).equals(last) ? "yes" : "no",
                other.ask("names", Category.BOOK).startsWith("[" + last + ",") ? "yes" : "no");
    }

    private static void await(BooleanSupplier condition) throws InterruptedException {
        long untilNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - untilNanos > 0) {
                throw new IllegalStateException("Redis is not back");
            }
            Thread.sleep(20);
        }
    }

    private void count(Shop shop) {
        out.printf("%n%-34s %20s %20s%n", "JVM 1, region by region", "Hibernate", "tiers");
        out.printf("  %-32s %6s %6s %6s %6s %6s %6s%n", "", "hits", "misses", "puts", "near", "Redis", "missed");
        Statistics hibernate = shop.statistics();
        for (Map.Entry<String, TierStatistics> region : Caches.all().entrySet()) {
            String name = region.getKey();
            if (name.equals(Caches.TIMESTAMPS)) {
                row(
                        name,
                        hibernate.getUpdateTimestampsCacheHitCount(),
                        hibernate.getUpdateTimestampsCacheMissCount(),
                        hibernate.getUpdateTimestampsCachePutCount(),
                        region.getValue());
            } else {
                CacheRegionStatistics counts = hibernate.getCacheRegionStatistics(name);
                row(name, counts.getHitCount(), counts.getMissCount(), counts.getPutCount(), region.getValue());
            }
        }
    }

    private void row(String region, long hits, long misses, long puts, TierStatistics tiers) {
        out.printf(
                "  %-32s %6d %6d %6d %6d %6d %6d%n",
                region.replaceFirst(".*\\.(?=[A-Z])", ""),
                hits,
                misses,
                puts,
                tiers.nearHits(),
                tiers.remoteHits(),
                tiers.remoteMisses());
    }
}
