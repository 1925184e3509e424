package io.github.tieredjcache.internal.remote.connection;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The timeouts of attempts to connect. */
class ConnectTimeoutsTest {
    private static final Duration FULL = Duration.ofSeconds(10);
    private static final Duration BRIEF = Duration.ofSeconds(1);

    private final ConnectTimeouts connectTimeouts = new ConnectTimeouts(FULL);

    @Test
    void theVeryFirstAndThenEveryFourthAttemptGetTheFullTimeout() {
        assertEquals(
                List.of(FULL, BRIEF, BRIEF, BRIEF, FULL, BRIEF, BRIEF, BRIEF, FULL, BRIEF),
                timeouts(connectTimeouts, true));
    }

    @Test
    void afterALossTheFirstAttemptIsBriefAndEveryFourthGetsTheFullTimeout() {
        assertEquals(
                List.of(BRIEF, BRIEF, BRIEF, BRIEF, FULL, BRIEF, BRIEF, BRIEF, FULL, BRIEF),
                timeouts(connectTimeouts, false));
    }

    @Test
    void noTimeoutExceedsTheConfiguredOne() {
        Duration short300 = Duration.ofMillis(300);
        assertEquals(
                List.of(short300),
                timeouts(new ConnectTimeouts(short300), false).stream()
                        .distinct()
                        .toList());
    }

    private static List<Duration> timeouts(ConnectTimeouts connectTimeouts, boolean neverConnected) {
        return IntStream.range(0, 10)
                .mapToObj(failures -> connectTimeouts.timeout(failures, neverConnected))
                .toList();
    }
}
