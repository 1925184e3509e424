package io.github.tieredjcache.internal.remote.connection;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.FakeClock;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class SharedLinesTest {
    private final FakeClock clock = new FakeClock();
    private final SharedLines lines = new SharedLines(clock);

    @Test
    void theSameLineIsNewOnceInTenSeconds() {
        assertTrue(lines.isNew("one: unavailable"));
        assertFalse(lines.isNew("one: unavailable"));
        clock.advance(Duration.ofMillis(9_999));
        assertFalse(lines.isNew("one: unavailable"));
        clock.advance(Duration.ofMillis(1));
        assertTrue(lines.isNew("one: unavailable"));
    }

    @Test
    void linesAboutDifferentServersAreIndependent() {
        assertTrue(lines.isNew("one: unavailable"));
        assertTrue(lines.isNew("other: unavailable"));
    }
}
