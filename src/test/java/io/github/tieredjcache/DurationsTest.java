package io.github.tieredjcache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DurationsTest {
    @ParameterizedTest
    @CsvSource({
        "250ms,250",
        "5s,5000",
        "10m,600000",
        "2h,7200000",
        "1d,86400000",
        "0s,0",
        "5 s,5000",
        "PT1.5S,1500",
        "P1D,86400000"
    })
    void durationsWithUnitsAndInIso8601AreParsed(String text, long millis) {
        assertEquals(Duration.ofMillis(millis), Durations.parse(text));
        assertEquals(Duration.ofMillis(millis), Durations.parse("  " + text + " "));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "5",
                "s",
                "-5s",
                "5sec",
                "5 seconds",
                "1.5s",
                "1e3ms",
                "999999999999999d",
                "9999999999999999s",
                "five",
                "5s 3ms"
            })
    void anInvalidDurationIsRefusedWithTheRule(String text) {
        var refused = assertThrows(IllegalArgumentException.class, () -> Durations.parse(text));
        assertTrue(refused.getMessage().contains("250ms"), refused.getMessage());
    }

    @ParameterizedTest
    @ValueSource(strings = {"1ms", "250ms", "1s", "90s", "86400s", "1500ms", "0s"})
    void aFormattedDurationIsParsedAsTheSameDuration(String text) {
        assertEquals(Durations.parse(text), Durations.parse(Durations.show(Durations.parse(text))));
    }

    @Test
    void everyDurationCanBeFormatted() {
        assertEquals("36500d", Durations.show(Durations.MAX));
        assertEquals(
                Duration.ofSeconds(Long.MAX_VALUE), Duration.parse(Durations.show(Duration.ofSeconds(Long.MAX_VALUE))));
        assertEquals(
                Duration.ofSeconds(Long.MIN_VALUE), Duration.parse(Durations.show(Duration.ofSeconds(Long.MIN_VALUE))));
    }

    @Test
    void aDurationBelowOneMillisecondIsNotFormattedAsZero() {
        String shown = Durations.show(Duration.ofNanos(500_000));
        assertTrue(!shown.equals("0s") && !shown.equals("0ms"), shown);
    }
}
