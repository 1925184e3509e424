package io.github.tieredjcache.examples.hibernate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.TierStatistics;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLongArray;
import org.hibernate.stat.CacheRegionStatistics;
import org.hibernate.stat.NaturalIdStatistics;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Entities, collections and natural ids, by each strategy, on two JVMs. */
class StrategiesTest {
    private static final int THREADS = 4;
    private static final int ROUNDS = 60;

    private static TwoNodes nodes;

    /** The strategies of what can be changed. */
    private enum Strategy {
        READ_WRITE("name", "rename", Product.class, 100) {
            @Override
            String read(long id) {
                return nodes.here.name(id);
            }

            @Override
            void write(long id, String text) {
                nodes.here.rename(id, text);
            }
        },
        NONSTRICT_READ_WRITE("text", "rewrite", Review.class, 200) {
            @Override
            String read(long id) {
                return nodes.here.text(id);
            }

            @Override
            void write(long id, String text) {
                nodes.here.rewrite(id, text);
            }
        };

        final String reads;
        final String writes;
        final Class<?> entity;
        final long firstId;

        Strategy(String reads, String writes, Class<?> entity, long firstId) {
            this.reads = reads;
            this.writes = writes;
            this.entity = entity;
            this.firstId = firstId;
        }

        abstract String read(long id);

        abstract void write(long id, String text);

        CacheRegionStatistics region() {
            return nodes.here.statistics().getDomainDataRegionStatistics(entity.getName());
        }
    }

    @BeforeAll
    static void start() throws Exception {
        nodes = TwoNodes.start();
        nodes.add(100, 100, Category.BOOK);
        nodes.addReviews(200, 100, 100);
    }

    @AfterAll
    static void stop() {
        nodes.close();
    }

    @ParameterizedTest
    @EnumSource
    void noReadIsStaleAfterACommitOnTheSameNode(Strategy strategy) throws Exception {
        AtomicLongArray committed = new AtomicLongArray(THREADS);
        for (int row = 0; row < THREADS; row++) {
            strategy.write(strategy.firstId + row, "0");
        }
        List<Callable<Void>> works = new ArrayList<>();
        for (int own = 0; own < THREADS; own++) {
            int row = own;
            works.add(() -> {
                for (long number = 1; number <= ROUNDS; number++) {
                    strategy.write(strategy.firstId + row, Long.toString(number));
                    committed.set(row, number);
                    assertEquals(Long.toString(number), strategy.read(strategy.firstId + row));
                    // By NONSTRICT_READ_WRITE whoever reads from the database while another commits may cache what
                    // he read.
                    for (int other = 0; other < THREADS && strategy == Strategy.READ_WRITE; other++) {
                        long least = committed.get(other);
                        long found = Long.parseLong(strategy.read(strategy.firstId + other));
                        assertTrue(found >= least, () -> "found " + found + " after the commit of " + least);
                    }
                }
                return null;
            });
        }
        TwoNodes.runAll(works);
    }

    @ParameterizedTest
    @EnumSource
    void theOtherNodeReadsNothingOlderThanTheBound(Strategy strategy) {
        long id = strategy.firstId + 10;
        for (int round = 1; round <= 20; round++) {
            String text = "here " + round;
            nodes.there.ask(strategy.reads, id);
            strategy.write(id, text);
            TwoNodes.staleReads(text, () -> nodes.there.ask(strategy.reads, id));

            String answer = "there " + round;
            strategy.read(id);
            nodes.there.ask(strategy.writes, id, answer);
            TwoNodes.staleReads(answer, () -> strategy.read(id));
        }
    }

    @ParameterizedTest
    @EnumSource
    void hibernateAndTheTiersCountTheSame(Strategy strategy) {
        long id = strategy.firstId + 20;
        nodes.here.statistics().clear();
        TierStatistics tiers = Caches.of(strategy.entity.getName());
        // What was inserted by READ_WRITE is in the cache since the commit.
        boolean isThere = strategy == Strategy.READ_WRITE;
        long hitsBefore = tiers.nearHits() + tiers.remoteHits();
        long missesBefore = tiers.remoteMisses();

        strategy.read(id);
        strategy.read(id);
        strategy.read(id);

        CacheRegionStatistics region = strategy.region();
        assertEquals(isThere ? 3 : 2, region.getHitCount());
        assertEquals(isThere ? 0 : 1, region.getMissCount());
        assertEquals(isThere ? 0 : 1, region.getPutCount());
        assertEquals(region.getHitCount(), tiers.nearHits() + tiers.remoteHits() - hitsBefore);
        assertEquals(region.getMissCount(), tiers.remoteMisses() - missesBefore);

        String before = nodes.there.ask("region", strategy.entity.getName());
        String statements = nodes.there.ask("statements");
        nodes.there.ask(strategy.reads, id);
        assertEquals(TwoNodes.plus(before, 1, 0, 0), nodes.there.ask("region", strategy.entity.getName()));
        assertEquals(statements, nodes.there.ask("statements"));
    }

