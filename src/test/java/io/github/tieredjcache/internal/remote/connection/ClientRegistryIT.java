package io.github.tieredjcache.internal.remote.connection;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.Crew;
import io.github.tieredjcache.OutcomeUnknownException;
import io.github.tieredjcache.RemoteUnavailableException;
import io.github.tieredjcache.faults.Covers;
import io.github.tieredjcache.faults.FaultRow;
import io.github.tieredjcache.internal.coherence.FillTicket;
import io.github.tieredjcache.internal.model.Lifetime;
import io.github.tieredjcache.internal.model.Mutation;
import io.github.tieredjcache.internal.model.Precondition;
import io.github.tieredjcache.internal.port.TierOfRecord;
import io.github.tieredjcache.internal.remote.record.RedisTierOfRecord;
import io.github.tieredjcache.internal.remote.record.RemoteFixture;
import io.github.tieredjcache.internal.remote.wire.Flush;
import io.github.tieredjcache.internal.remote.wire.KeySpace;
import io.github.tieredjcache.internal.remote.wire.RedisCommand;
import io.github.tieredjcache.internal.stats.Latencies;
import io.github.tieredjcache.internal.stats.Statistics;
import io.github.tieredjcache.testkit.FaultProxy;
import io.github.tieredjcache.testkit.RedisServer;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import javax.cache.CacheException;
import javax.cache.configuration.Factory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The lifecycle of the connection (shared, lost, reopened, closed) and the exceptions that callers get meanwhile. */
class ClientRegistryIT {
    private static final Latencies UNTIMED = new Statistics(System::nanoTime, false).latencies();
    private static final String PASSWORD = "s3cr%t:/@#";
    private static final Duration SHORT = Duration.ofMillis(200);

    private static final int ROUNDS = 20;
    /** Part of the line about what a server lacks. */
    private static final String LACK = " is Redis ";

    private final Log log = new Log();
    private final OwnThreads threads = new OwnThreads();

    @BeforeEach
    void listenToTheLog() {
        log.begin();
    }

    @AfterEach
    void allThreadsHaveEnded() {
        log.end();
        threads.awaitEnd();
    }

    @Test
    @Covers(FaultRow.F73)
    void usersOfOneUriShareOneConnectionAndTheLastOneClosesIt() {
        try (RedisServer redis = RedisServer.startLocal()) {
            ClientRegistry clients = new ClientRegistry(System::nanoTime);
            RemoteOptions options =
                    RemoteFixture.remoteOptions(redis.uri(), RemoteFixture.TIMEOUT, RemoteFixture.TIMEOUT);
            CommandExecutor one = clients.acquire(options, UNTIMED);
            CommandExecutor two =
                    clients.acquire(RemoteFixture.remoteOptions(redis.uri(), SHORT, RemoteFixture.TIMEOUT), UNTIMED);
            one.call(RedisCommand.time());
            two.call(RedisCommand.time());
            assertEquals(1, clients.open());
            assertEquals(1, connections(redis));

            one.close();
            one.close();
            assertThrows(CacheException.class, () -> one.call(RedisCommand.time()));
            two.call(RedisCommand.time());
            assertEquals(1, clients.open());

            two.close();
            assertEquals(0, clients.open());
            await(() -> connections(redis) == 0);
            threads.awaitEnd();

            CommandExecutor again = clients.acquire(options, UNTIMED);
            again.call(RedisCommand.time());
            again.close();
        }
    }

    @Test
    void nothingIsKeptForAnEndpointWithoutUsers() {
        try (RedisServer redis = RedisServer.startLocal()) {
            ClientRegistry clients = new ClientRegistry(System::nanoTime);
            for (String user : List.of("one", "two")) {
                redis.command("ACL", "SETUSER", user, "on", ">secret", "~*", "&*", "+@all");
                CommandExecutor executor =
                        clients.acquire(options("redis://" + user + "@127.0.0.1:" + redis.port()), UNTIMED);
                executor.call(RedisCommand.time());
                assertEquals(1, clients.retainedServers());
                executor.close();
                assertEquals(0, clients.retainedServers());
            }
        }
    }

