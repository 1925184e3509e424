package io.github.tieredjcache.internal.record;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.FakeClock;
import io.github.tieredjcache.integration.LogLines;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RecoveryReportTest {
    private final FakeClock clock = new FakeClock();
    private final RecoveryReport report = new RecoveryReport("orders", clock);
    private final LogLines log = new LogLines();

    @AfterEach
    void closes() {
        log.close();
    }

    @Test
    void theRecoveriesOfAllPartitionsAreOneLine() {
        report.add(false, 2);
        report.add(false, 3);
        report.log();
        report.log();
        assertEquals(
                List.of("cache 'orders' recovered: 5 keys changed during the outage and were removed from Redis"),
                lines());
    }

    @Test
    void whatComesWithinTenSecondsIsReportedAfterThem() {
        report.add(false, 1);
        report.log();
        report.add(false, 1);
        report.add(true, 0);
        assertFalse(report.isDue());
        report.log();
        clock.advance(Duration.ofSeconds(10));
        assertTrue(report.isDue());
        report.log();
        assertEquals(
                List.of(
                        "cache 'orders' recovered: 1 key changed during the outage and was removed from Redis",
                        "cache 'orders' recovered: all keys changed during the outage, or more than the journal holds;"
                                + " all were removed from Redis"),
                lines());
    }

    @Test
    void nothingRemovedIsNoLine() {
        report.add(false, 0);
        assertFalse(report.isDue());
        report.log();
        assertEquals(List.of(), lines());
    }

    private List<String> lines() {
        return log.lines().stream()
                .map(each -> each.replaceFirst("^INFO:? ", ""))
                .toList();
    }
}
