package io.github.tieredjcache.integration.write;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.tieredjcache.Crew;
import io.github.tieredjcache.TieredSetting;
import io.github.tieredjcache.integration.Node;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import javax.cache.Cache;

/**
 * A node in a process of its own that increments one counter. Its arguments are the URI of its Redis and the milliseconds of its
 * leases. It understands
 *
 * <ul>
 *   <li>{@code invoke 8 5000}: 8 threads call an entry processor 5,000 times each. Answered by how often processors ran.
 *   <li>{@code hold}: runs a processor that does not end; answered by {@code holding} when it runs.
 *   <li>{@code release}: lets it end; answered by what its call returned or threw.
 * </ul>
 */
final class IncrementingNode {
    static final String CACHE = "counters";
    static final String KEY = "counter";

    private final Cache<String, Long> cache;
    private final AtomicInteger runs = new AtomicInteger();
    private final CountDownLatch release = new CountDownLatch(1);

    private IncrementingNode(Cache<String, Long> cache) {
        this.cache = cache;
    }

    static Cache<String, Long> cache(Node node, Duration lease) {
        return node.cache(
                CACHE,
                String.class,
                Long.class,
                settings -> settings.with(TieredSetting.WRITE_LEASE, lease)
                        // They all start and call at the same time, perhaps on a machine with other work.
                        .with(TieredSetting.WRITE_WAIT, Duration.ofMinutes(5))
                        .commandTimeout(Duration.ofMinutes(2))
                        .with(TieredSetting.REDIS_CONNECT_TIMEOUT, Duration.ofMinutes(2)));
    }

    public static void main(String[] arguments) throws Exception {
        BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, UTF_8));
        Duration lease = Duration.ofMillis(Long.parseLong(arguments[1]));
        try (Node node = new Node(arguments[0])) {
            IncrementingNode incrementing = new IncrementingNode(cache(node, lease));
            Crew.Member<String> holding = null;
            System.out.println("ready");
            for (String line = commands.readLine(); line != null; line = commands.readLine()) {
                String[] words = line.split(" ", -1);
                switch (words[0]) {
                    case "invoke" -> incrementing.invoke(Integer.parseInt(words[1]), Integer.parseInt(words[2]));
                    case "hold" -> holding = incrementing.hold();
                    case "release" -> incrementing.release(holding);
                    default -> throw new IllegalArgumentException(line);
                }
            }
        }
    }

    private void invoke(int threads, int times) throws Exception {
        Crew.together(threads, () -> {
            for (int i = 0; i < times; i++) {
                cache.invoke(KEY, (entry, arguments) -> {
                    runs.incrementAndGet();
                    entry.setValue(entry.exists() ? entry.getValue() + 1 : 1L);
                    return null;
                });
            }
            return null;
        });
        System.out.println(runs.getAndSet(0));
    }

    private Crew.Member<String> hold() {
        CountDownLatch holds = new CountDownLatch(1);
        Crew.Member<String> holding = Crew.start(() -> cache.<String>invoke(KEY, (entry, arguments) -> {
            holds.countDown();
            Crew.await(release);
            entry.setValue(-1L);
            return "committed";
        }));
        Crew.await(holds);
        System.out.println("holding");
        return holding;
    }

    private void release(Crew.Member<String> holding) throws Exception {
        release.countDown();
        String answer;
        try {
            answer = holding.result();
        } catch (RuntimeException e) {
            answer = e.getClass().getSimpleName() + ": " + e.getMessage();
        }
        System.out.println(answer);
    }
}
