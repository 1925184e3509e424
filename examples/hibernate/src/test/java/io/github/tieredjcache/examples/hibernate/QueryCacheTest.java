package io.github.tieredjcache.examples.hibernate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import javax.cache.Cache;
import javax.cache.Caching;
import org.hibernate.cache.spi.support.SimpleTimestamper;
import org.hibernate.jpa.HibernateHints;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Results of queries, which two JVMs share, and the timestamps by which they end. */
class QueryCacheTest {
    private static final int READERS = 3;
    private static final int COMMITS = 100;

    private static TwoNodes nodes;

    @BeforeAll
    static void start() throws Exception {
        nodes = TwoNodes.start();
        nodes.add(1, 5, Category.BOOK);
        nodes.add(11, 2, Category.GAME);
        nodes.add(21, 2, Category.TOOL);
    }

    @AfterAll
    static void stop() {
        nodes.close();
    }

    private static String search(String most) {
        return nodes.there.ask("search", "GAME", TwoNodes.DAY, "DE,FR", most);
    }

    @Test
    void theOtherJvmFindsAResultByParametersOfAllKinds() {
        List<String> names =
                nodes.here.search(Category.GAME, TwoNodes.DAY, List.of("DE", "FR"), new Price(500)).stream()
                        .map(Product::name)
                        .toList();
        assertEquals(List.of("product 11", "product 12"), names);
        nodes.there.ask("name", 11);
        String before = nodes.there.ask("queries");
        String statements = nodes.there.ask("statements");

        assertEquals(names.toString(), search("500"));
        assertEquals(statements, nodes.there.ask("statements"), "the query went to the database");
        assertEquals(TwoNodes.plus(before, 1, 0, 0), nodes.there.ask("queries"));

        assertEquals("[]", search("499"));
        assertTrue(
                Long.parseLong(nodes.there.ask("statements")) > Long.parseLong(statements),
                "a query with another parameter is another one");
    }

    @Test
    void aCommitEndsOlderResultsOnBothNodesAtOnce() {
        for (int round = 0; round < 20; round++) {
            String names = nodes.here.names(Category.TOOL).toString();
            assertEquals(names, nodes.there.ask("names", "TOOL"));
            nodes.here.rename(21, "here " + round);
            assertEquals("[here " + round + ", product 22]", nodes.there.ask("names", "TOOL"));
            assertEquals(List.of("here " + round, "product 22"), nodes.here.names(Category.TOOL));
            nodes.there.ask("rename", 21, "there " + round);
            assertEquals(List.of("there " + round, "product 22"), nodes.here.names(Category.TOOL));
        }
    }

    @Test
    void noTimestampIsTakenFromMemory() {
        nodes.here.names(Category.TOOL);
        nodes.here.names(Category.TOOL);
        // From now on this node receives no invalidation.
        nodes.way.dropPushes("invalidate");
        try {
            nodes.there.ask("rename", 21, "unheard of");
            assertEquals("unheard of", nodes.here.names(Category.TOOL).get(0));
        } finally {
            nodes.way.passPushes();
            // With a new connection memory is empty.
            nodes.way.reset();
        }
        nodes.awaitWhole();
    }

    @Test
    void noQueryIsStaleWhileThreadsChangeItsTable() throws Exception {
        AtomicInteger committed = new AtomicInteger();
        AtomicBoolean over = new AtomicBoolean();
        nodes.here.rename(1, "0");
        List<Callable<Void>> works = new ArrayList<>();
        works.add(() -> {
            try {
                for (int number = 1; number <= COMMITS; number++) {
                    nodes.here.rename(1, Integer.toString(number));
                    committed.set(number);
                }
                return null;
            } finally {
                over.set(true);
            }
        });
        for (int reader = 0; reader < READERS; reader++) {
            works.add(() -> {
                while (!over.get()) {
                    int least = committed.get();
                    int found = Integer.parseInt(nodes.here.names(Category.BOOK).get(0));
                    assertTrue(found >= least, () -> "found " + found + " after the commit of " + least);
                }
                return null;
            });
        }
        TwoNodes.runAll(works);
        assertEquals(Integer.toString(COMMITS), nodes.here.names(Category.BOOK).get(0));
    }

    @Test
    void hibernateCountsHitsMissesAndPuts() {
        nodes.here.tell(entities -> entities.find(Product.class, 22L).rename("product 22 again"));
        nodes.here.statistics().clear();
        nodes.here.names(Category.TOOL);
        nodes.here.names(Category.TOOL);
        nodes.here.names(Category.TOOL);
        assertEquals("2 hits, 1 misses, 1 puts", ShopNode.counts(nodes.here.statistics()));
        nodes.here.rename(22, "product 22");
        assertEquals(2, nodes.here.statistics().getUpdateTimestampsCachePutCount());
    }

    @Test
    void aResultWithoutItsTimestampIsOutOfDate() {
        String names = nodes.here.names(Category.GAME).toString();
        assertEquals(names, nodes.there.ask("names", "GAME"));
        nodes.here.rename(12, "renamed");
        List<String> timestamps = nodes.redis.list("KEYS", "*" + Caches.TIMESTAMPS + "*:Product");
        assertEquals(1, timestamps.size(), timestamps::toString);
        nodes.redis.command("DEL", timestamps.get(0));
        assertEquals("[product 11, renamed]", nodes.there.ask("names", "GAME"));
        nodes.here.rename(12, "product 12");
    }

    /** Its result holds Hibernate's own types, of which those of attacks are neighbours. */
    @Test
    void aNativeQueryIsNotCachedAndFailsNoTransaction() {
        nodes.here.statistics().clear();
        assertEquals(List.of("product 11"), nativeName(true));
        assertEquals(List.of("product 11"), nativeName(true));
        assertEquals(0, nodes.here.statistics().getQueryCacheHitCount());
        assertEquals(List.of("product 11"), nativeName(false));
    }

    private static List<?> nativeName(boolean cached) {
        return nodes.here.ask(entities -> entities.createNativeQuery("select name from Product where id = 11")
                .setHint(HibernateHints.HINT_CACHEABLE, cached)
                .getResultList());
    }

    @Test
    void aLostTimestampIsReplacedByOneOfHibernatesKind() {
        Cache<Object, Object> timestamps =
                Caching.getCachingProvider().getCacheManager().getCache(Caches.TIMESTAMPS);
        long before = SimpleTimestamper.next();
        long loaded = (long) timestamps.get("a table without a timestamp");
        long nextMillis = SimpleTimestamper.next() + 2L * SimpleTimestamper.ONE_MS;
        assertTrue(before < loaded && loaded < nextMillis, () -> before + " < " + loaded + " < " + nextMillis);
    }
}
