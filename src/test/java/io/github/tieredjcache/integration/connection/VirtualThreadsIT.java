package io.github.tieredjcache.integration.connection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.integration.Node;
import io.github.tieredjcache.testkit.RedisServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import javax.cache.Cache;
import javax.cache.integration.CacheLoader;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;

/**
 * Many callers at once, on virtual threads where the JDK has them: no operation holds on to the platform thread below it while it
 * waits, for Redis, for another caller's load or for a key. On an older JDK the same is done by platform threads.
 */
class VirtualThreadsIT {
    private static final String PINNED = "jdk.VirtualThreadPinned";
    private static final int CALLERS = 500;
    private static final int KEYS = 20;
    private static final int VIRTUAL_SINCE = 21;

    @Test
    void noWaitPinsAVirtualThread() throws Exception {
        Path file = Files.createTempFile("pinned", ".jfr");
        Instant from;
        try (RedisServer redis = RedisServer.startLocal();
                Node node = new Node(redis);
                Recording recording = new Recording()) {
            Cache<String, Long> cache = node.cache(
                    "virtual",
                    String.class,
                    Long.class,
                    settings -> settings.commandTimeout(Duration.ofMinutes(2)).readThrough(SlowLoader::new));
            recording.enable(PINNED).withoutThreshold();
            recording.start();
            ExecutorService callers = threads();
            // Classes are loaded by those who need them first, and those who need them at the same time wait for each
            // other in the JVM.
            callAll(callers, cache, "warm ");
            from = Instant.now();
            callAll(callers, cache, "key ");
            callers.shutdown();
            recording.stop();
            recording.dump(file);
            for (int i = 0; i < KEYS; i++) {
                assertEquals(1_000L + CALLERS / KEYS, cache.get("key " + i));
            }
        }
        List<String> pinned = RecordingFile.readAllEvents(file).stream()
                .filter(event -> event.getEventType().getName().equals(PINNED))
                .filter(event -> event.getStartTime().isAfter(from))
                .map(RecordedEvent::toString)
                .filter(event -> event.contains("tieredjcache"))
                .toList();
        Files.delete(file);
        assertEquals(List.of(), pinned);
    }

    private static void callAll(ExecutorService callers, Cache<String, Long> cache, String prefix) throws Exception {
        List<Future<?>> calls = new ArrayList<>();
        for (int i = 0; i < CALLERS; i++) {
            String key = prefix + i % KEYS;
            calls.add(callers.submit(() -> use(cache, key)));
        }
        for (Future<?> each : calls) {
            each.get(180, TimeUnit.SECONDS);
        }
    }

    private static void use(Cache<String, Long> cache, String key) {
        assertTrue(cache.get(key) >= 1_000);
        cache.invoke(key, (entry, arguments) -> {
            entry.setValue(entry.getValue() + 1);
            return null;
        });
        assertTrue(cache.getAll(Set.of(key, "another")).containsKey(key));
        cache.put(key + " of a caller", 1L);
        cache.remove(key + " of a caller");
    }

    private static ExecutorService threads() throws ReflectiveOperationException {
        return Runtime.version().feature() < VIRTUAL_SINCE
                ? Executors.newFixedThreadPool(50)
                : (ExecutorService) Executors.class
                        .getMethod("newVirtualThreadPerTaskExecutor")
                        .invoke(null);
    }

    private static final class SlowLoader implements CacheLoader<String, Long> {
        @Override
        public Long load(String key) {
            try {
                TimeUnit.MILLISECONDS.sleep(20);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return 1_000L;
        }

        @Override
        public Map<String, Long> loadAll(Iterable<? extends String> keys) {
            Map<String, Long> all = new HashMap<>();
            keys.forEach(key -> all.put(key, load(key)));
            return all;
        }
    }
}
