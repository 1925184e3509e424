package io.github.tieredjcache.internal.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.github.tieredjcache.FakeClock;
import io.github.tieredjcache.internal.model.CacheOperation;
import io.github.tieredjcache.internal.port.FakeRedis;
import io.github.tieredjcache.internal.stats.GaugeSources;
import io.github.tieredjcache.internal.stats.Statistics;
import io.github.tieredjcache.internal.stats.TierCounters;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import javax.cache.expiry.AccessedExpiryPolicy;
import javax.cache.expiry.Duration;
import javax.cache.expiry.EternalExpiryPolicy;
import javax.cache.expiry.ExpiryPolicy;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the reads of a shared cache cost, count and make of lifetimes in Redis. */
class SharedAccessTest {
    private static final java.time.Duration MOST_OF_A_LIFETIME = java.time.Duration.ofMinutes(40);

    private final FakeClock clock = new FakeClock();
    private final FakeRedis remote = new FakeRedis(clock).withoutInvalidations();
    private final TierCounters counters = new TierCounters(
            GaugeSources.none("test"), new Statistics(System::nanoTime, true).latencies(), System::nanoTime);
    private final Engine<String, String> eternal = engine(new EternalExpiryPolicy());
    private final Engine<String, String> constant = engine(new AccessedExpiryPolicy(Duration.ONE_HOUR));
    private final Engine<String, String> custom = engine(new CustomPolicy());

    private Engine<String, String> engine(ExpiryPolicy policy) {
        return SharedEngines.engine(remote, counters, clock, policy, null, null);
    }

    @BeforeEach
    void stores() {
        constant.putAll(Map.of("a", "1", "b", "2", "c", "3"));
        clock.advance(MOST_OF_A_LIFETIME);
        remote.calls.clear();
    }

    @Test
    void anAccessThatIsKnownBeforeIsPartOfTheRead() {
        assertEquals("1", constant.get("a"));
        assertEquals(2, constant.getAll(Set.of("b", "c")).size());
        assertEquals(List.of("read a", "readAll 2"), remote.calls);
        clock.advance(MOST_OF_A_LIFETIME);
        assertEquals(List.of("1", "2", "3"), List.of(remote.value("a"), remote.value("b"), remote.value("c")));
    }

    @Test
    void anAccessThatAPolicyDecidesFollowsTheRead() {
        assertEquals("1", custom.get("a"));
        assertEquals(1, custom.getAll(Set.of("b", "absent")).size());
        assertEquals(List.of("read a", "touch a", "readAll 2", "touch b"), remote.calls);
        clock.advance(MOST_OF_A_LIFETIME);
        assertEquals("1", remote.value("a"));
        assertEquals("2", remote.value("b"));
        assertNull(remote.value("c"), "it was not read");
    }

    @Test
    void anAccessOfAProcessorFollowsItsLease() {
        for (Engine<String, String> each : List.of(constant, custom)) {
            remote.calls.clear();
            assertEquals("1", each.<String>invoke("a", (entry, arguments) -> entry.getValue()));
            assertEquals(List.of("lease a", "release a", "touch a"), remote.calls);
            clock.advance(MOST_OF_A_LIFETIME);
            assertNotNull(remote.value("a"));
        }
    }

    @Test
    void aProcessorThatReadsNothingTouchesNothing() {
        assertEquals(true, constant.<Boolean>invoke("a", (entry, arguments) -> entry.exists()));
        assertNull(constant.<String>invoke("absent", (entry, arguments) -> entry.getValue()));
        assertEquals(List.of("lease a", "release a", "lease absent", "release absent"), remote.calls);
    }

    @Test
    void aMissIsCountedOnce() {
        assertMisses(1, () -> eternal.get("absent"));
        assertMisses(2, () -> eternal.getAll(Set.of("absent", "gone", "a")));
        assertMisses(1, () -> eternal.invoke("absent", (entry, arguments) -> entry.exists()));
        assertMisses(0, () -> eternal.write("absent", CacheOperation.remove()));
        assertMisses(0, () -> eternal.get("a"));
        assertMisses(0, () -> eternal.invoke("a", (entry, arguments) -> entry.exists()));
    }

    private void assertMisses(int expected, Supplier<?> call) {
        long before = counters.remoteMisses();
        Object unused = call.get();
        assertEquals(expected, counters.remoteMisses() - before);
    }

    /** The thread holds the key: it joins no fetch of others and lets none join its own. */
    @Test
    void aProcessorReadsItsOwnKeyInRedis() {
        assertMisses(2, () -> eternal.invoke("absent", (entry, arguments) -> eternal.get("absent")));
        assertMisses(
                3, () -> eternal.invoke("absent", (entry, arguments) -> eternal.getAll(Set.of("absent", "gone", "b"))));
        assertEquals(
                Map.of("a", "1", "b", "2"),
                eternal.<Map<String, String>>invoke("a", (entry, arguments) -> eternal.getAll(Set.of("a", "b", "no"))));
        assertEquals(0, remote.writeLeases());
    }

    /** Asks for other lifetimes than a policy whose answers are constant. */
    private static final class CustomPolicy implements ExpiryPolicy {
        @Override
        public Duration getExpiryForCreation() {
            return Duration.ONE_HOUR;
        }

        @Override
        public Duration getExpiryForAccess() {
            return new Duration(TimeUnit.MINUTES, 59);
        }

        @Override
        public Duration getExpiryForUpdate() {
            return Duration.ONE_HOUR;
        }
    }
}
