package io.github.tieredjcache.integration.expiry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.OutagePolicy;
import io.github.tieredjcache.TieredConfiguration;
import io.github.tieredjcache.faults.Covers;
import io.github.tieredjcache.faults.FaultRow;
import io.github.tieredjcache.integration.EntryKeys;
import io.github.tieredjcache.integration.Node;
import io.github.tieredjcache.internal.support.NanoClock;
import io.github.tieredjcache.jcache.ClockedManager;
import io.github.tieredjcache.testkit.CommandCounts;
import io.github.tieredjcache.testkit.RedisServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import javax.cache.Cache;
import javax.cache.CacheManager;
import javax.cache.expiry.CreatedExpiryPolicy;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Nodes whose clocks show anything keep and end entries together: when Redis ends them, by its own clock.
 *
 * <p>That no wall clock is looked at is a rule of the architecture; here the monotonic clock is the odd one.
 */
class ClockIT {
    private static final List<Integer> LIFETIMES_MILLIS = List.of(300, 700, 1_200);
    private static final Duration BOUND = Duration.ofSeconds(1);
    private static final int HITS_MIN = 20;

    private final RedisServer redis = RedisServer.startLocal();
    private final CacheManager usual = ClockedManager.on(System::nanoTime);
    private final List<CacheManager> managers = new ArrayList<>(List.of(usual));

    @AfterEach
    void closes() {
        managers.forEach(CacheManager::close);
        redis.close();
    }

    @ParameterizedTest
    @Covers({FaultRow.F62, FaultRow.F63})
    @EnumSource
    void entriesExpireAtTheDeadlineOfTheServerClock(Clock clock) {
        CacheManager odd = on(clock);
        List<Watched> entries = new ArrayList<>();
        for (int millis : LIFETIMES_MILLIS) {
            Cache<String, String> here = cache(odd, millis);
            Cache<String, String> there = cache(usual, millis);
            here.put("by the odd one", "value");
            there.put("by the usual one", "value");
            entries.add(new Watched(here, there, "by the odd one"));
            entries.add(new Watched(here, there, "by the usual one"));
        }
        long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(2);
        int looks = 0;
        for (List<Watched> left = entries;
                !left.isEmpty();
                left = left.stream().filter(this::isThere).toList()) {
            assertTrue(System.nanoTime() - deadline < 0, "an entry does not end");
            looks++;
        }
        assertTrue(looks > 1, "looked " + looks + " times only");
        for (Watched each : entries) {
            // Long after all of them: nobody has kept one.
            each.assertGone();
        }
    }

    @ParameterizedTest
    @Covers(FaultRow.F63)
    @EnumSource
    void aWriteLeaseHoldsOnNodesWithAnyClock(Clock clock) {
        Cache<String, String> here = cache(on(clock), 60_000);
        Cache<String, String> there = cache(usual, 60_000);
        // Longer than the bound, and past the instant at which the clock's number overflows.
        long end = System.nanoTime() + BOUND.plusMillis(300).toNanos();
        long deadline = end + TimeUnit.MINUTES.toNanos(2);
        long hits = 0;
        for (int i = 0; System.nanoTime() - end < 0 || hits <= HITS_MIN; i++) {
            assertTrue(System.nanoTime() - deadline < 0, "only " + hits + " hits in the near tier");
            String value = "value " + i;
            there.put("key", value);
            // The reply comes after the invalidation.
            here.containsKey("another");
            assertEquals(value, here.get("key"));
            hits += CommandCounts.during(redis, () -> assertEquals(value, here.get("key")))
                                    .without("time", "hello")
                                    .total()
                            == 0
                    ? 1
                    : 0;
            assertEquals(value, here.<String>invoke("key", (entry, arguments) -> entry.getValue()));
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
        }
    }

    private CacheManager on(Clock clock) {
        long offsetNanos = clock.startNanos() - System.nanoTime();
        NanoClock odd = () -> System.nanoTime() + offsetNanos;
        CacheManager manager = ClockedManager.on(odd);
        managers.add(manager);
        return manager;
    }

    private Cache<String, String> cache(CacheManager manager, int lifetimeMillis) {
        var lifetime = new javax.cache.expiry.Duration(TimeUnit.MILLISECONDS, lifetimeMillis);
        return manager.createCache(
                "for" + lifetimeMillis,
                TieredConfiguration.builder(String.class, String.class)
                        .redisUri(redis.uri())
                        .outagePolicy(OutagePolicy.FAIL)
                        .commandTimeout(Node.PATIENCE)
                        .stalenessBound(BOUND)
                        .expiry(CreatedExpiryPolicy.factoryOf(lifetime))
                        .build());
    }

    private boolean isThere(Watched entry) {
        boolean wasThere = entry.isInRedis();
        String here = entry.here.get(entry.key);
        String there = entry.there.get(entry.key);
        if (!wasThere) {
            assertNull(here, entry + " outlived Redis's at the odd node");
            assertNull(there, entry + " outlived Redis's at the usual node");
        } else if (entry.isInRedis()) {
            assertEquals("value", here, entry + " ended early at the odd node");
            assertEquals("value", there, entry + " ended early at the usual node");
        }
        return wasThere;
    }

    /** One entry, as both nodes see it. */
    private final class Watched {
        private final Cache<String, String> here;
        private final Cache<String, String> there;
        private final String key;

        Watched(Cache<String, String> here, Cache<String, String> there, String key) {
            this.here = here;
            this.there = there;
            this.key = key;
        }

        boolean isInRedis() {
            return redis.number("EXISTS", EntryKeys.redisKey(redis, here.getName(), key)) == 1;
        }

        void assertGone() {
            assertNull(here.get(key));
            assertNull(there.get(key));
        }

        @Override
        public String toString() {
            return "'" + key + "' of " + here.getName();
        }
    }

    /** Where the odd node's clock begins. */
    enum Clock {
        TEN_MINUTES_AHEAD {
            @Override
            long startNanos() {
                return System.nanoTime() + TEN_MINUTES;
            }
        },
        TEN_MINUTES_BEHIND {
            @Override
            long startNanos() {
                return System.nanoTime() - TEN_MINUTES;
            }
        },
        ABOUT_TO_OVERFLOW {
            @Override
            long startNanos() {
                return Long.MAX_VALUE - Duration.ofMillis(600).toNanos();
            }
        },
        ABOUT_TO_PASS_ZERO {
            @Override
            long startNanos() {
                return -Duration.ofMillis(600).toNanos();
            }
        };

        private static final long TEN_MINUTES = Duration.ofMinutes(10).toNanos();

        abstract long startNanos();
    }
}
