package io.github.tieredjcache.examples.hibernate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What holds during an outage of Redis, and after it. */
class OutageTest {
    private static final int COMMITS = 20;

    private static TwoNodes nodes;

    @BeforeAll
    static void start() throws Exception {
        nodes = TwoNodes.start();
        nodes.add(1, 2, Category.GAME);
        nodes.addReviews(11, 1, 2);
    }

    @AfterAll
    static void stop() {
        nodes.close();
    }

    @ParameterizedTest
    @EnumSource
    void commitsDuringAnOutageAreReadOnBothNodes(Fault fault) {
        // 1. Both nodes have everything in memory, and Redis has it too.
        readOnBoth();
        readOnBoth();
        // 2. Redis goes.
        fault.begin(nodes);
        try {
            // 3. This node continues, and reads what it has committed; the other one writes another table.
            for (int number = 1; number <= COMMITS; number++) {
                String text = fault + " " + number;
                nodes.here.rename(1, text);
                assertEquals(text, nodes.here.name(1));
                assertEquals(text, nodes.here.names(Category.GAME).get(0));
                nodes.here.rewrite(11, text);
                assertEquals(text, nodes.here.text(11));
                nodes.here.tag(1, text);
                assertTrue(nodes.here.tags(1).contains(text));
                nodes.there.ask("rewrite", 12, text);
                assertEquals(text, nodes.there.ask("text", 12));
            }
            TwoNodes.await(() -> {
                nodes.here.rename(1, fault + " last");
                return fault.isNoticed();
            });
            assertEquals(fault + " last", nodes.here.names(Category.GAME).get(0));
        } finally {
            // 4. Redis is back, and may have what it had before.
            fault.end(nodes);
        }
        nodes.awaitWhole();
        // 5. A query asks Redis for the timestamps each time: none is stale, not even within the bound.
        String last = fault + " last";
        assertEquals("[" + last + ", product 2]", nodes.there.ask("names", "GAME"));
        assertEquals("[" + last + ", product 2]", nodes.there.ask("names-since", TwoNodes.DAY));
        assertEquals(List.of(last, "product 2"), nodes.here.names(Category.GAME));
        // 6. Entities and collections are not stale for longer than the bound.
        TwoNodes.staleReads(last, () -> nodes.there.ask("name", 1));
        TwoNodes.staleReads(nodes.here.tags(1).toString(), () -> nodes.there.ask("tags", 1));
        TwoNodes.staleReads(nodes.here.text(11), () -> nodes.there.ask("text", 11));
        TwoNodes.staleReads(nodes.there.ask("text", 12), () -> nodes.here.text(12));
        assertEquals(fault + " " + COMMITS, nodes.here.text(11));
        assertEquals(last, nodes.here.name(1));
        assertEquals(
                COMMITS,
                nodes.here.tags(1).stream()
                        .filter(tag -> tag.startsWith(fault + " "))
                        .count());
    }

    private static void readOnBoth() {
        nodes.here.name(1);
        nodes.here.names(Category.GAME);
        nodes.here.tags(1);
        nodes.here.text(11);
        nodes.here.text(12);
        nodes.there.ask("name", 1);
        nodes.there.ask("names", "GAME");
        // This one is asked for by the other node only: nobody but the timestamp of its table says that it is out of
        // date.
        nodes.there.ask("names-since", TwoNodes.DAY);
        nodes.there.ask("tags", 1);
        nodes.there.ask("text", 11);
        nodes.there.ask("text", 12);
    }

    @Test
    void noTransactionFailsWhenRedisIsKilled() throws Exception {
        AtomicInteger commits = new AtomicInteger();
        AtomicBoolean over = new AtomicBoolean();
        ExecutorService thread = Executors.newSingleThreadExecutor();
        try {
            Future<?> run = thread.submit(() -> {
                while (!over.get()) {
                    String text = "run " + commits.incrementAndGet();
                    nodes.here.rename(2, text);
                    assertEquals(text, nodes.here.name(2));
                    assertEquals(text, nodes.here.names(Category.GAME).get(1));
                }
            });
            for (int times = 0; times < 2; times++) {
                awaitCommits(commits, run);
                nodes.redis.kill();
                awaitCommits(commits, run);
                nodes.there.ask("rewrite", 12, "run " + times);
                assertEquals("run " + times, nodes.there.ask("text", 12));
                nodes.redis.restart();
                nodes.awaitWhole();
            }
            awaitCommits(commits, run);
            over.set(true);
            run.get();
        } finally {
            over.set(true);
            thread.shutdownNow();
        }
        String last = "run " + commits.get();
        assertTrue(nodes.there.ask("names", "GAME").endsWith(", " + last + "]"));
        TwoNodes.staleReads(last, () -> nodes.there.ask("name", 2));
        nodes.here.rename(2, "product 2");
    }

    private static void awaitCommits(AtomicInteger commits, Future<?> run) {
        int enough = commits.get() + COMMITS;
        TwoNodes.await(() -> commits.get() >= enough || run.isDone());
    }
}
