package io.github.tieredjcache.internal.remote.wire;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.faults.Covers;
import io.github.tieredjcache.faults.FaultRow;
import io.github.tieredjcache.internal.model.Entry;
import io.github.tieredjcache.internal.model.Lifetime;
import io.github.tieredjcache.internal.remote.connection.Backoff;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ScriptReplyTest {
    @Test
    void lifetimesAreWholeMillisecondsRoundedUp() {
        assertEquals("0", lifetime(Lifetime.ZERO));
        assertEquals("1", lifetime(1));
        assertEquals("1", lifetime(1_000_000));
        assertEquals("2", lifetime(1_000_001));
        assertEquals("3600000", lifetime(Duration.ofHours(1).toNanos()));
    }

    @Test
    void specialLifetimesHaveNumbersOfTheirOwn() {
        assertEquals("-1", lifetime(Lifetime.UNCHANGED));
        assertEquals("-2", lifetime(Lifetime.ETERNAL));
        assertEquals("-2", lifetime(Lifetime.ETERNAL - 1));
    }

    @Test
    void theRemainingLifetimeCountsFromTheSendingOfTheCommand() {
        assertEquals(5_000_100, reply(5).deadlineNanos(100));
        assertEquals(Entry.NO_DEADLINE, reply(-2).deadlineNanos(100));
        assertTrue(reply(0).hasEntry());
        assertTrue(!reply(-1).hasEntry());
    }

    @Test
    @Covers(FaultRow.F10)
    void backoffDoublesUpToItsBound() {
        Backoff backoff = new Backoff(Duration.ofMillis(50), Duration.ofSeconds(5));
        for (int failures = 0; failures < 100; failures++) {
            long full = failures > 6 ? 5_000 : Math.min(5_000, 50L << failures);
            long delayMillis = Duration.ofNanos(backoff.delayNanos(failures)).toMillis();
            assertTrue(delayMillis >= full / 2 && delayMillis <= full, failures + ": " + delayMillis);
        }
    }

    private static ScriptReply reply(long remainingMillis) {
        return new ScriptReply(ScriptReply.Status.APPLIED, true, remainingMillis, null, null);
    }

    private static String lifetime(long nanos) {
        return new String(ScriptReply.lifetime(nanos), US_ASCII);
    }
}
