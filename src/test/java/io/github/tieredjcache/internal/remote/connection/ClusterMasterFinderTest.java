package io.github.tieredjcache.internal.remote.connection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.internal.remote.connection.ClusterTopology.Node;
import io.lettuce.core.RedisCommandExecutionException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ClusterMasterFinderTest {
    private static final int SLOT = 7;
    private static final int PORT = 7_000;

    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor();
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
        CompletableFuture<Master> master = finder.master();
        assertFalse(master.isDone(), "the third may know a newer owner");
        replies.get(node(2)).complete(owner(0, 5));
        assertEquals(new Master("h1", 7001, 6), master.join());
    }

    @Test
    void aSilentNodeIsNotWaitedForOnceAnotherHasReplied() {
        ClusterMasterFinder finder = nodes(2);
        replies.put(node(0), new CompletableFuture<>());
        replies.put(node(1), CompletableFuture.completedFuture(owner(1, 1)));
        assertEquals(new Master("h1", 7001, 1), finder.master().join());
    }

    @Test
    void theNodeThatAMovedErrorNamesIsQueried() {
        ClusterMasterFinder finder = nodes(10);
        for (int i = 0; i < 9; i++) {
            replies.put(node(i), CompletableFuture.completedFuture(owner(0, 5)));
        }
        replies.put(node(9), CompletableFuture.completedFuture(owner(9, 6)));
        assertEquals(new Master("h0", 7000, 5), finder.master().join());
        finder.onRedirection(new RedisCommandExecutionException("MOVED 7 h9:7009"));
        assertEquals(new Master("h9", 7009, 6), finder.master().join());
        finder.onRedirection(new RedisCommandExecutionException("CLUSTERDOWN Hash slot not served"));
        assertEquals(new Master("h9", 7009, 6), finder.master().join());
    }

    @Test
    void aBoundedNumberOfNodesIsQueriedAtATimeAndAllInTurn() {
        ClusterMasterFinder finder = nodes(10);
        for (int i = 0; i < 2; i++) {
            assertThrows(CompletionException.class, () -> finder.master().join());
            assertEquals((i + 1) * ClusterMasterFinder.QUERIED_MAX, queried.size());
        }
        assertTrue(queried.containsAll(
                IntStream.range(0, 10).mapToObj(ClusterMasterFinderTest::node).toList()));
    }

    @Test
    void aNodeThatAReplyNamedIsQueriedWhenTheSeedsAreGone() {
        ClusterMasterFinder finder = nodes(1);
        replies.put(node(0), CompletableFuture.completedFuture(owner(3, 1)));
        assertEquals(new Master("h3", 7003, 1), finder.master().join());
        replies.remove(node(0));
        replies.put(node(3), CompletableFuture.completedFuture(owner(4, 2)));
        assertEquals(new Master("h4", 7004, 2), finder.master().join());
    }

    @Test
    void aServerWithoutClusterSupportIsReportedAsSuch() {
        ClusterMasterFinder finder = nodes(1);
        replies.put(
                node(0),
                CompletableFuture.failedFuture(
                        new RedisCommandExecutionException("ERR This instance has cluster support disabled")));
        Throwable why = assertThrows(
                        CompletionException.class, () -> finder.master().join())
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
                SLOT,
                false,
                node -> {
                    queried.add(node);
                    return replies.getOrDefault(
                            node, CompletableFuture.failedFuture(new IllegalStateException("gone")));
                },
                new ExceptionTranslator(
                        RedisUri.parse("redis-cluster://h0:7000").address()),
                thread);
    }

    private static Node node(int number) {
        return new Node("h" + number, PORT + number);
    }

    private static String owner(int number, int epoch) {
        return "id h" + number + ":" + (PORT + number) + "@1 master - 0 0 " + epoch + " connected 0-100\n";
    }
}
