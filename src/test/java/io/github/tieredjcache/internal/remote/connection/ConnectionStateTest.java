package io.github.tieredjcache.internal.remote.connection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.Crew;
import io.github.tieredjcache.FakeClock;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import javax.cache.CacheException;
import org.junit.jupiter.api.Test;

/** What callers get in each state of a connection. */
class ConnectionStateTest {
    private static final Duration WAIT = Duration.ofSeconds(60);

    private final FakeClock clock = new FakeClock();
    private final ExceptionTranslator translator =
            new ExceptionTranslator(new RedisAddress("redis:6379", "redis://redis:6379", false));
    private final ConnectionState<String> state = new ConnectionState<>(translator, clock);
    private final CircuitBreaker breaker = new CircuitBreaker("redis:6379", clock, WAIT);

    @Test
    void callersWaitForTheFirstConnection() {
        assertNull(state.connection());
        CompletableFuture<String> waiting = waiting();
        assertTrue(state.up("first"));
        assertEquals("first", waiting.join());
        assertEquals("first", state.connection());
        assertEquals("first", state.connection(Duration.ZERO));
    }

    @Test
    void callersWaitNoLongerThanTheyMay() {
        assertMessage("no connection to Redis at redis:6379: none was made within 0 ms", Duration.ZERO);
    }

    @Test
    void callersWaitForTheNextConnectionAfterALoss() {
        state.up("first");
        assertTrue(state.connecting());
        assertNull(state.connection());
        CompletableFuture<String> waiting = waiting();
        state.up("second");
        assertEquals("second", waiting.join());
    }

    @Test
    void noCallerWaitsAfterAFailedAttempt() {
        CompletableFuture<String> waiting = waiting();
        CacheException failure = new CacheException("refused");
        assertTrue(state.down(clock.nanos(), "refused", failure));
        assertSame(
                failure, assertThrows(CompletionException.class, waiting::join).getCause());
        clock.advance(Duration.ofMillis(20));
        assertMessage("Redis at redis:6379 has been unavailable for 20 ms: refused", WAIT);
        assertTrue(state.up("first"));
        assertEquals("first", state.connection(WAIT));
    }

    @Test
    void noCallerWaitsWhileTheBreakerIsOpen() {
        breaker.open("slow", clock.nanos());
        clock.advance(Duration.ofMillis(10));
        CacheException waiting = assertThrows(CacheException.class, () -> state.connection(WAIT, breaker));
        assertEquals("Redis at redis:6379 has been unavailable for 10 ms: slow", waiting.getMessage());
        state.up("first");
        assertThrows(CacheException.class, () -> state.connection(WAIT, breaker));
        breaker.connected();
        assertEquals("first", state.connection(WAIT, breaker));
    }

    /** The breaker knows only the first reason. */
    @Test
    void callersGetTheLatestReason() {
        breaker.open("the first reason", clock.nanos());
        state.down(clock.nanos(), "the latest reason", new CacheException());
        CacheException thrown = assertThrows(CacheException.class, () -> state.connection(WAIT, breaker));
        assertTrue(thrown.getMessage().endsWith("the latest reason"), thrown.getMessage());
    }

    @Test
    void nothingFollowsTheEnd() {
        CompletableFuture<String> waiting = waiting();
        state.close();
        String closed = "the client of Redis at redis:6379 is closed";
        assertEquals(
                closed,
                assertThrows(CompletionException.class, waiting::join)
                        .getCause()
                        .getMessage());
        assertFalse(state.up("first"));
        assertFalse(state.connecting());
        assertFalse(state.down(0, "refused", new CacheException()));
        assertInstanceOf(ConnectionState.Closed.class, state.current());
        assertMessage(closed, WAIT);
    }

    @Test
    void eachChangeIsAnotherObject() {
        state.up("first");
        ConnectionState.State<String> before = state.current();
        state.connecting();
        state.up("first");
        assertNotSame(before, state.current());
    }

    private CompletableFuture<String> waiting() {
        Thread[] waiter = new Thread[1];
        CompletableFuture<String> result = CompletableFuture.supplyAsync(() -> state.connection(WAIT), task -> {
            waiter[0] = new Thread(task, "waiter");
            waiter[0].setDaemon(true);
            waiter[0].start();
        });
        Crew.until(() -> waiter[0].getState() == Thread.State.TIMED_WAITING);
        return result;
    }

    private void assertMessage(String message, Duration wait) {
        assertEquals(
                message,
                assertThrows(CacheException.class, () -> state.connection(wait)).getMessage());
    }
}
