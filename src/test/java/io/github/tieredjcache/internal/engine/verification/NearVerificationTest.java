package io.github.tieredjcache.internal.engine.verification;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.FakeClock;
import io.github.tieredjcache.integration.LogLines;
import io.github.tieredjcache.internal.coherence.CoherenceLease;
import io.github.tieredjcache.internal.coherence.CoherenceProof;
import io.github.tieredjcache.internal.coherence.FillTicket;
import io.github.tieredjcache.internal.engine.verification.NearVerification.Components;
import io.github.tieredjcache.internal.model.Entry;
import io.github.tieredjcache.internal.model.Version;
import io.github.tieredjcache.internal.near.NearCapacity;
import io.github.tieredjcache.internal.near.NearStore;
import io.github.tieredjcache.internal.near.NearTier;
import io.github.tieredjcache.internal.near.SingleFlights;
import io.github.tieredjcache.internal.stats.GaugeSources;
import io.github.tieredjcache.internal.stats.Statistics;
import io.github.tieredjcache.internal.stats.TierCounters;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import javax.cache.CacheException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The copies that are compared, and interleavings that count or do not count as a mismatch. */
class NearVerificationTest {
    private static final String KEY = "key";

    private final FakeClock clock = new FakeClock();
    private final CoherenceProof proof = new CoherenceProof();
    private final NearStore<String, String> store =
            new NearStore<>(NearCapacity.entries(100), clock, new CoherenceLease(proof, Long.MAX_VALUE), () -> {});
    private final NearTier<String, String> near = new NearTier<>(
            store, new SingleFlights<>(clock, null), Duration.ofSeconds(1).toNanos());
    private final TierCounters counters =
            new TierCounters(GaugeSources.none("orders"), new Statistics(clock, true).latencies(), clock);
    private final List<Runnable> waiting = new ArrayList<>();
    private final FillTicket ticket = new FillTicket(clock.nanos());
    private int reads;
    private Runnable meanwhile = () -> {};
    private boolean held;

    @BeforeEach
    void keepsACopy() {
        proof.recordReply(clock.nanos());
        near.fill(KEY, ticket, Entry.of("value", new Version(1, 1), Entry.NO_DEADLINE));
    }

    @Test
    void aCopyThatRedisHoldsIsKept() {
        held = true;
        Entry<String> copy = copy();
        sampling(1).read(KEY, copy);
        runAll();
        assertEquals(1, reads);
        assertSame(copy, near.find(KEY));
        assertEquals(1, counters.nearChecks());
        assertEquals(0, counters.nearMismatches());
    }

    @Test
    void aCopyThatRedisDoesNotHoldAndThatWasNotInvalidatedIsDropped() {
        try (LogLines log = new LogLines()) {
            NearVerification<String, String> sampling = sampling(1);
            sampling.read(KEY, copy());
            runAll();
            assertNull(near.find(KEY));
            assertEquals(1, counters.nearMismatches());
            assertEquals(1, log.lines().size());
            assertTrue(
                    log.lines().get(0).startsWith("SEVERE cache 'orders': a near copy was dropped"),
                    log.lines().get(0));
            // At most one line a minute.
            for (String other : List.of("second", "third")) {
                near.fill(
                        other, new FillTicket(clock.nanos()), Entry.of("secret", new Version(1, 2), Entry.NO_DEADLINE));
                sampling.read(other, copy(other));
                runAll();
            }
            assertEquals(3, counters.nearMismatches());
            assertEquals(1, log.lines().size());
            clock.advance(Duration.ofMinutes(1));
            near.fill(KEY, new FillTicket(clock.nanos()), Entry.of("secret", new Version(1, 3), Entry.NO_DEADLINE));
            sampling.read(KEY, copy());
            runAll();
            assertEquals(2, log.lines().size());
            assertTrue(
                    log.lines().get(1).contains("(4 keys so far)"), log.lines().get(1));
            assertTrue(
                    log.lines().get(1).endsWith("(2 more like this in the meantime)"),
                    log.lines().get(1));
        }
    }

