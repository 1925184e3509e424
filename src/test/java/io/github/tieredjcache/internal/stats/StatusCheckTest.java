package io.github.tieredjcache.internal.stats;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.TierNumber;
import io.github.tieredjcache.TierStatus;
import io.github.tieredjcache.TierStatus.Condition;
import io.github.tieredjcache.TierStatus.Severity;
import io.github.tieredjcache.internal.port.FakeHealth;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Status and recent numbers of a cache, on a clock of the test. */
class StatusCheckTest {
    private static final long BOUND_MILLIS = 2_000;

    private final AtomicLong nanos = new AtomicLong();
    private final AtomicLong proofAgeMillis = new AtomicLong();
    private final AtomicLong nearHits = new AtomicLong();
    private final FakeHealth redis = new FakeHealth(nanos::get);

    private TierCounters counters(GaugeSources.@Nullable Remote remote) {
        return new TierCounters(
                new GaugeSources(
                        "orders",
                        Map.of(
                                TierNumber.STALENESS_BOUND_MILLIS,
                                () -> BOUND_MILLIS,
                                TierNumber.COHERENCE_PROOF_AGE_MILLIS,
                                proofAgeMillis::get,
                                TierNumber.NEAR_HITS,
                                nearHits::get),
                        remote),
                new Statistics(nanos::get, true).latencies(),
                nanos::get);
    }

    private TierCounters withRedis(boolean failsCalls) {
        return counters(new GaugeSources.Remote("host:6379", redis, failsCalls));
    }

    private void advance(long seconds) {
        nanos.addAndGet(TimeUnit.SECONDS.toNanos(seconds));
    }

    private static void assertStatus(TierCounters counters, Severity severity, Condition condition, String text) {
        TierStatus status = counters.status();
        assertEquals(condition, status.condition());
        assertEquals(severity, status.severity());
        assertEquals(severity.level(), counters.severity());
        assertEquals(text, status.toString());
    }

    private static void assertOk(TierCounters counters) {
        assertEquals(TierStatus.OK, counters.status());
        assertTrue(counters.status().isOk());
        assertEquals(0, counters.severity());
    }

    @Test
    void anOutageDegradesOrFailsByThePolicyAndLastsSinceItsBeginning() {
        TierCounters local = withRedis(false);
        TierCounters failing = withRedis(true);
        assertOk(local);
        redis.set("nothing has arrived");
        advance(42);
        assertEquals(Duration.ofSeconds(42), local.status().lasting());
        assertStatus(
                local,
                Severity.DEGRADED,
                Condition.REDIS_UNAVAILABLE,
                "Redis at host:6379 has been unavailable for 42 s: nothing has arrived; the cache continues with memory"
                        + " and source (outage.policy = local)");
        assertStatus(
                failing,
                Severity.FAILING,
                Condition.REDIS_UNAVAILABLE,
                "Redis at host:6379 has been unavailable for 42 s: nothing has arrived; calls fail (outage.policy = fail)");
        redis.set(false);
        assertOk(local);
    }

    @Test
    void theNearTierIsSuspendedWithoutAYoungProof() {
        TierCounters counters = withRedis(false);
        proofAgeMillis.set(BOUND_MILLIS);
        assertOk(counters);
        for (long age : new long[] {BOUND_MILLIS + 1, -1}) {
            proofAgeMillis.set(age);
            assertEquals(Condition.NEAR_TIER_SUSPENDED, counters.status().condition());
        }
        advance(5);
        assertEquals(Duration.ofSeconds(5), counters.status().lasting());
        assertTrue(counters.status().text().startsWith("the near tier has not answered for 5 s: "));
        assertEquals(Severity.DEGRADED, counters.status().severity());
        proofAgeMillis.set(1);
        assertOk(counters);
    }

    @Test
    void aRedisThatIsOutOfMemoryDegradesUntilItStoresAgain() {
        TierCounters counters = withRedis(false);
        counters.remoteOutOfMemory(true);
        assertStatus(
                counters,
                Severity.DEGRADED,
                Condition.REDIS_OUT_OF_MEMORY,
                "Redis at host:6379 has been out of memory for 0 s and stores no new values; raise its maxmemory or give"
                        + " it an eviction policy");
        counters.remoteOutOfMemory(false);
        assertOk(counters);
    }

    @Test
    void aCacheWithoutRedisNeedsNoProof() {
        proofAgeMillis.set(-1);
        assertOk(counters(null));
    }

    @Test
    void loadsAreFailingIfHalfOfThoseOfTheLastMinuteFailed() {
        TierCounters counters = counters(null);
        load(counters, true, 3);
        load(counters, false, 3);
        assertStatus(
                counters,
                Severity.FAILING,
                Condition.LOADS_FAILING,
                "the loader has been failing for 0 s: 3 of its calls failed in the last 0 s; callers get the exception of"
                        + " the source, or an expired value with load.stale-for");
        assertEquals(3, counters.recentLoadFailures());
        load(counters, true, 1);
        assertOk(counters);
    }

    @Test
    void fewerThanThreeFailedLoadsAreNoCondition() {
        TierCounters counters = counters(null);
        load(counters, false, 2);
        assertOk(counters);
        assertEquals(2, counters.recentLoadFailures());
        load(counters, false, 1);
        assertEquals(Condition.LOADS_FAILING, counters.status().condition());
    }

    @Test
    void theNumbersOfALastMinuteForgetWhatIsOlder() {
        TierCounters counters = counters(null);
        counters.valueRefused();
        load(counters, false, 1);
        nearHits.addAndGet(3);
        counters.missed();
        assertEquals(75, counters.recentHitPercentage());
        for (int i = 0; i < 6; i++) {
            advance(10);
            counters.sample();
        }
        assertEquals(1, counters.recentLoadFailures(), "a minute old");
        advance(10);
        assertEquals(0, counters.recentLoadFailures());
        assertEquals(-1, counters.recentHitPercentage());
        assertOk(counters);
        nearHits.incrementAndGet();
        assertEquals(100, counters.recentHitPercentage());
    }

    @Test
    void theMostSevereConditionIsShownAndAmongEqualsTheFirst() {
        TierCounters counters = withRedis(false);
        counters.valueRefused();
        assertEquals(Condition.VALUES_REFUSED, counters.status().condition());
        assertEquals(
                "values have been refused for 0 s: 1 in the last 0 s cannot be copied or encoded, so their keys have no"
                        + " entry; the log names their classes",
                counters.status().text());
        redis.set("lost");
        assertEquals(Condition.REDIS_UNAVAILABLE, counters.status().condition());
        load(counters, false, 3);
        assertEquals(Condition.LOADS_FAILING, counters.status().condition());
    }

    @Test
    void withoutStatisticsThereIsNoHitPercentage() {
        TierCounters counters = new TierCounters(
                GaugeSources.none("orders"), new Statistics(nanos::get, false).latencies(), nanos::get);
        counters.remoteHit();
        assertEquals(-1, counters.recentHitPercentage());
    }

    private static void load(TierCounters counters, boolean succeeds, int times) {
        for (int i = 0; i < times; i++) {
            try (SourceCall call = counters.beginSourceCall(1)) {
                if (succeeds) {
                    call.succeeded("value");
                }
            }
        }
    }
}
