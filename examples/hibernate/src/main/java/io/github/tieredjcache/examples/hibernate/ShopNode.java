package io.github.tieredjcache.examples.hibernate;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import org.hibernate.stat.CacheRegionStatistics;

/**
 * The shop in a JVM of its own, which does what its standard input says: a line a command, its words separated by tabs. Each is
 * answered with a line, which begins with {@code =}, or with {@code !} if it has failed.
 */
final class ShopNode {
    /** How long a transaction that hangs on purpose waits for the end of its JVM. */
    private static final long HANG_MILLIS = 600_000;

    private final Shop shop;

    private ShopNode(Shop shop) {
        this.shop = shop;
    }

    /**
     * Serves until its input ends.
     *
     * @param arguments the URL of the database
     */
    public static void main(String[] arguments) throws IOException {
        Caches.beQuiet();
        PrintStream answers = new PrintStream(System.out, true, UTF_8);
        try (Shop shop = Shop.open(Map.of("jakarta.persistence.jdbc.url", arguments[0]));
                var commands = new BufferedReader(new InputStreamReader(System.in, UTF_8))) {
            ShopNode node = new ShopNode(shop);
            answers.println("=ready");
            for (String line = commands.readLine(); line != null; line = commands.readLine()) {
                answers.println(node.answer(line.split("\t", -1), answers));
            }
        }
    }

    private String answer(String[] words, PrintStream answers) {
        try {
            return "=" + run(words, answers);
        } catch (RuntimeException e) {
            e.printStackTrace();
            return "!" + e.toString().replaceAll("\\s+", " ");
        }
    }

    private String run(String[] words, PrintStream answers) {
        String first = words.length > 1 ? words[1] : "";
        switch (words[0]) {
            case "country":
                return shop.country(first);
            case "name":
                return shop.name(Long.parseLong(first));
            case "rename":
                shop.rename(Long.parseLong(first), words[2]);
                return "";
            case "hang":
                hang(Long.parseLong(first), words[2], answers);
                return "";
            case "name-of":
                return shop.nameOf(first);
            case "tags":
                return shop.tags(Long.parseLong(first)).toString();
            case "text":
                return shop.text(Long.parseLong(first));
            case "rewrite":
                shop.rewrite(Long.parseLong(first), words[2]);
                return "";
            case "reviews":
                return shop.reviews(Long.parseLong(first)).toString();
            case "names":
                return shop.names(Category.valueOf(first)).toString();
            case "names-since":
                return shop.namesSince(LocalDate.parse(first)).toString();
            case "search":
                return shop
                        .search(
                                Category.valueOf(first),
                                LocalDate.parse(words[2]),
                                List.of(words[3].split(",")),
                                new Price(Long.parseLong(words[4])))
                        .stream()
                        .map(Product::name)
                        .toList()
                        .toString();
            case "statements":
                return Long.toString(shop.statistics().getPrepareStatementCount());
            case "region":
                return counts(shop.statistics().getDomainDataRegionStatistics(first));
            case "queries":
                return counts(shop.statistics());
            case "cut-off":
                return Boolean.toString(Caches.areCutOff());
            default:
                throw new IllegalArgumentException("there is no command " + words[0]);
        }
    }

    /** Renames within a transaction that does not end. */
    private void hang(long id, String name, PrintStream answers) {
        shop.tell(entities -> {
            entities.find(Product.class, id).rename(name);
            entities.flush();
            answers.println("=flushed");
            try {
                Thread.sleep(HANG_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    static String counts(CacheRegionStatistics region) {
        return region.getHitCount() + " hits, " + region.getMissCount() + " misses, " + region.getPutCount() + " puts";
    }

    /** Of all queries. */
    static String counts(org.hibernate.stat.Statistics all) {
        return all.getQueryCacheHitCount() + " hits, " + all.getQueryCacheMissCount() + " misses, "
                + all.getQueryCachePutCount() + " puts";
    }
}