    /**
     * 1. Redis is unavailable; an application destroys a cache, and ends. 2. It is deployed again, with a password factory of its own.
     * 3. Redis is back.
     */
    @Test
    void aPendingPurgeIsSentByTheNextClientOfTheAddressWhateverItsPasswordFactory() {
        try (RedisServer redis = RedisServer.startLocal("--requirepass", "secret")) {
            String uri = "redis://127.0.0.1:" + redis.port();
            KeySpace space = new KeySpace("test", "cache", 0);
            ClientRegistry clients = new ClientRegistry(System::nanoTime);
            redis.kill();
            try (CommandExecutor first = clients.acquire(options(uri), UNTIMED)) {
                first.addPendingPurge(space);
            }
            assertEquals(1, clients.retainedServers());
            redis.restart();
            try (CommandExecutor second = clients.acquire(options(uri), UNTIMED)) {
                awaitSuccess(() -> second.call(RedisCommand.time()));
                assertNotNull(second.call(RedisCommand.get(space.epochKey())));
            }
            assertEquals(0, clients.retainedServers());
        }
    }

    private static RemoteOptions options(String uri) {
        // The lambda captures a variable, so each call returns another instance.
        Factory<String> password = () -> uri.isEmpty() ? "" : "secret";
        return RemoteFixture.remoteOptions(
                new RedisEndpoint(uri, TlsFiles.NONE, password),
                RemoteFixture.LONG_TIMEOUT,
                RemoteFixture.LONG_TIMEOUT);
    }

    @Test
    void differentUrisHaveDifferentClients() {
        try (RedisServer one = RedisServer.startLocal();
                RedisServer two = RedisServer.startLocal()) {
            ClientRegistry clients = new ClientRegistry(System::nanoTime);
            CommandExecutor first = clients.acquire(
                    RemoteFixture.remoteOptions(one.uri(), RemoteFixture.TIMEOUT, RemoteFixture.TIMEOUT), UNTIMED);
            CommandExecutor second = clients.acquire(
                    RemoteFixture.remoteOptions(two.uri(), RemoteFixture.TIMEOUT, RemoteFixture.TIMEOUT), UNTIMED);
            assertEquals(2, clients.open());
            first.close();
            second.call(RedisCommand.time());
            second.close();
            assertEquals(0, clients.open());
        }
    }

    @Test
    void aSecondConnectionIsOpenedOnlyForIteration() {
        try (RedisServer redis = RedisServer.startLocal();
                RemoteFixture node = new RemoteFixture(redis.uri())) {
            RedisTierOfRecord<String, String> cache = node.record("cache");
            put(cache, "a");
            assertEquals(1, connections(redis));
            assertTrue(cache.entries().hasNext());
            cache.clear();
            assertEquals(2, connections(redis));
        }
    }

    @Test
    void aSilentConnectionWithoutFreePermitsIsClosed() {
        try (RedisServer redis = RedisServer.startLocal();
                FaultProxy proxy = FaultProxy.inFrontOf(redis);
                RemoteFixture node = new RemoteFixture(proxy.uri(), SHORT)) {
            CommandExecutor executor = node.executor();
            awaitSuccess(() -> executor.call(RedisCommand.time()));
            RedisConnection connection = executor.connection();
            proxy.toServer().hold();
            // Usually before the next heartbeat, which must be sent without a permit.
            for (int i = 0; i < 2 * ServerConnection.COMMANDS_MAX; i++) {
                var unused = connection.send(RedisCommand.time());
            }
            await(() -> !connection.isOpen());
            proxy.toServer().forward();
            awaitSuccess(() -> executor.call(RedisCommand.time()));
            assertTrue(
                    proxy.unansweredMost() <= ServerConnection.COMMANDS_MAX,
                    () -> proxy.unansweredMost() + " at a time");
        }
    }

