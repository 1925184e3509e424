package io.github.tieredjcache.internal.remote.connection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.internal.remote.connection.ClusterTopology.Node;
import io.github.tieredjcache.internal.remote.wire.HashSlot;
import io.lettuce.core.RedisCommandExecutionException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ClusterMasterFinderTest {
    private static final HashSlot SLOT = HashSlot.of("tag");
    private static final int PORT = 7_000;

    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor();
    private final AtomicLong nanos = new AtomicLong();
    private final List<Node> queried = new ArrayList<>();
    private final Map<Node, CompletableFuture<String>> replies = new HashMap<>();

    @AfterEach
    void closes() {
        thread.shutdownNow();
    }

    @Test
    void theReplyWithTheGreatestEpochDecidesEvenIfItIsNotTheFirst() {
        ClusterMasterFinder finder = nodes(3);
        replies.put(node(0), CompletableFuture.completedFuture(owner(0, 5)));
        replies.put(node(1), CompletableFuture.completedFuture(owner(1, 6)));
        replies.put(node(2), new CompletableFuture<>());
        CompletableFuture<Master> master = finder.master(SLOT);
        assertFalse(master.isDone(), "the third may know a newer owner");
        replies.get(node(2)).complete(owner(0, 5));
        assertEquals(new Master("h1", 7001, 6), master.join());
    }

    @Test
    void aSilentNodeIsNotWaitedForOnceAnotherHasReplied() {
        ClusterMasterFinder finder = nodes(2);
        replies.put(node(0), new CompletableFuture<>());
        replies.put(node(1), CompletableFuture.completedFuture(owner(1, 1)));
        assertEquals(new Master("h1", 7001, 1), finder.master(SLOT).join());
    }

    @Test
    void theNodeThatAMovedErrorNamesIsQueried() {
        ClusterMasterFinder finder = nodes(10);
        for (int i = 0; i < 9; i++) {
            replies.put(node(i), CompletableFuture.completedFuture(owner(0, 5)));
        }
        replies.put(node(9), CompletableFuture.completedFuture(owner(9, 6)));
        assertEquals(new Master("h0", 7000, 5), finder.master(SLOT).join());
        finder.onRedirection(new RedisCommandExecutionException("MOVED 7 h9:7009"));
        assertEquals(new Master("h9", 7009, 6), finder.master(SLOT).join());
        finder.onRedirection(new RedisCommandExecutionException("CLUSTERDOWN Hash slot not served"));
        assertEquals(new Master("h9", 7009, 6), finder.master(SLOT).join());
    }

    @Test
    void aBoundedNumberOfNodesIsQueriedAtATimeAndAllInTurn() {
        ClusterMasterFinder finder = nodes(10);
        for (int i = 0; i < 2; i++) {
            assertThrows(CompletionException.class, () -> finder.master(SLOT).join());
            assertEquals((i + 1) * ClusterMasterFinder.QUERIED_MAX, queried.size());
        }
        assertTrue(queried.containsAll(
                IntStream.range(0, 10).mapToObj(ClusterMasterFinderTest::node).toList()));
    }

    @Test
    void aNodeThatAReplyNamedIsQueriedWhenTheSeedsAreGone() {
        ClusterMasterFinder finder = nodes(1);
        replies.put(node(0), CompletableFuture.completedFuture(owner(3, 1)));
        assertEquals(new Master("h3", 7003, 1), finder.master(SLOT).join());
        replies.remove(node(0));
        replies.put(node(3), CompletableFuture.completedFuture(owner(4, 2)));
        assertEquals(new Master("h4", 7004, 2), finder.master(SLOT).join());
    }

    @Test
    void callsJoinAQueryThatHasJustBegun() {
        ClusterMasterFinder finder = nodes(1);
        CompletableFuture<String> reply = new CompletableFuture<>();
        replies.put(node(0), reply);
        CompletableFuture<Master> first = finder.master(SLOT);
        nanos.addAndGet(ClusterMasterFinder.JOINABLE.toNanos());
        CompletableFuture<Master> joined = finder.master(HashSlot.of("other"));
        assertEquals(1, queried.size());
        nanos.incrementAndGet();
        CompletableFuture<Master> late = finder.master(SLOT);
        assertEquals(2, queried.size(), "the reply to the first query may be outdated");
        reply.complete(owner(0, 1));
        assertEquals(new Master("h0", 7000, 1), first.join());
        assertEquals(first.join(), joined.join());
        assertEquals(first.join(), late.join());
        finder.master(SLOT).join();
        assertEquals(3, queried.size(), "no call joins a query that has its replies");
    }

    @Test
    void theNewMastersOfSeveralSlotsAreQueried() {
        ClusterMasterFinder finder = nodes(10);
        for (int i = 6; i < 10; i++) {
            finder.onRedirection(new RedisCommandExecutionException("MOVED 7 h" + i + ":700" + i));
        }
        finder.onRedirection(new RedisCommandExecutionException("MOVED 8 h7:7007"));
        var unused = finder.master(SLOT);
        assertEquals(List.of(node(8), node(9), node(7), node(0), node(1), node(2)), queried);
    }

    /** The reply to the earlier query may not know of the move; and a failed attempt to connect is an outage. */
    @Test
    void noCallJoinsAQueryThatBeganBeforeARedirection() {
        ClusterMasterFinder finder = nodes(1);
        replies.put(node(0), new CompletableFuture<>());
        CompletableFuture<Master> before = finder.master(SLOT);
        finder.onRedirection(new RedisCommandExecutionException("MOVED 7 h9:7009"));
        replies.put(node(9), CompletableFuture.completedFuture(owner(9, 6)));
        CompletableFuture<Master> after = finder.master(SLOT);
        replies.get(node(0)).complete(owner(0, 5));
        assertEquals(new Master("h0", 7000, 5), before.join());
        assertEquals(new Master("h9", 7009, 6), after.join());
    }

    @Test
    void aSlotWithoutAMasterIsNamed() {
        ClusterMasterFinder finder = nodes(1);
        replies.put(node(0), CompletableFuture.completedFuture("id h0:7000@1 master - 0 0 1 connected 0\n"));
        String message = assertThrows(
                        CompletionException.class, () -> finder.master(SLOT).join())
                .getCause()
                .getMessage();
        assertTrue(message.contains("knows a master of slot " + SLOT.number()), message);
    }

    @Test
    void aServerWithoutClusterSupportIsReportedAsSuch() {
        ClusterMasterFinder finder = nodes(1);
        replies.put(
                node(0),
                CompletableFuture.failedFuture(
                        new RedisCommandExecutionException("ERR This instance has cluster support disabled")));
        Throwable why = assertThrows(
                        CompletionException.class, () -> finder.master(SLOT).join())
                .getCause();
        assertTrue(
                why instanceof ExceptionTranslator.UnusableException unusable && unusable.isLasting(),
                String.valueOf(why));
    }

    private ClusterMasterFinder nodes(int seeds) {
        return new ClusterMasterFinder(
                IntStream.range(0, seeds)
                        .mapToObj(ClusterMasterFinderTest::node)
                        .toList(),
                false,
                node -> {
                    queried.add(node);
                    return replies.getOrDefault(
                            node, CompletableFuture.failedFuture(new IllegalStateException("gone")));
                },
                new ExceptionTranslator(
                        RedisUri.parse("redis-cluster://h0:7000").address()),
                nanos::get,
                thread);
    }

    private static Node node(int number) {
        return new Node("h" + number, PORT + number);
    }

    private static String owner(int number, int epoch) {
        return "id h" + number + ":" + (PORT + number) + "@1 master - 0 0 " + epoch + " connected 0-16383\n";
    }
}
