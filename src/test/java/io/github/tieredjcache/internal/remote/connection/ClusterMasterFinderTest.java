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
    private final List<Node> asked = new ArrayList<>();
    private final Map<Node, CompletableFuture<String>> answers = new HashMap<>();

    @AfterEach
    void closes() {
        thread.shutdownNow();
    }

    @Test
    void theAnswerWithTheGreatestEpochCountsThoughOthersWereFirst() {
        ClusterMasterFinder nodes = nodes(3);
        answers.put(node(0), CompletableFuture.completedFuture(owner(0, 5)));
        answers.put(node(1), CompletableFuture.completedFuture(owner(1, 6)));
        answers.put(node(2), new CompletableFuture<>());
        CompletableFuture<Master> master = nodes.master();
        assertFalse(master.isDone(), "the third may know better");
        answers.get(node(2)).complete(owner(0, 5));
        assertEquals(new Master("h1", 7001, 6), master.join());
    }

    @Test
    void oneThatDoesNotAnswerIsNotWaitedForWhenAnotherHas() {
        ClusterMasterFinder nodes = nodes(2);
        answers.put(node(0), new CompletableFuture<>());
        answers.put(node(1), CompletableFuture.completedFuture(owner(1, 1)));
        assertEquals(new Master("h1", 7001, 1), nodes.master().join());
    }

    @Test
    void theNodeThatASlotIsSaidToHaveMovedToIsAsked() {
        ClusterMasterFinder nodes = nodes(10);
        for (int i = 0; i < 9; i++) {
            answers.put(node(i), CompletableFuture.completedFuture(owner(0, 5)));
        }
        answers.put(node(9), CompletableFuture.completedFuture(owner(9, 6)));
        assertEquals(new Master("h0", 7000, 5), nodes.master().join());
        nodes.heard(new RedisCommandExecutionException("MOVED 7 h9:7009"));
        assertEquals(new Master("h9", 7009, 6), nodes.master().join());
        nodes.heard(new RedisCommandExecutionException("CLUSTERDOWN Hash slot not served"));
        assertEquals(new Master("h9", 7009, 6), nodes.master().join());
    }

    @Test
    void noMoreThanSomeAreAskedAtATimeAndAllInTurn() {
        ClusterMasterFinder nodes = nodes(10);
        for (int i = 0; i < 2; i++) {
            assertThrows(CompletionException.class, () -> nodes.master().join());
            assertEquals((i + 1) * ClusterMasterFinder.ASKED_MAX, asked.size());
        }
        assertTrue(asked.containsAll(
                IntStream.range(0, 10).mapToObj(ClusterMasterFinderTest::node).toList()));
    }

    @Test
    void aNodeThatAnAnswerNamedIsAskedWhenTheNamedOnesAreGone() {
        ClusterMasterFinder nodes = nodes(1);
        answers.put(node(0), CompletableFuture.completedFuture(owner(3, 1)));
        assertEquals(new Master("h3", 7003, 1), nodes.master().join());
        answers.remove(node(0));
        answers.put(node(3), CompletableFuture.completedFuture(owner(4, 2)));
        assertEquals(new Master("h4", 7004, 2), nodes.master().join());
    }

    @Test
    void aServerWithoutAClusterIsSaidToBeOne() {
        ClusterMasterFinder nodes = nodes(1);
        answers.put(
                node(0),
                CompletableFuture.failedFuture(
                        new RedisCommandExecutionException("ERR This instance has cluster support disabled")));
        Throwable why = assertThrows(
                        CompletionException.class, () -> nodes.master().join())
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
                    asked.add(node);
                    return answers.getOrDefault(
                            node, CompletableFuture.failedFuture(new IllegalStateException("gone")));
                },
                new ExceptionTranslator(RedisAddress.of("redis-cluster://h0:7000")),
                thread);
    }

    private static Node node(int number) {
        return new Node("h" + number, PORT + number);
    }

    private static String owner(int number, int epoch) {
        return "id h" + number + ":" + (PORT + number) + "@1 master - 0 0 " + epoch + " connected 0-100\n";
    }
}