    @Test
    void queriesOnTheSideConnectionWaitForPermits() throws Exception {
        try (RedisServer redis = RedisServer.startLocal();
                FaultProxy proxy = FaultProxy.inFrontOf(redis);
                RemoteFixture node = new RemoteFixture(proxy.uri(), RemoteFixture.LONG_TIMEOUT)) {
            CommandExecutor executor = node.executor();
            executor.callOnSideConnection(RedisCommand.time());
            proxy.toServer().hold();
            List<RedisCommand<List<byte[]>>> queries = Collections.nCopies(Flush.COMMANDS_MAX, RedisCommand.time());
            Crew.Member<?> first = Crew.start(() -> executor.queryAllOnSideConnection(queries));
            await(() -> proxy.unansweredMost() >= Flush.COMMANDS_MAX);
            List<Crew.Member<?>> later = List.of(
                    Crew.start(() -> executor.queryAllOnSideConnection(queries)),
                    Crew.start(() -> executor.queryOnSideConnection(connection -> RedisCommand.time())),
                    Crew.start(() -> executor.callOnSideConnection(RedisCommand.time())));
            later.forEach(Crew.Member::untilItWaits);
            proxy.toServer().forward();
            first.result();
            for (Crew.Member<?> each : later) {
                each.result();
            }
        }
    }

    @Test
    void aCallWithinTheTimeoutOfAnEarlierOneWaitsForAPermit() throws Exception {
        try (RedisServer redis = RedisServer.startLocal();
                FaultProxy proxy = FaultProxy.inFrontOf(redis);
                RemoteFixture node = new RemoteFixture(proxy.uri(), RemoteFixture.LONG_TIMEOUT)) {
            CommandExecutor executor = node.executor();
            RedisConnection connection = executor.connection();
            proxy.toServer().hold();
            for (int i = 0; i < ServerConnection.COMMANDS_MAX; i++) {
                var unused = connection.send(RedisCommand.time());
            }
            Crew.Member<?> caller =
                    Crew.start(() -> executor.callWithinTimeoutSince(RedisCommand.time(), System.nanoTime()));
            caller.untilItWaits();
            proxy.toServer().forward();
            caller.result();
        }
    }

    @Test
    void aCommandThatWasNotSentIsRetriedOnTheNextConnection() {
        try (RedisServer redis = RedisServer.startLocal();
                RemoteFixture node = new RemoteFixture(redis.uri())) {
            CommandExecutor executor = node.executor();
            byte[] key = {'k'};
            RedisCommand<String> write = RedisCommand.set(key, key, Duration.ofMinutes(1));
            for (int i = 0; i < ROUNDS; i++) {
                executor.connection().close();
                assertEquals("OK", executor.call(write));
                executor.connection().close();
                assertEquals(List.of("OK", "OK"), executor.callAll(List.of(write, write)));
                executor.connection().close();
                assertEquals("OK", executor.callUninterruptibly(write));
                AtomicInteger queries = new AtomicInteger();
                List<byte[]> time = executor.queryOnSideConnection(connection -> {
                    if (queries.incrementAndGet() == 1) {
                        connection.close();
                    }
                    return RedisCommand.time();
                });
                assertEquals(2, time.size());
                assertEquals(2, queries.get());
            }
        }
    }

    @Test
    @Covers({FaultRow.F1, FaultRow.F10})
    void aRedisThatStartsLaterIsConnectedInTheBackground() {
        try (RedisServer redis = RedisServer.startLocal()) {
            redis.kill();
            try (RemoteFixture node = new RemoteFixture(redis.uri())) {
                RedisTierOfRecord<String, String> cache = node.record("cache");
                assertThrows(RemoteUnavailableException.class, () -> read(cache));
                RemoteUnavailableException known =
                        assertThrows(RemoteUnavailableException.class, () -> put(cache, "a"));
                assertFalse(known instanceof OutcomeUnknownException);
                assertTrue(known.getMessage().contains("127.0.0.1:" + redis.port()), known.getMessage());
                assertThrows(
                        RemoteUnavailableException.class, () -> cache.entries().hasNext());
                assertThrows(RemoteUnavailableException.class, () -> cache.lease("k"));
                redis.restart();
                awaitSuccess(() -> put(cache, "a"));
                assertEquals("a", read(cache));
                assertEquals(2, log.infoLines(), () -> log.lines().toString());
                assertTrue(
                        log.lines().get(1).contains("is back after"),
                        () -> log.lines().toString());
            }
        }
    }

