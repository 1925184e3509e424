package io.github.tieredjcache.faults;

import static io.github.tieredjcache.faults.FaultSite.tiers;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.Crew;
import io.github.tieredjcache.OutagePolicy;
import io.github.tieredjcache.testkit.CommandCounts;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.cache.Cache;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The rows of the matrix about more callers than there may be commands under way. */
class OverloadFaultsIT {
    private static final int COMMANDS_MAX = 512;
    private static final int CALLERS = 3;
    private static final int KEYS = 200;

    private final FaultSite site = new FaultSite();

    @AfterEach
    void closes() {
        site.close();
    }

    @Test
    @Covers({FaultRow.F96, FaultRow.F97})
    void callersBeyondTheBoundWaitForRoomAndAreAnsweredByRedis() throws Exception {
        Cache<String, String> here = site.here(OutagePolicy.LOCAL);
        here.put("first", "value");
        List<Crew.Member<Void>> callers = new ArrayList<>();
        CommandCounts held = CommandCounts.during(site.redis, () -> {
            callers.addAll(heldCallers(here));
            // Redis has answered these, but nobody knows.
            Crew.until(() -> site.redis.number("DBSIZE") > (CALLERS - 1) * KEYS);
        });
        assertTrue(held.of("evalsha") <= COMMANDS_MAX, held::toString);
        site.proxy.fromServer().forward();
        for (Crew.Member<Void> each : callers) {
            each.result();
        }
        assertEquals(0, tiers(here).remoteTimeouts());
        assertEquals(0, tiers(here).localOperations());
        assertEquals(
                CALLERS * KEYS, site.there().getAll(keys(0, CALLERS).keySet()).size());
    }

    @Test
    @Covers(FaultRow.F97)
    void callersBeyondTheBoundThatGetNoRoomContinueWithoutRedis() throws Exception {
        Cache<String, String> here =
                site.here(OutagePolicy.LOCAL, settings -> settings.commandTimeout(Duration.ofMillis(500)));
        here.put("first", "value");
        for (Crew.Member<Void> each : heldCallers(here)) {
            each.result();
        }
        assertTrue(tiers(here).localOperations() > 0);
        assertEquals(keys(0, CALLERS), here.getAll(keys(0, CALLERS).keySet()));
        site.proxy.fromServer().forward();
        FaultSite.untilSettled(here);
    }

    /** Has more commands be given than there is room for, while no answer of Redis arrives. */
    private List<Crew.Member<Void>> heldCallers(Cache<String, String> cache) {
        site.proxy.fromServer().hold();
        List<Crew.Member<Void>> callers = new ArrayList<>();
        for (int i = 0; i < CALLERS; i++) {
            Map<String, String> entries = keys(i, i + 1);
            callers.add(Crew.run(() -> cache.putAll(entries)));
        }
        callers.forEach(Crew.Member::untilItWaits);
        return callers;
    }

    private static Map<String, String> keys(int from, int to) {
        Map<String, String> entries = new HashMap<>();
        for (int i = from * KEYS; i < to * KEYS; i++) {
            entries.put("key " + i, "value");
        }
        return entries;
    }
}
