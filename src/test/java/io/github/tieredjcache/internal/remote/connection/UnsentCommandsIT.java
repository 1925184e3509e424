package io.github.tieredjcache.internal.remote.connection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.Crew;
import io.github.tieredjcache.OutcomeUnknownException;
import io.github.tieredjcache.RemoteUnavailableException;
import io.github.tieredjcache.faults.Covers;
import io.github.tieredjcache.faults.FaultRow;
import io.github.tieredjcache.internal.model.Lifetime;
import io.github.tieredjcache.internal.model.Mutation;
import io.github.tieredjcache.internal.model.Precondition;
import io.github.tieredjcache.internal.port.InterruptedChangeException;
import io.github.tieredjcache.internal.remote.record.RedisTierOfRecord;
import io.github.tieredjcache.internal.remote.record.RemoteFixture;
import io.github.tieredjcache.internal.remote.wire.RedisCommand;
import io.github.tieredjcache.testkit.FaultProxy;
import io.github.tieredjcache.testkit.RedisServer;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisException;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.protocol.AsyncCommand;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;
import javax.cache.CacheException;
import org.junit.jupiter.api.Test;

/**
 * A command that was not sent was not applied: no exception calls its outcome unknown. A command that was sent fails
 * with another type.
 */
class UnsentCommandsIT {
    private static final ExceptionTranslator TRANSLATOR =
            new ExceptionTranslator(RedisUri.parse("redis://host").address());
    private static final byte[] KEY = {'k'};
    private static final RedisCommand<String> CHANGE = RedisCommand.set(KEY, KEY, Duration.ofMinutes(1));
    private static final Duration MINUTES = Duration.ofMinutes(2);
    private static final Duration SHORT = Duration.ofMillis(200);

    @Test
    void lettuceRefusesUnsentCommandsWithKnownMessages() {
        try (RedisServer redis = RedisServer.startLocal();
                RedisClient client = RedisClient.create(redis.uri())) {
            client.setOptions(ClientOptions.builder()
                    .autoReconnect(false)
                    .disconnectedBehavior(ClientOptions.DisconnectedBehavior.REJECT_COMMANDS)
                    .requestQueueSize(2)
                    .build());
            StatefulRedisConnection<byte[], byte[]> connection = client.connect(ByteArrayCodec.INSTANCE);
            StatefulRedisConnection<byte[], byte[]> closed = client.connect(ByteArrayCodec.INSTANCE);
            StatefulRedisConnection<byte[], byte[]> buffering = client.connect(ByteArrayCodec.INSTANCE);
            buffering.setAutoFlushCommands(false);

            assertUnsent("Request queue size exceeded", refusal(connection, 3), false);
            buffering.dispatch(List.of(CHANGE.command(), CHANGE.command()));
            assertUnsent("Command buffer size exceeded", refusal(buffering, 1), false);
            redis.kill();
            Crew.until(() -> !connection.isOpen());
            assertUnsent("Currently not connected", refusal(connection, 1), true);
            closed.close();
            assertUnsent("Connection is closed", refusal(closed, 1), true);
        }
    }

    /** Sends the given number of changes at once, and returns the failure of the first one. */
    private static Throwable refusal(StatefulRedisConnection<byte[], byte[]> connection, int count) {
        List<AsyncCommand<byte[], byte[], String>> commands =
                Stream.generate(CHANGE::command).limit(count).toList();
        if (count == 1) {
            connection.dispatch(commands.get(0));
        } else {
            connection.dispatch(commands);
        }
        return assertThrows(
                CompletionException.class,
                () -> commands.get(0).toCompletableFuture().join());
    }

    private static void assertUnsent(String text, Throwable refusal, boolean unsent) {
        assertInstanceOf(RedisException.class, ExceptionTranslator.unwrapped(refusal));
        assertTrue(ExceptionTranslator.describe(refusal).startsWith(text), ExceptionTranslator.describe(refusal));
        ExceptionTranslator.ConnectionLostException known = assertInstanceOf(
                ExceptionTranslator.ConnectionLostException.class, TRANSLATOR.translate(refusal, true));
        assertEquals(unsent, known.isUnsent());
    }

    @Test
    @Covers(FaultRow.F72)
    void afterAnInterruptTheOutcomeIsUnknownIfTheChangeWasSentAndKnownIfItWaitedForAPermit() throws Exception {
        try (RedisServer redis = RedisServer.startLocal();
                FaultProxy proxy = FaultProxy.inFrontOf(redis);
                RemoteFixture node = new RemoteFixture(proxy.uri(), MINUTES)) {
            CommandExecutor executor = node.executor();
            assertEquals("OK", executor.call(CHANGE));
            proxy.toServer().hold();
            CacheException sent = interrupted(executor);
            assertInstanceOf(InterruptedChangeException.class, sent);
            assertTrue(sent.getMessage().contains("unknown"), sent.getMessage());
            RedisConnection connection = executor.connection();
            for (int i = 0; i < ServerConnection.COMMANDS_MAX; i++) {
                var unused = connection.send(RedisCommand.time());
            }
            CacheException waiting = interrupted(executor);
            assertFalse(waiting instanceof InterruptedChangeException, waiting.toString());
            assertFalse(waiting.getMessage().contains("unknown"), waiting.getMessage());
        }
    }

    private static CacheException interrupted(CommandExecutor executor) throws Exception {
        Crew.Member<CacheException> caller = Crew.start(() -> {
            CacheException thrown = assertThrows(CacheException.class, () -> executor.call(CHANGE));
            assertTrue(Thread.currentThread().isInterrupted());
            return thrown;
        });
        caller.untilItWaits().interrupt();
        return caller.result();
    }

    @Test
    void theOutcomeOfAWriteWithoutAnEpochIsKnown() {
        try (RedisServer redis = RedisServer.startLocal();
                FaultProxy proxy = FaultProxy.inFrontOf(redis);
                RemoteFixture node = new RemoteFixture(proxy.uri(), SHORT)) {
            RedisTierOfRecord<String, String> cache = node.record("cache");
            redis.command("CONFIG", "SET", "maxmemory", "1");
            // The epoch cannot be stored, and a read needs none.
            Crew.until(() -> isAnswered(() -> cache.contains("k")));
            proxy.toServer().hold();
            RemoteUnavailableException thrown = assertThrows(
                    RemoteUnavailableException.class,
                    () -> cache.apply(new Mutation<>(
                            "k", Precondition.ALWAYS, "v", Lifetime.ETERNAL, Lifetime.ETERNAL, false, false)));
            assertFalse(thrown instanceof OutcomeUnknownException, thrown.toString());
        }
    }

    private static boolean isAnswered(Runnable operation) {
        try {
            operation.run();
            return true;
        } catch (CacheException e) {
            return false;
        }
    }
}