    @Test
    void aRestartedRedisIsUsedAgain() {
        try (RedisServer redis = RedisServer.startLocal();
                RemoteFixture node = new RemoteFixture(redis.uri())) {
            RedisTierOfRecord<String, String> cache = node.record("cache");
            put(cache, "a");
            assertTrue(cache.entries().hasNext());
            redis.kill();
            await(() -> failure(() -> read(cache)) != null);
            assertInstanceOf(RemoteUnavailableException.class, failure(() -> read(cache)));
            redis.restart();
            awaitSuccess(() -> assertNull(read(cache)));
            put(cache, "b");
            assertEquals("b", read(cache));
            assertTrue(cache.entries().hasNext());
            assertEquals(2, log.infoLines(), () -> log.lines().toString());
        }
    }

    @Test
    @Covers(FaultRow.F17)
    void callersWaitForTheReconnectionAfterALostConnection() {
        try (RedisServer redis = RedisServer.startLocal();
                RemoteFixture node = new RemoteFixture(redis.uri())) {
            RedisTierOfRecord<String, String> cache = node.record("cache");
            put(cache, "a");
            for (int i = 0; i < 5; i++) {
                redis.number("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes");
                // At most the call in flight is lost.
                awaitSuccess(() -> assertEquals("a", read(cache)));
                assertDoesNotThrow(() -> put(cache, "a"));
            }
        }
    }

    @Test
    void aFrozenRedisCostsACallerItsTimeoutAndTheOutcomeOfAChangeIsUnknown() {
        try (RedisServer redis = RedisServer.startLocal();
                RemoteFixture node = new RemoteFixture(redis.uri(), SHORT)) {
            RedisTierOfRecord<String, String> cache = node.record("cache");
            awaitSuccess(() -> put(cache, "a"));
            redis.pause();
            RuntimeException written = failure(() -> put(cache, "b"));
            assertInstanceOf(OutcomeUnknownException.class, written);
            assertTrue(written.getMessage().contains("unknown"), written.getMessage());
            // Nothing has arrived during the timeout, so no other call waits.
            RuntimeException read = failure(() -> read(cache));
            assertInstanceOf(RemoteUnavailableException.class, read);
            assertFalse(read instanceof OutcomeUnknownException);
            assertFalse(failure(() -> cache.lease("k")) instanceof OutcomeUnknownException);
            redis.resume();
            awaitSuccess(() -> assertNotNull(read(cache)));
            awaitSuccess(() -> cache.lease("k").release());
        }
    }

    @Test
    @Covers({FaultRow.F14, FaultRow.F15})
    void noCallWaitsForARedisThatStaysFrozen() {
        try (RedisServer redis = RedisServer.startLocal();
                RemoteFixture node = new RemoteFixture(redis.uri(), SHORT)) {
            RedisTierOfRecord<String, String> cache = node.record("cache");
            awaitSuccess(() -> put(cache, "a"));
            redis.pause();
            await(() -> {
                RuntimeException failure = failure(() -> read(cache));
                return failure != null && failure.getMessage().contains("has been unavailable for");
            });
            RuntimeException written = failure(() -> put(cache, "b"));
            assertFalse(written instanceof OutcomeUnknownException, () -> written.toString());
            redis.resume();
            awaitSuccess(() -> assertEquals("a", read(cache)));
        }
    }

