package io.github.tieredjcache.internal.remote.connection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.Crew;
import io.github.tieredjcache.FakeClock;
import io.github.tieredjcache.internal.coherence.FillTicket;
import io.github.tieredjcache.internal.coherence.InvalidationListener;
import io.github.tieredjcache.internal.coherence.TrackingGeneration;
import io.github.tieredjcache.internal.remote.record.RemoteFixture;
import io.github.tieredjcache.internal.remote.tracking.TrackedKeys;
import io.github.tieredjcache.internal.remote.wire.HashSlot;
import io.github.tieredjcache.internal.remote.wire.RedisCommand;
import io.github.tieredjcache.internal.stats.Latencies;
import io.github.tieredjcache.internal.stats.Statistics;
import io.github.tieredjcache.internal.support.NanoClock;
import io.github.tieredjcache.testkit.RedisCluster;
import io.github.tieredjcache.testkit.RedisServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The connections of the caches of one node to the masters of a cluster. */
class SharedConnectionIT {
    private static final Latencies UNTIMED = new Statistics(System::nanoTime, false).latencies();
    private static final int CACHES = 50;
    private static RedisCluster redis;

    private final List<ConnectionFactory> factories = new ArrayList<>();
    private final RemoteOptions any = options("any");

    @BeforeAll
    static void starts() {
        redis = RedisCluster.start(3, 0);
    }

    @AfterEach
    void closes() {
        factories.forEach(ConnectionFactory::close);
    }

    @AfterAll
    static void ends() {
        redis.close();
    }

    @Test
    void manyCachesHaveTwoConnectionsToAMaster() {
        ClientRegistry clients = new ClientRegistry(System::nanoTime);
        List<CommandExecutor> executors = new ArrayList<>();
        try {
            for (int i = 0; i < CACHES; i++) {
                RemoteOptions options = options("cache" + i);
                CommandExecutor executor = clients.acquire(options, UNTIMED);
                executors.add(executor);
                byte[] key = HashSlot.of(options.endpoint().hashTag()).key();
                executor.call(RedisCommand.get(key));
                executor.callOnSideConnection(RedisCommand.get(key));
            }
            // The lookups of masters have connections of their own, which end with the reply.
            redis.masters().forEach(each -> Crew.until(() -> connections(each) <= 2));
            redis.masters().forEach(each -> assertEquals(2, connections(each)));
        } finally {
            executors.forEach(CommandExecutor::close);
        }
        redis.masters().forEach(each -> Crew.until(() -> connections(each) == 0));
    }

    @Test
    void aClosedFactoryLeavesNoTaskOnTheThreadsOfTheOthers() throws Exception {
        ServerConnections servers = servers();
        AtomicInteger ofClosed = new AtomicInteger();
        AtomicInteger ofOpen = new AtomicInteger();
        ConnectionFactory closed = factory(servers, "closed");
        closed.onThreadEvery(Duration.ofMillis(1), ofClosed::incrementAndGet);
        factory(servers, "open").onThreadEvery(Duration.ofMillis(1), ofOpen::incrementAndGet);
        Crew.until(() -> ofClosed.get() > 0 && ofOpen.get() > 0);
        closed.close();
        // A run that had begun has ended then.
        closed.thread().submit(() -> {}).get();
        int runs = ofClosed.get();
        int others = ofOpen.get();
        Crew.until(() -> ofOpen.get() > others + 100);
        assertEquals(runs, ofClosed.get());
    }

    @Test
    void theEndOfOneUserLeavesTheConnectionToTheOthers() {
        ServerConnections servers = servers();
        RedisConnection one = connect(servers, "one");
        RedisConnection same = connect(servers, "one");
        one.close();
        assertFalse(one.isOpen());
        assertTrue(same.isOpen());
        await(same.requireSlot());
        assertTrue(one.requireSlot().isCompletedExceptionally(), "an ended connection sends nothing");
    }

    /** Else a caller that joined a query in flight would wait for a frozen server as long as another user does. */
    @Test
    void theEndOfOneUserFailsItsCommandsInFlightAndNoOthers() {
        ServerConnections servers = servers();
        RedisConnection one = connect(servers, "one");
        RedisConnection same = connect(servers, "one");
        RedisServer owner = redis.owner(HashSlot.of("n:one").number());
        owner.pause();
        try {
            CompletableFuture<?> failing = one.requireSlot();
            CompletableFuture<?> waiting = same.requireSlot();
            one.close();
            assertTrue(failing.isCompletedExceptionally());
            assertFalse(waiting.isDone());
            owner.resume();
            await(waiting);
            await(same.requireSlot());
        } finally {
            owner.resume();
        }
    }