    @Test
    void anInvalidationBeforeTheReplyIsNoMismatch() {
        meanwhile = ticket::invalidate;
        sampling(1).read(KEY, copy());
        runAll();
        assertEquals(1, reads);
        assertEquals(0, counters.nearChecks());
        assertEquals(0, counters.nearMismatches());
    }

    @Test
    void anInvalidationRightAfterTheReplyIsNoMismatch() {
        // 1. Redis removes an expired entry as it is read. 2. The reply arrives. 3. The invalidation arrives. 4. The
        // second reply arrives.
        meanwhile = () -> {
            if (reads == 2) {
                ticket.invalidate();
            }
        };
        sampling(1).read(KEY, copy());
        runAll();
        assertEquals(2, reads);
        assertEquals(0, counters.nearMismatches());
    }

    @Test
    void aCopyThatWasReplacedOrExpiredMeanwhileIsNoMismatch() {
        Entry<String> copy = copy();
        NearVerification<String, String> sampling = sampling(1);
        sampling.read(KEY, copy);
        near.drop(KEY);
        near.fill(KEY, new FillTicket(clock.nanos()), Entry.of("new", new Version(1, 2), Entry.NO_DEADLINE));
        runAll();
        assertEquals("new", copy().value());
        sampling.read(KEY, copy());
        meanwhile = () -> clock.advance(Duration.ofSeconds(2));
        runAll();
        assertEquals(0, counters.nearMismatches());
    }

    @Test
    void aFailedReadIsNoMismatch() {
        meanwhile = () -> {
            throw new CacheException("unavailable");
        };
        NearVerification<String, String> sampling = sampling(1);
        sampling.read(KEY, copy());
        runAll();
        assertEquals(0, counters.nearMismatches());
        // The next sample is compared.
        sampling.read(KEY, copy());
        assertEquals(1, waiting.size());
    }

    @Test
    void oneCopyIsComparedAtATime() {
        NearVerification<String, String> sampling = sampling(1);
        sampling.read(KEY, copy());
        sampling.read(KEY, copy());
        assertEquals(1, waiting.size());
    }

    @Test
    void aSampleIsDroppedIfNoThreadIsFree() {
        List<Runnable> refused = new ArrayList<>();
        NearVerification<String, String> sampling = sampling(1, task -> {
            refused.add(task);
            throw new RejectedExecutionException("full");
        });
        sampling.read(KEY, copy());
        sampling.read(KEY, copy());
        assertEquals(2, refused.size());
        assertEquals(0, reads);
    }

    @Test
    void aboutOneOfTheGivenNumberOfHitsIsCompared() {
        held = true;
        NearVerification<String, String> sampling = sampling(10, Runnable::run);
        for (int i = 0; i < 10_000; i++) {
            sampling.read(KEY, copy());
        }
        // 1,000 are expected; the number is outside of these bounds by chance in one of 10^20 runs.
        assertTrue(reads > 700 && reads < 1_300, () -> reads + " reads");
    }

    @Test
    void aSampleOfZeroMeansNoVerification() {
        assertNull(NearVerification.of(looking(Runnable::run), 0, counters, clock));
    }

    private NearVerification<String, String> sampling(int oneOf) {
        return sampling(oneOf, waiting::add);
    }

    private NearVerification<String, String> sampling(int oneOf, Executor executor) {
        NearVerification<String, String> sampling = NearVerification.of(looking(executor), oneOf, counters, clock);
        assertNotNull(sampling);
        return sampling;
    }

    private Components<String, String> looking(Executor executor) {
        return new Components<>(
                "orders",
                near,
                (key, version) -> {
                    reads++;
                    meanwhile.run();
                    return held;
                },
                executor);
    }

    private void runAll() {
        List<Runnable> all = List.copyOf(waiting);
        waiting.clear();
        all.forEach(Runnable::run);
    }

    private Entry<String> copy() {
        return copy(KEY);
    }

    private Entry<String> copy(String key) {
        Entry<String> copy = near.find(key);
        assertNotNull(copy);
        return copy;
    }
}