    @Test
    @Covers(FaultRow.F7)
    void theOutcomeOfAChangeInFlightIsUnknownWhenTheConnectionIsLost() throws Exception {
        try (RedisServer redis = RedisServer.startLocal();
                FaultProxy proxy = FaultProxy.inFrontOf(redis);
                RemoteFixture node = new RemoteFixture(proxy.uri(), Duration.ofMinutes(2));
                RemoteFixture onlooker = new RemoteFixture(redis.uri())) {
            RedisTierOfRecord<String, String> cache = node.record("cache");
            put(cache, "a");
            proxy.fromServer().drop();
            Crew.Member<RuntimeException> writing = Crew.start(() -> failure(() -> put(cache, "b")));
            RedisTierOfRecord<String, String> there = onlooker.record("cache");
            // The command must have been sent: the outcome of an unsent command is known.
            Crew.until(() -> "b".equals(read(there)));
            redis.kill();
            proxy.reset();
            assertInstanceOf(OutcomeUnknownException.class, writing.result());
        }
    }

    @Test
    @Covers({FaultRow.F38, FaultRow.F103})
    void aPasswordIsSentAndNeverShown() {
        String encoded = "s3cr%25t%3A%2F%40%23";
        try (RedisServer redis = RedisServer.startLocal("--requirepass", PASSWORD)) {
            String address = "127.0.0.1:" + redis.port();
            RemoteOptions right = RemoteFixture.remoteOptions(
                    "redis://:" + encoded + "@" + address, RemoteFixture.TIMEOUT, RemoteFixture.TIMEOUT);
            try (CommandExecutor executor = new ClientRegistry(System::nanoTime).acquire(right, UNTIMED)) {
                executor.call(RedisCommand.time());
                assertHidden(executor.address().toString());
                assertHidden(right.toString());
            }
            for (String uri : List.of(
                    "redis://:" + encoded + "1@" + address,
                    "redis://nobody:" + encoded + "@" + address,
                    "redis://" + address,
                    "redis://:" + encoded + "@127.0.0.1:1",
                    "redis://:" + encoded + "@host.invalid:" + redis.port())) {
                RemoteOptions wrong = RemoteFixture.remoteOptions(uri, RemoteFixture.TIMEOUT, RemoteFixture.TIMEOUT);
                try (CommandExecutor executor = new ClientRegistry(System::nanoTime).acquire(wrong, UNTIMED)) {
                    RuntimeException failure = failure(() -> executor.call(RedisCommand.time()));
                    assertInstanceOf(RemoteUnavailableException.class, failure);
                    assertHidden(withCauses(failure));
                    RuntimeException again = failure(() -> executor.call(RedisCommand.time()));
                    assertHidden(withCauses(again));
                }
            }
            assertFalse(log.lines().isEmpty());
            log.lines().forEach(ClientRegistryIT::assertHidden);
        }
    }

    @Test
    @Covers(FaultRow.F103)
    void aUriThatLettuceRefusesIsNotQuoted() {
        ClientRegistry clients = new ClientRegistry(System::nanoTime);
        for (String uri : List.of(
                "redis://:" + PASSWORD + "@host:6379",
                "nonsense://:s3cr%25t@host",
                "redis://:s3cr%25t@host:6379?timeout=s3cr%25t",
                "s3cr%25t")) {
            RuntimeException failure = failure(
                    () -> clients.acquire(RemoteFixture.remoteOptions(uri, SHORT, RemoteFixture.TIMEOUT), UNTIMED)
                            .close());
            if (failure != null) {
                assertInstanceOf(IllegalArgumentException.class, failure);
                assertHidden(withCauses(failure));
            }
        }
        assertEquals(0, clients.open());
    }

