package io.github.tieredjcache.integration.coherence;

import io.github.tieredjcache.integration.Node;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import javax.cache.Cache;
import javax.cache.CacheException;

/**
 * A node in a process of its own that reads one key. Its arguments are the URI of its Redis, the bound in milliseconds, the
 * number of readers, and for how many milliseconds they pause between two reads.
 *
 * <p>{@code await n} on its standard input is answered by {@code read n} when a reader has seen that number or a later one,
 * within two
 * minutes; {@code end} by one line for each number that was read, with the time at which the last read of it began, and {@code
 * ended}. The times are those of {@link System#nanoTime()}, which on Linux is one clock for all processes.
 */
final class ReadingNode {
    static final String CACHE = "numbers";
    static final String KEY = "key";
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final Cache<String, Long> cache;
    private volatile long newest;
    private volatile boolean ended;

    private ReadingNode(Cache<String, Long> cache) {
        this.cache = cache;
    }

    public static void main(String[] arguments) throws IOException, InterruptedException {
        Duration bound = Duration.ofMillis(Long.parseLong(arguments[1]));
        try (Node node = new Node(arguments[0])) {
            ReadingNode reading = new ReadingNode(node.cache(
                    CACHE,
                    String.class,
                    Long.class,
                    settings -> settings.stalenessBound(bound).commandTimeout(bound.multipliedBy(5))));
            reading.run(Integer.parseInt(arguments[2]), Duration.ofMillis(Long.parseLong(arguments[3])));
        }
    }

    private void run(int readers, Duration pause) throws IOException, InterruptedException {
        List<Reader> reading = new ArrayList<>();
        for (int i = 0; i < readers; i++) {
            Reader reader = new Reader(pause);
            reading.add(reader);
            reader.start();
        }
        BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = commands.readLine(); line != null && !line.equals("end"); line = commands.readLine()) {
            long number = Long.parseLong(line.substring("await ".length()));
            System.out.println(isRead(number) ? "read " + number : "read no more than " + newest);
        }
        ended = true;
        for (Reader each : reading) {
            each.join();
            each.lastBegan.forEach((number, began) -> System.out.println(number + " " + began));
        }
        System.out.println("ended");
    }

    private boolean isRead(long number) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (newest < number && System.nanoTime() - deadline < 0) {
            LockSupport.parkNanos(1_000_000);
        }
        return newest >= number;
    }

    /** Notes when the last read of each number began. */
    private final class Reader extends Thread {
        private final long pauseNanos;
        private final Map<Long, Long> lastBegan = new TreeMap<>();

        Reader(Duration pause) {
            this.pauseNanos = pause.toNanos();
            setDaemon(true);
        }

        @Override
        public void run() {
            long current = 0;
            long currentBegan = 0;
            while (!ended) {
                long began = System.nanoTime();
                Long read = read();
                if (read != null && read != current) {
                    note(current, currentBegan);
                    current = read;
                    newest = Math.max(newest, current);
                }
                currentBegan = read == null ? currentBegan : began;
                pause();
            }
            note(current, currentBegan);
        }

        private void pause() {
            long began = System.nanoTime();
            LockSupport.parkNanos(pauseNanos);
            if (System.nanoTime() - began > 10 * pauseNanos && pauseNanos > 0) {
                // It was paused meanwhile, and would be the first to continue.
                LockSupport.parkNanos(pauseNanos);
            }
        }

        private void note(long number, long began) {
            if (number > 0) {
                lastBegan.merge(number, began, Math::max);
            }
        }

        private Long read() {
            try {
                return cache.get(KEY);
            } catch (CacheException e) {
                // No answer is no stale answer.
                return null;
            }
        }
    }
}