    /** A master that has lost a slot still tells the time, and replies about its other slots. */
    @Test
    void onlyAReplyAboutItsOwnHashTagProvesTheCopiesOfAUser() {
        ServerConnections servers = servers();
        RedisConnection one = connect(servers, "one");
        RedisConnection another = connect(servers, neighbourOfOne());
        TrackedKeys ofOne = new TrackedKeys();
        TrackedKeys ofAnother = new TrackedKeys();
        await(one.track(ofOne));
        await(another.track(ofAnother));
        one.beginProofs();
        another.beginProofs();
        await(one.readTime());
        await(another.readTime());
        await(another.unusableReason());
        assertFalse(isProven(ofOne) || isProven(ofAnother));
        await(one.beat());
        assertTrue(isProven(ofOne));
        assertFalse(isProven(ofAnother));
        await(another.beat());
        assertTrue(isProven(ofAnother));
    }

    private static boolean isProven(TrackedKeys trackedKeys) {
        return trackedKeys.proof().holdsWithin(Long.MAX_VALUE, System.nanoTime());
    }

    @Test
    void theUsersOfAConnectionShareTheClockOfTheServer() {
        ServerConnections servers = servers();
        RedisConnection one = connect(servers, "one");
        RedisConnection another = connect(servers, neighbourOfOne());
        await(one.readTime());
        assertSame(one.serverClock(), another.serverClock());
        assertTrue(another.serverClock().isOver(1, System.nanoTime()));
    }

    /** The time of the server is known already, and says nothing about the slot. */
    @Test
    void aConnectionIsNotReadyIfTheServerHasLostTheHashSlotThoughTheTimeIsKnown() {
        String moving = neighbourOfOne();
        HashSlot slot = HashSlot.of("n:" + moving);
        RedisServer from = redis.owner(slot.number());
        FakeClock clock = new FakeClock();
        ServerConnections servers = servers(clock);
        await(connect(servers, "one").readTime());
        ConnectionFactory connections = factories.get(0);
        ConnectionOpener opener = new ConnectionOpener(connections, new TrackedKeys(), (connection, failure) -> {});
        redis.move(slot.number(), redis.other(from));
        RedisConnection lost = await(servers.share(new Master("127.0.0.1", from.port(), 0), slot, false));
        CompletableFuture<RedisConnection> ready = new CompletableFuture<>();
        opener.handshake(lost, ready);
        Crew.until(ready::isDone);
        CompletionException failure = assertThrows(CompletionException.class, ready::join);
        assertTrue(ExceptionTranslator.isRedirection(failure), failure::toString);
        assertFalse(lost.isOpen());
    }

    @Test
    void aRetiredConnectionGetsNoFurtherUser() {
        ServerConnections servers = servers();
        RedisConnection silent = connect(servers, "one");
        RedisServer owner = redis.owner(HashSlot.of("n:one").number());
        Crew.until(() -> connections(owner) == 1);
        silent.server().retire();
        RedisConnection next = connect(servers, "one");
        await(next.requireSlot());
        Crew.until(() -> connections(owner) == 2);
        await(silent.requireSlot());
        silent.close();
        Crew.until(() -> connections(owner) == 1);
        await(next.requireSlot());
    }

    @Test
    void theNextConnectionHasTheServerEndARetiredOneAndNoOther() {
        ServerConnections servers = servers();
        RedisConnection first = connect(servers, "one");
        RedisConnection neighbour = connect(servers, neighbourOfOne());
        ConnectionOpener opener =
                new ConnectionOpener(factories.get(0), new TrackedKeys(), (connection, failure) -> {});
        handshake(opener, first);
        // 1. The next connection shares the one to the server.
        RedisConnection same = connect(servers, "one");
        handshake(opener, same);
        await(first.requireSlot());
        await(neighbour.requireSlot());
        // 2. It does not.
        same.server().retire();
        RedisConnection next = connect(servers, "one");
        handshake(opener, next);
        Crew.until(() -> !first.isOpen() && !neighbour.isOpen() && !same.isOpen());
        await(next.requireSlot());
    }

    private static void handshake(ConnectionOpener opener, RedisConnection connection) {
        CompletableFuture<RedisConnection> ready = new CompletableFuture<>();
        opener.handshake(connection, ready);
        assertSame(connection, await(ready));
    }