    @Test
    void whatTheServerLacksIsReportedOnceIfItLacksAnything() {
        try (RedisServer redis = RedisServer.startLocal();
                FaultProxy proxy = FaultProxy.inFrontOf(redis);
                RemoteFixture node = new RemoteFixture(proxy.uri())) {
            RedisTierOfRecord<String, String> cache = node.record("cache");
            for (int i = 0; i < 3; i++) {
                awaitSuccess(() -> put(cache, "a"));
                proxy.reset();
            }
            awaitSuccess(() -> put(cache, "b"));
            boolean isOld = String.valueOf(redis.command("INFO", "server")).contains("redis_version:6.2.");
            List<String> reports =
                    log.lines().stream().filter(line -> line.contains(LACK)).toList();
            assertEquals(isOld ? 1 : 0, reports.size(), reports::toString);
        }
    }

    @Test
    void noExceptionOfLettuceReachesACaller() {
        try (RedisServer redis = RedisServer.startLocal();
                RemoteFixture node = new RemoteFixture(redis.uri(), SHORT)) {
            RedisTierOfRecord<String, String> cache = node.record("cache");
            awaitSuccess(() -> put(cache, "a"));
            redis.pause();
            RuntimeException frozen = failure(() -> read(cache));
            redis.kill();
            RuntimeException dead = failure(() -> read(cache));
            for (RuntimeException each : List.of(frozen, dead)) {
                for (Throwable cause = each; cause != null; cause = cause.getCause()) {
                    assertFalse(cause.getClass().getName().startsWith("io.lettuce"), cause::toString);
                    assertFalse(cause.getClass().getName().startsWith("io.netty.util"), cause::toString);
                }
            }
        }
    }

    private static void put(TierOfRecord<String, String> cache, String value) {
        cache.apply(new Mutation<>("k", Precondition.ALWAYS, value, Lifetime.ETERNAL, Lifetime.ETERNAL, false, false));
    }

    private static String read(TierOfRecord<String, String> cache) {
        var entry = cache.read("k", new FillTicket(0), Lifetime.UNCHANGED).entry();
        return entry == null ? null : entry.value();
    }

    /** Returns the number of connections to the server without the one that runs this command. */
    private static long connections(RedisServer redis) {
        return redis.command("CLIENT", "LIST").lines().count() - 1;
    }

    private static RuntimeException failure(Runnable operation) {
        try {
            operation.run();
            return null;
        } catch (RuntimeException e) {
            return e;
        }
    }

    private static String withCauses(Throwable failure) {
        StringWriter text = new StringWriter();
        failure.printStackTrace(new PrintWriter(text));
        return text.toString();
    }

    private static void assertHidden(String text) {
        assertFalse(text.contains("s3cr"), text);
    }

    private static void awaitSuccess(Runnable operation) {
        await(() -> failure(operation) == null);
    }

    private static void await(BooleanSupplier condition) {
        long startNanos = System.nanoTime();
        while (!condition.getAsBoolean()) {
            assertTrue(
                    System.nanoTime() - startNanos < TimeUnit.SECONDS.toNanos(60), "the condition did not become true");
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
        }
    }

    /** The log of the remote tier. */
    private static final class Log extends Handler {
        private static final Logger LOGGER = Logger.getLogger("io.github.tieredjcache.remote");
        private final ConcurrentLinkedQueue<String> lines = new ConcurrentLinkedQueue<>();
        private final SimpleFormatter formatter = new SimpleFormatter();
        private final AtomicInteger infoLines = new AtomicInteger();

        void begin() {
            LOGGER.setLevel(Level.ALL);
            LOGGER.setUseParentHandlers(false);
            LOGGER.addHandler(this);
        }

        void end() {
            LOGGER.removeHandler(this);
            LOGGER.setUseParentHandlers(true);
            LOGGER.setLevel(null);
        }

        List<String> lines() {
            return List.copyOf(lines);
        }

        /** Returns the number of lines at level INFO or above, without those about what the server lacks. */
        int infoLines() {
            return infoLines.get();
        }

        @Override
        public void publish(LogRecord line) {
            String text = formatter.formatMessage(line);
            if (line.getLevel().intValue() >= Level.INFO.intValue() && !text.contains(LACK)) {
                infoLines.incrementAndGet();
            }
            lines.add(text);
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    }
}
