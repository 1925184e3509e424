package io.github.tieredjcache.internal.remote.connection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.RemoteUnavailableException;
import io.github.tieredjcache.internal.remote.wire.RedisCommand;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import javax.cache.CacheException;
import org.junit.jupiter.api.Test;

/** Which commands of a flush are sent again, and which failure is thrown. */
class FlushRepliesTest {
    private final CacheException demoted = new ExceptionTranslator.DemotedException("moved");
    private final CacheException unsent = new ExceptionTranslator.ConnectionLostException("closed", null, true);
    private final CacheException lost = new ExceptionTranslator.ConnectionLostException("lost", null, false);
    private final CacheException refused =
            new RemoteUnavailableException(RemoteUnavailableException.Kind.REFUSAL, "refused", null);

    private final RedisCommand<String> write = RedisCommand.set(new byte[1], new byte[1], Duration.ofSeconds(1));
    private final RedisCommand<String> otherWrite = RedisCommand.set(new byte[2], new byte[2], Duration.ofSeconds(1));
    private final RedisCommand<String> read = RedisCommand.replication();
    private final Map<RedisCommand<String>, CacheException> failures = new HashMap<>();
    private final List<RedisCommand<String>> sent = new ArrayList<>();

    @Test
    void theRepliesAreInTheOrderOfTheCommands() {
        FlushReplies<String> replies = new FlushReplies<>(List.of(write, read));
        assertEquals(List.of(reply(write), reply(read)), attempt(replies));
        assertEquals(2, replies.answeredCount());
        assertFalse(replies.hasFailed());
    }

    @Test
    void onlyCommandsWithoutAReplyAreSentAgain() {
        FlushReplies<String> replies = new FlushReplies<>(List.of(write, otherWrite, read));
        failures.put(otherWrite, unsent);
        failures.put(read, lost);
        assertSame(lost, assertThrows(CacheException.class, () -> attempt(replies)));
        assertEquals(1, replies.answeredCount());
        failures.clear();
        sent.clear();
        assertEquals(List.of(reply(write), reply(otherWrite), reply(read)), attempt(replies));
        assertEquals(List.of(otherWrite, read), sent);
    }

    /** The next attempt must wait until the connection has closed, which a redirection does not say. */
    @Test
    void aLostConnectionHidesARedirection() {
        FlushReplies<String> replies = new FlushReplies<>(List.of(write, read, otherWrite));
        failures.put(write, demoted);
        failures.put(read, lost);
        failures.put(otherWrite, demoted);
        assertSame(lost, assertThrows(CacheException.class, () -> attempt(replies)));
        assertFalse(replies.hasFailed());
    }

    @Test
    void aWriteWhoseReplyWasLostFailsTheFlush() {
        FlushReplies<String> replies = new FlushReplies<>(List.of(read, write, otherWrite));
        failures.put(read, demoted);
        failures.put(write, lost);
        failures.put(otherWrite, refused);
        assertSame(lost, assertThrows(CacheException.class, () -> attempt(replies)));
        assertTrue(replies.hasFailed());
        assertEquals(0, replies.answeredCount());
    }

    private List<String> attempt(FlushReplies<String> replies) {
        return replies.await(
                commands -> {
                    sent.addAll(commands);
                    return commands.stream()
                            .map(each -> CompletableFuture.completedFuture(reply(each)))
                            .toList();
                },
                (reply, command) -> {
                    CacheException failure = failures.get(command);
                    if (failure != null) {
                        throw failure;
                    }
                    return reply.join();
                });
    }

    private static String reply(RedisCommand<String> command) {
        return "reply " + System.identityHashCode(command);
    }
}