    /** As after a restart of the server, which begins to count anew. */
    @Test
    void aConnectionWithTheSameNumberAndAnotherAddressIsNotEnded() {
        ServerConnections servers = servers();
        RedisConnection one = connect(servers, "one");
        await(one.track(new TrackedKeys()));
        ClientIdentity identity = await(one.server().identity());
        one.server().retire();
        RedisConnection next = connect(servers, "one");
        assertEquals(0, await(next.sendReserved(new ClientIdentity(identity.id(), "192.0.2.1:1").kill())));
        await(one.requireSlot());
        assertEquals(1, await(next.sendReserved(identity.kill())));
        Crew.until(() -> !one.isOpen());
    }

    @Test
    void theLossOfTheConnectionEndsAllItsUsers() {
        ServerConnections servers = servers();
        RedisConnection one = connect(servers, "one");
        RedisConnection same = connect(servers, "one");
        List<String> ended = new ArrayList<>();
        one.onClose(() -> ended.add("one"));
        redis.masters().forEach(each -> each.command("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes"));
        Crew.until(() -> !one.isOpen() && !same.isOpen());
        Crew.until(() -> ended.equals(List.of("one")));
        await(connect(servers, "one").requireSlot());
    }

    /** Two hash tags of one slot lead to one connection with two receivers. */
    @Test
    void eachUserReceivesTheInvalidationsOfItsOwnKeys() {
        int number = HashSlot.of("n:one").number();
        String other = neighbourOfOne();
        ServerConnections servers = servers();
        RedisConnection one = connect(servers, "one");
        RedisConnection another = connect(servers, other);
        TrackedKeys ofOne = new TrackedKeys();
        TrackedKeys ofAnother = new TrackedKeys();
        await(one.track(ofOne));
        await(another.track(ofAnother));
        FillTicket oneTicket = readKey(one, ofOne, "one");
        FillTicket anotherTicket = readKey(another, ofAnother, other);
        redis.owner(number).command("SET", "{n:" + other + "}:k", "changed");
        Crew.until(() -> !anotherTicket.isValid());
        assertTrue(oneTicket.isValid());
        redis.owner(number).command("SET", "{n:one}:k", "changed");
        Crew.until(() -> !oneTicket.isValid());
    }

    private static FillTicket readKey(RedisConnection connection, TrackedKeys trackedKeys, String cache) {
        byte[] key = ("{n:" + cache + "}:k").getBytes(java.nio.charset.StandardCharsets.US_ASCII);
        FillTicket ticket = new FillTicket(0);
        TrackingGeneration generation = new TrackingGeneration(InvalidationListener.NONE);
        trackedKeys.beginGeneration(key, generation);
        trackedKeys.watch(key, ticket, generation);
        await(connection.send(RedisCommand.get(key)));
        return ticket;
    }

    /** Returns a cache whose master is that of the cache {@code one}. */
    private static String neighbourOfOne() {
        RedisServer master = redis.owner(HashSlot.of("n:one").number());
        String other = "x0";
        for (int i = 0; redis.owner(HashSlot.of("n:" + other).number()) != master; i++) {
            other = "x" + i;
        }
        return other;
    }

    private ServerConnections servers() {
        return servers(System::nanoTime);
    }

    private ServerConnections servers(NanoClock clock) {
        return ConnectionFixture.servers(any, clock);
    }

    private RedisConnection connect(ServerConnections servers, String cache) {
        return await(factory(servers, cache).connect());
    }

    private ConnectionFactory factory(ServerConnections servers, String cache) {
        boolean isFirst = factories.isEmpty();
        ConnectionFactory factory = new ConnectionFactory(options(cache), System::nanoTime, () -> {
            assertTrue(isFirst || servers.tryShare());
            return servers;
        });
        factories.add(factory);
        return factory;
    }

    private static RemoteOptions options(String cache) {
        RedisEndpoint endpoint = new RedisEndpoint(redis.uri(), TlsFiles.NONE, null).withHashTag("n:" + cache);
        return RemoteFixture.remoteOptions(endpoint, RemoteFixture.LONG_TIMEOUT, Duration.ofMinutes(1));
    }

    /** Returns the number of connections to the server without those of the test kit and of other nodes. */
    private static long connections(RedisServer server) {
        return server.command("CLIENT", "LIST")
                .lines()
                .filter(each -> !each.contains("cmd=client"))
                .count();
    }

    private static <T> T await(CompletableFuture<T> reply) {
        Crew.until(reply::isDone);
        return reply.join();
    }
}
