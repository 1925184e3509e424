package io.github.tieredjcache.internal.remote.connection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.FakeClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Which users of a connection share a query. */
class SharedReplyTest {
    private static final Duration AGE_MAX = Duration.ofMillis(125);

    private final FakeClock clock = new FakeClock(Long.MAX_VALUE - AGE_MAX.toNanos());
    private final SharedReply<String> shared = new SharedReply<>(clock, AGE_MAX);
    private final List<CompletableFuture<String>> sent = new ArrayList<>();

    @Test
    void aReplyIsUsedUntilItIsTooOld() {
        CompletableFuture<String> first = get();
        sent.get(0).complete("reply");
        clock.advance(AGE_MAX.minusNanos(1));
        assertSame(first, get());
        clock.advanceNanos(1);
        assertEquals(2, sentAfter(get()));
    }

    @Test
    void theAgeOfAReplyCountsFromTheSendingOfItsQuery() {
        var unused = get();
        clock.advance(AGE_MAX);
        sent.get(0).complete("reply");
        assertEquals(2, sentAfter(get()));
    }

    @Test
    void aQueryInFlightIsJoinedHoweverOldItIs() {
        CompletableFuture<String> first = get();
        clock.advance(AGE_MAX.multipliedBy(100));
        assertSame(first, get());
        assertEquals(1, sent.size());
    }

    @Test
    void aFailureIsSharedAsAReplyIs() {
        var unused = get();
        sent.get(0).completeExceptionally(new IllegalStateException("refused"));
        assertTrue(get().isCompletedExceptionally());
        clock.advance(AGE_MAX);
        assertEquals(2, sentAfter(get()));
    }

    @Test
    void afterItsExpiryAQueryIsNotJoinedEvenIfItIsInFlight() {
        var unused = get();
        shared.expire();
        assertEquals(2, sentAfter(get()));
        sent.get(1).complete("reply");
        shared.expire();
        assertEquals(3, sentAfter(get()));
    }

    @Test
    void eachHeartbeatOfALoneHashSlotSendsTime() {
        assertTrue(ServerReplies.TIME_AGE_MAX.compareTo(HeartbeatMonitor.INTERVAL) < 0);
    }

    private CompletableFuture<String> get() {
        return shared.getOrSend(() -> {
            sent.add(new CompletableFuture<>());
            return sent.get(sent.size() - 1);
        });
    }

    private int sentAfter(CompletableFuture<String> latest) {
        assertSame(sent.get(sent.size() - 1), latest);
        return sent.size();
    }
}
