package io.github.tieredjcache.internal.stats;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JfrEventsTest {
    private static final String PREFIX = "io.github.tieredjcache.";

    private final TierCounters counters = new TierCounters(
            GaugeSources.none("orders"), new Statistics(System::nanoTime, true).latencies(), System::nanoTime);

    @TempDir
    Path directory;

    @Test
    void loadsConflictsAndTheCircuitBreakerAreRecorded() throws Exception {
        try (Recording recording = new Recording()) {
            recording.enable(PREFIX + "Load").withoutThreshold();
            recording.enable(PREFIX + "Conflict");
            recording.enable(PREFIX + "CircuitBreaker");
            recording.start();
            try (SourceCall call = counters.beginSourceCall(3)) {
                assertEquals("value", call.succeeded("value"));
            }
            assertThrows(IllegalStateException.class, this::failToLoad);
            counters.conflicted();
            JfrEvents.remoteUnavailable("redis:6379", "silent");
            JfrEvents.remoteRecovered("redis:6379", Duration.ofMillis(1_500));
            recording.stop();
            Path file = directory.resolve("events.jfr");
            recording.dump(file);
            Map<String, List<RecordedEvent>> events = RecordingFile.readAllEvents(file).stream()
                    .sorted(Comparator.comparing(RecordedEvent::getStartTime))
                    .collect(Collectors.groupingBy(each -> each.getEventType().getName()));

            List<RecordedEvent> loads = events.get(PREFIX + "Load");
            assertEquals(2, loads.size());
            assertEquals("orders", loads.get(0).getString("cache"));
            assertEquals(3, loads.get(0).getInt("keys"));
            assertFalse(loads.get(0).getBoolean("failed"));
            assertTrue(loads.get(1).getBoolean("failed"));
            assertEquals("orders", events.get(PREFIX + "Conflict").get(0).getString("cache"));
            List<RecordedEvent> breaker = events.get(PREFIX + "CircuitBreaker");
            assertEquals("redis:6379", breaker.get(0).getString("server"));
            assertEquals("silent", breaker.get(0).getString("reason"));
            assertTrue(breaker.get(0).getBoolean("open"));
            assertFalse(breaker.get(1).getBoolean("open"));
            assertEquals(Duration.ofMillis(1_500), breaker.get(1).getDuration("unavailableNanos"));
        }
    }

    @Test
    void callsAreCountedWithoutARecording() {
        assertThrows(IllegalStateException.class, this::failToLoad);
        assertEquals(1, counters.loads());
        assertEquals(1, counters.loadFailures());
        assertEquals(1, counters.sourceLatency().count());
    }

    private void failToLoad() {
        try (SourceCall call = counters.beginSourceCall(1)) {
            String unused = call.succeeded(noAnswer());
        }
    }

    private static String noAnswer() {
        throw new IllegalStateException("no source");
    }
}