    @Test
    void aReadOnlyEntityIsReadFromTheDatabaseOnceForAllNodes() {
        assertEquals("France", nodes.here.country("FR"));
        String before = nodes.there.ask("region", Country.class.getName());
        String statements = nodes.there.ask("statements");
        assertEquals("France", nodes.there.ask("country", "FR"));
        assertEquals(TwoNodes.plus(before, 1, 0, 0), nodes.there.ask("region", Country.class.getName()));
        assertEquals(statements, nodes.there.ask("statements"));
    }

    @Test
    void aReadOnlyEntityIsNotChanged() {
        nodes.here.tell(entities -> entities.find(Country.class, "DE").rename("Prussia"));
        assertEquals("Germany", nodes.here.country("DE"));
        assertEquals("Germany", nodes.there.ask("country", "DE"));
    }

    @Test
    void anUpdateOfManyRowsInvalidatesThem() {
        long id = Strategy.READ_WRITE.firstId + 60;
        assertEquals("product " + id, nodes.here.name(id));
        assertEquals("product " + id, nodes.there.ask("name", id));
        nodes.here.tell(entities -> entities.createQuery("update Product p set p.name = 'same' where p.id in (:ids)")
                .setParameter("ids", List.of(id, id + 1))
                .executeUpdate());
        assertEquals("same", nodes.here.name(id));
        TwoNodes.staleReads("same", () -> nodes.there.ask("name", id));
    }

    @Test
    void aCollectionIsReadAsItWasCommitted() {
        long id = Strategy.READ_WRITE.firstId + 30;
        assertEquals(List.of(), nodes.here.tags(id));
        assertEquals("[]", nodes.there.ask("tags", id));
        for (String tag : List.of("a", "b", "c", "d")) {
            nodes.here.tag(id, tag);
            List<String> tags = nodes.here.tags(id);
            assertTrue(tags.contains(tag), tags::toString);
            TwoNodes.staleReads(tags.toString(), () -> nodes.there.ask("tags", id));
        }
        nodes.here.review(901, id, "good");
        assertEquals(2, nodes.here.reviews(id).size());
        TwoNodes.staleReads("[0, good]", () -> nodes.there.ask("reviews", id));

        String statements = nodes.there.ask("statements");
        nodes.there.ask("tags", id);
        nodes.there.ask("reviews", id);
        assertEquals(statements, nodes.there.ask("statements"));
    }

    @Test
    void aNaturalIdIsResolvedOnceForAllNodes() {
        long id = Strategy.READ_WRITE.firstId + 40;
        String sku = "sku-" + id;
        NaturalIdStatistics before = nodes.here.statistics().getNaturalIdStatistics(Product.class.getName());
        long hits = before == null ? 0 : before.getCacheHitCount();
        assertEquals("product " + id, nodes.here.nameOf(sku));
        assertEquals("product " + id, nodes.here.nameOf(sku));
        assertTrue(nodes.here
                        .statistics()
                        .getNaturalIdStatistics(Product.class.getName())
                        .getCacheHitCount()
                > hits);
        String statements = nodes.there.ask("statements");
        assertEquals("product " + id, nodes.there.ask("name-of", sku));
        assertEquals(statements, nodes.there.ask("statements"));
    }

    @Test
    void afterAWriterDiedItsLockedEntryIsReadFromTheDatabase() throws Exception {
        long id = Strategy.READ_WRITE.firstId + 50;
        String old = nodes.here.name(id);
        try (OtherJvm third = OtherJvm.start(nodes.redis.uri(), nodes.database)) {
            assertEquals("flushed", third.ask("hang", id, "never committed"));
            third.kill();
        }
        // The database takes back what was not committed when it notices that the connection is gone.
        TwoNodes.await(() -> nodes.here.name(id).equals(old));
        long misses = Strategy.READ_WRITE.region().getMissCount();
        assertEquals(old, nodes.here.name(id));
        assertEquals(old, nodes.there.ask("name", id));
        assertEquals(misses + 1, Strategy.READ_WRITE.region().getMissCount());
        nodes.here.rename(id, "committed");
        assertEquals("committed", nodes.here.name(id));
        TwoNodes.staleReads("committed", () -> nodes.there.ask("name", id));
    }
}
