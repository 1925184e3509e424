package io.github.tieredjcache.internal.assembly;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.FakeClock;
import io.github.tieredjcache.UndecodableReason;
import io.github.tieredjcache.integration.LogLines;
import io.github.tieredjcache.internal.codec.api.UndecodableException;
import io.github.tieredjcache.internal.stats.GaugeSources;
import io.github.tieredjcache.internal.stats.Statistics;
import io.github.tieredjcache.internal.stats.TierCounters;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Which values that cannot be decoded are logged. */
class UndecodableLogTest {
    private static final byte[] KEY = {'k'};

    private final FakeClock clock = new FakeClock();
    private final TierCounters counters = new TierCounters(
            GaugeSources.none("orders"), new Statistics(System::nanoTime, true).latencies(), System::nanoTime);
    private final UndecodableLog log = new UndecodableLog("orders-of-the-log-test", counters, clock);
    private final LogLines logged = new LogLines();

    @AfterEach
    void closes() {
        logged.close();
    }

    private void reads(String className) {
        log.onUndecodable(
                KEY, new UndecodableException(UndecodableReason.NOT_LEARNED, "class " + className + " is not learned"));
    }

    private List<String> lines() {
        return logged.lines().stream()
                .filter(line -> line.contains("orders-of-the-log-test"))
                .toList();
    }

    @Test
    void classesThatAreNotLearnedAfterAStartAreCountedAndNotLogged() {
        for (int i = 0; i < 100; i++) {
            reads("com.shop.Order" + i);
            clock.advance(Duration.ofSeconds(30));
        }
        assertEquals(List.of(), lines());
        assertEquals(100, counters.undecodableValues(UndecodableReason.NOT_LEARNED));
    }

    @Test
    void aNodeThatReadsAClassForAMinuteAndStoresNoneIsWarnedOnce() {
        for (int i = 0; i < 1_000; i++) {
            reads("com.shop.Order");
            reads("com.shop.Item");
            clock.advance(Duration.ofSeconds(1));
        }
        assertEquals(1, lines().size(), lines()::toString);
        String line = lines().get(0);
        assertTrue(line.startsWith("WARNING"), line);
        assertTrue(line.contains("class com.shop.Order is not learned"), line);
        assertTrue(
                line.endsWith(
                        "must have their class or its package in codec.allowed; if another application stores them,"
                                + " give this one another redis.namespace"),
                line);
    }

    @Test
    void aClassThatIsLearnedLaterIsNotWarnedOf() {
        reads("com.shop.Order");
        clock.advance(Duration.ofMinutes(5));
        // By now this node has stored an order, and reads the first item.
        reads("com.shop.Item");
        reads("com.shop.Item");
        assertEquals(List.of(), lines());
    }

    @Test
    void otherReasonsAreLoggedAtOnce() {
        log.onUndecodable(KEY, new UndecodableException(UndecodableReason.CLASS_NOT_ALLOWED, "class X is not allowed"));
        assertEquals(1, lines().size());
    }
}
