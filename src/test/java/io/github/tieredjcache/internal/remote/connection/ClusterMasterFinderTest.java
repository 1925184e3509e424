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
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
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
        CompletableFuture<Master> master = finder.master(SLOT, false);
        assertFalse(master.isDone(), "the third may know a newer owner");
        replies.get(node(2)).complete(owner(0, 5));
        assertEquals(new Master("h1", 7001, 6), master.join());
    }

    @Test
    void aSilentNodeIsNotWaitedForOnceAnotherHasReplied() {
        ClusterMasterFinder finder = nodes(2);
        replies.put(node(0), new CompletableFuture<>());
        replies.put(node(1), CompletableFuture.completedFuture(owner(1, 1)));
        assertEquals(new Master("h1", 7001, 1), finder.master(SLOT, false).join());
    }

    @Test
    void theNodeThatAMovedErrorNamesIsQueried() {
        ClusterMasterFinder finder = nodes(10);
        for (int i = 0; i < 9; i++) {
            replies.put(node(i), CompletableFuture.completedFuture(owner(0, 5)));
        }
        replies.put(node(9), CompletableFuture.completedFuture(owner(9, 6)));
        assertEquals(new Master("h0", 7000, 5), finder.master(SLOT, false).join());
        finder.onRedirection(new RedisCommandExecutionException("MOVED 7 h9:7009"));
        assertEquals(new Master("h9", 7009, 6), finder.master(SLOT, false).join());
        finder.onRedirection(new RedisCommandExecutionException("CLUSTERDOWN Hash slot not served"));
        assertEquals(new Master("h9", 7009, 6), finder.master(SLOT, false).join());
    }

    @Test
    void aBoundedNumberOfNodesIsQueriedAtATimeAndAllInTurn() {
        ClusterMasterFinder finder = nodes(10);
        for (int i = 0; i < 2; i++) {
            assertThrows(
                    CompletionException.class, () -> finder.master(SLOT, false).join());
            assertEquals((i + 1) * ClusterMasterFinder.QUERIED_MAX, queried.size());
        }
        assertTrue(queried.containsAll(
                IntStream.range(0, 10).mapToObj(ClusterMasterFinderTest::node).toList()));
    }

    @Test
    void aNodeThatAReplyNamedIsQueriedWhenTheSeedsAreGone() {
        ClusterMasterFinder finder = nodes(1);
        replies.put(node(0), CompletableFuture.completedFuture(owner(3, 1)));
        assertEquals(new Master("h3", 7003, 1), finder.master(SLOT, false).join());
        replies.remove(node(0));
        replies.put(node(3), CompletableFuture.completedFuture(owner(4, 2)));
        assertEquals(new Master("h4", 7004, 2), finder.master(SLOT, false).join());
    }

    @Test
    void aNodeThatHasLeftTheClusterIsNotQueriedAgain() {
        ClusterMasterFinder finder = nodes(1);
        replies.put(node(0), CompletableFuture.completedFuture(owner(0, 1) + owner(1, 1)));
        assertEquals(1, finder.master(SLOT, false).join().term());
        replies.put(node(0), CompletableFuture.completedFuture(owner(0, 2) + owner(2, 2)));
        // Alone after CLUSTER RESET.
        replies.put(node(1), CompletableFuture.completedFuture("id h1:7001@1 myself,master - 0 0 0 connected\n"));
        replies.put(node(2), CompletableFuture.completedFuture(owner(0, 2) + owner(2, 2)));
        assertEquals(2, finder.master(SLOT, false).join().term());
        queried.clear();
        assertEquals(2, finder.master(SLOT, false).join().term());
        assertEquals(Set.of(node(0), node(2)), Set.copyOf(queried));
    }

    /** A seed that left knows itself at most, or nodes that have left as well. */
    @Test
    void aSeedThatHasLeftTheClusterDoesNotMakeTheOthersUnknown() {
        ClusterMasterFinder finder = nodes(1);
        replies.put(node(0), CompletableFuture.completedFuture(owner(0, 1) + owner(1, 1)));
        replies.put(node(1), CompletableFuture.completedFuture(owner(1, 2)));
        assertEquals(1, finder.master(SLOT, false).join().term());
        replies.put(node(0), CompletableFuture.completedFuture("id h0:7000@1 myself,master - 0 0 0 connected\n"));
        assertEquals(2, finder.master(SLOT, false).join().term());
        replies.remove(node(1));
        CompletableFuture<Master> failed = finder.master(SLOT, false);
        assertThrows(CompletionException.class, failed::join);
        replies.put(node(1), CompletableFuture.completedFuture(owner(1, 3)));
        assertEquals(3, finder.master(SLOT, false).join().term());
    }

    @Test
    void callsJoinAQueryThatHasJustBegun() {
        ClusterMasterFinder finder = nodes(1);
        CompletableFuture<String> reply = new CompletableFuture<>();
        replies.put(node(0), reply);
        CompletableFuture<Master> first = finder.master(SLOT, false);
        nanos.addAndGet(ClusterMasterFinder.JOINABLE.toNanos());
        CompletableFuture<Master> joined = finder.master(HashSlot.of("other"), false);
        assertEquals(1, queried.size());
        nanos.incrementAndGet();
        CompletableFuture<Master> late = finder.master(SLOT, false);
        assertEquals(2, queried.size(), "the reply to the first query may be outdated");
        reply.complete(owner(0, 1));
        assertEquals(new Master("h0", 7000, 1), first.join());
        assertEquals(first.join(), joined.join());
        assertEquals(first.join(), late.join());
        finder.master(SLOT, false).join();
        assertEquals(3, queried.size(), "no first attempt joins a query that has its replies");
    }

    /** An attempt that follows a failed one makes do with older replies, unless a MOVED error has named a new master since. */
    @Test
    void theSlotsOfADeadMasterDoNotQueryAgainAndAgain() {
        ClusterMasterFinder finder = nodes(3);
        IntStream.range(0, 3).forEach(i -> replies.put(node(i), CompletableFuture.completedFuture(owner(0, 5))));
        for (int millis = 0; millis < 1_000; millis += 10) {
            for (int slot = 0; slot < 64; slot++) {
                finder.master(HashSlot.of("tag" + slot), true).join();
                finder.onRedirection(new RedisCommandExecutionException("ASK 7 h1:7001"));
                finder.onRedirection(new RedisCommandExecutionException("CLUSTERDOWN Hash slot not served"));
            }
            nanos.addAndGet(TimeUnit.MILLISECONDS.toNanos(10));
        }
        assertEquals(4 * 3, queried.size(), "one query each 250 ms");
        replies.put(node(1), CompletableFuture.completedFuture(owner(1, 6)));
        finder.onRedirection(new RedisCommandExecutionException("MOVED 7 h1:7001"));
        assertEquals(new Master("h1", 7001, 6), finder.master(SLOT, true).join());
    }

    /** So does a slot that no node serves. */
    @Test
    void theSlotsWithoutAMasterDoNotQueryAgainAndAgain() {
        ClusterMasterFinder finder = nodes(1);
        replies.put(node(0), CompletableFuture.completedFuture("id h0:7000@1 master - 0 0 1 connected 0\n"));
        for (int slot = 0; slot < 64; slot++) {
            CompletableFuture<Master> master = finder.master(HashSlot.of("tag" + slot), true);
            assertThrows(CompletionException.class, master::join);
        }
        assertEquals(1, queried.size());
    }

    /** So that the nodes of a fleet do not all query the same servers. */
    @Test
    void whichNodesAreQueriedFirstDependsOnTheTurn() {
        Set<List<Node>> all = new HashSet<>();
        for (int turn : new int[] {Integer.MIN_VALUE, -1, 0, 1, Integer.MAX_VALUE}) {
            queried.clear();
            var unused = nodes(50, turn).master(SLOT, false);
            assertEquals(ClusterMasterFinder.QUERIED_MAX, Set.copyOf(queried).size());
            all.add(List.copyOf(queried));
        }
        assertEquals(5, all.size());
    }

    @Test
    void theNewMastersOfSeveralSlotsAreQueried() {
        ClusterMasterFinder finder = nodes(10);
        for (int i = 6; i < 10; i++) {
            finder.onRedirection(new RedisCommandExecutionException("MOVED 7 h" + i + ":700" + i));
        }
        finder.onRedirection(new RedisCommandExecutionException("MOVED 8 h7:7007"));
        var unused = finder.master(SLOT, false);
        assertEquals(List.of(node(8), node(9), node(7), node(0), node(1), node(2)), queried);
    }

    /** The reply to the earlier query may not know of the move; and a failed attempt to connect is an outage. */
    @Test
    void noCallJoinsAQueryThatBeganBeforeARedirection() {
        ClusterMasterFinder finder = nodes(1);
        replies.put(node(0), new CompletableFuture<>());
        CompletableFuture<Master> before = finder.master(SLOT, false);
        finder.onRedirection(new RedisCommandExecutionException("MOVED 7 h9:7009"));
        replies.put(node(9), CompletableFuture.completedFuture(owner(9, 6)));
        CompletableFuture<Master> after = finder.master(SLOT, false);
        replies.get(node(0)).complete(owner(0, 5));
        assertEquals(new Master("h0", 7000, 5), before.join());
        assertEquals(new Master("h9", 7009, 6), after.join());
    }

    @Test
    void aSlotWithoutAMasterIsNamed() {
        ClusterMasterFinder finder = nodes(1);
        replies.put(node(0), CompletableFuture.completedFuture("id h0:7000@1 master - 0 0 1 connected 0\n"));
        String message = assertThrows(
                        CompletionException.class,
                        () -> finder.master(SLOT, false).join())
                .getCause()
                .getMessage();
        assertTrue(message.contains("knows a master of slot " + SLOT.number()), message);
    }

    @Test
    void aNodeThatIsInNoClusterIsReportedAsSuchAndNotTakenForAnAnswer() {
        ClusterMasterFinder finder = nodes(2);
        replies.put(node(0), CompletableFuture.completedFuture("id h0:7000@1 myself,master - 0 0 0 connected\n"));
        CompletableFuture<String> other = new CompletableFuture<>();
        replies.put(node(1), other);
        CompletableFuture<Master> master = finder.master(SLOT, false);
        other.complete(owner(1, 1));
        assertEquals(new Master("h1", 7001, 1), master.join());
        replies.put(node(1), replies.get(node(0)));
        String message = assertThrows(
                        CompletionException.class,
                        () -> finder.master(SLOT, false).join())
                .getCause()
                .getMessage();
        assertTrue(message.contains("has left it; name nodes of the cluster in redis.uri"), message);
    }

    @Test
    void aServerWithoutClusterSupportIsReportedAsSuch() {
        ClusterMasterFinder finder = nodes(1);
        replies.put(
                node(0),
                CompletableFuture.failedFuture(
                        new RedisCommandExecutionException("ERR This instance has cluster support disabled")));
        Throwable why = assertThrows(
                        CompletionException.class,
                        () -> finder.master(SLOT, false).join())
                .getCause();
        assertTrue(
                why instanceof ExceptionTranslator.UnusableException unusable && unusable.isLasting(),
                String.valueOf(why));
    }

    private ClusterMasterFinder nodes(int seeds) {
        return nodes(seeds, 0);
    }

    private ClusterMasterFinder nodes(int seeds, int turn) {
        return new ClusterMasterFinder(
                IntStream.range(0, seeds)
                        .mapToObj(ClusterMasterFinderTest::node)
                        .toList(),
                turn,
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
