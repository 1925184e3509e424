package io.github.tieredjcache.internal.remote;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.Crew;
import io.github.tieredjcache.internal.stats.Latencies;
import io.github.tieredjcache.internal.stats.Statistics;
import io.github.tieredjcache.testkit.RedisCluster;
import io.github.tieredjcache.testkit.RedisServer;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Connections to nodes of a Redis Cluster. */
class ClusterStreamIT {
    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    private static final Latencies UNTIMED = new Statistics(System::nanoTime, false).latencies();

    private final RedisCluster redis = RedisCluster.start(2, 0);
    private final Door door = door(redis.uri());
    private final HashSlot slot = HashSlot.of(KeySpace.hashTag("n", "c"));

    @AfterEach
    void closes() {
        door.close();
        redis.close();
    }

    private static Door door(String uri) {
        return new Door(new RedisAccess(uri, TlsFiles.NONE, null).forCache("n", "c"), TIMEOUT, System::nanoTime);
    }

    @Test
    void onlyAnAnswerThatIsAboutAKeyProvesThatItsChangesAreAnnounced() {
        RedisStream stream = answer(door.connect());
        Invalidations invalidations = new Invalidations();
        answer(stream.track(invalidations));
        stream.beginProofs();
        answer(stream.send(Request.time()));
        answer(stream.send(Request.hello()));
        answer(stream.send(Request.scan("0", new byte[] {'*'}, 1)));
        assertFalse(isProven(invalidations));
        answer(stream.requireSlot());
        assertTrue(isProven(invalidations));
    }

    @Test
    void aServerThatHasLostTheSlotProvesNothing() {
        RedisStream stream = answer(door.connect());
        Invalidations invalidations = new Invalidations();
        answer(stream.track(invalidations));
        stream.beginProofs();
        Queue<String> heard = new ConcurrentLinkedQueue<>();
        stream.onElsewhere(failure -> heard.add(Faults.describe(failure)));
        RedisServer to = redis.other(redis.owner(slot.number()));
        redis.move(slot.number(), to);
        assertThrows(CompletionException.class, () -> stream.requireSlot().join());
        assertFalse(isProven(invalidations));
        assertEquals(List.of("MOVED " + slot.number() + " 127.0.0.1:" + to.port()), List.copyOf(heard));
    }

    @Test
    void whoIsConnectedToIsTheOwner() {
        for (int i = 0; i < 4; i++) {
            RedisServer owner = redis.owner(slot.number());
            answer(answer(door.connect()).requireSlot());
            assertEquals(owner.port(), door.found().port());
            redis.move(slot.number(), redis.other(owner));
        }
    }

    @Test
    void theSecondConnectionFollowsToo() {
        try (RemoteClient client = client()) {
            client.callAside(Request.get(slot.key()));
            redis.move(slot.number(), redis.other(redis.owner(slot.number())));
            client.callAside(Request.get(slot.key()));
        }
    }

    private RemoteClient client() {
        RedisAccess access = new RedisAccess(redis.uri(), TlsFiles.NONE, null).forCache("n", "c");
        return new RemoteClients(System::nanoTime).acquire(new RemoteOptions(access, TIMEOUT, TIMEOUT), UNTIMED);
    }

    /** By one node's answer all are known; and when no more than one of six answers, the others have their turn. */
    @Test
    void nodesThatAreNotNamedAreFound() {
        int masters = redis.masters().size();
        for (RedisServer each : redis.masters()) {
            StringBuilder uri = new StringBuilder("redis-cluster://");
            for (int i = 1; i <= ClusterNodes.ASKED_MAX; i++) {
                uri.append("127.0.0.1:").append(i).append(',');
            }
            Door another = door(uri.append("127.0.0.1:").append(each.port()).toString());
            try {
                // None of the first six is there.
                assertThrows(CompletionException.class, () -> another.connect().join());
                assertEquals(
                        redis.owner(slot.number()).port(),
                        connected(another, masters).port());
            } finally {
                another.close();
            }
        }
    }

    private static Master connected(Door door, int attemptsMax) {
        for (int i = 0; i < attemptsMax; i++) {
            try {
                door.connect().join();
                return door.found();
            } catch (CompletionException e) {
                // It is the turn of the next ones.
            }
        }
        throw new AssertionError("not connected in " + attemptsMax + " attempts");
    }

    private static boolean isProven(Invalidations invalidations) {
        return invalidations.proof().holdsWithin(TimeUnit.HOURS.toNanos(1), System.nanoTime());
    }

    private static <T> T answer(CompletableFuture<T> question) {
        Crew.until(question::isDone);
        return question.join();
    }
}
