package io.github.tieredjcache.integration.write;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.tieredjcache.Crew;
import io.github.tieredjcache.TieredSetting;
import io.github.tieredjcache.integration.Node;
import io.lettuce.core.RedisClient;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.SetArgs;
import io.lettuce.core.api.sync.RedisCommands;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import javax.cache.Cache;

/**
 * A node in a process of its own that increments one counter. Its arguments are the URI of its Redis and the milliseconds of its
 * leases. It understands
 *
 * <ul>
 *   <li>{@code invoke 8 5000}: 8 threads call an entry processor 5,000 times each. Answered by how often processors ran, and a
 *       line with the time of each call in microseconds.
 *   <li>{@code naive 8 100}: the same without a cache, each increment under a lock of its own: SET NX, GET, SET, and a script that
 *       deletes the lock if it is still the caller's; a caller that finds it taken retries after about half a millisecond.
 *   <li>{@code hold}: runs a processor that does not end; answered by {@code holding} when it runs.
 *   <li>{@code release}: lets it end; answered by what its call returned or threw.
 * </ul>
 */
final class IncrementingNode {
    static final String CACHE = "counters";
    static final String KEY = "counter";
    static final String NAIVE = "naive-counter";
    private static final String LOCK = "naive-lock";
    private static final String UNLOCK =
            "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0";

    private final String redisUri;
    private final Duration lease;
    private final Cache<String, Long> cache;
    private final AtomicInteger runs = new AtomicInteger();
    private final CountDownLatch release = new CountDownLatch(1);

    private IncrementingNode(String redisUri, Duration lease, Cache<String, Long> cache) {
        this.redisUri = redisUri;
        this.lease = lease;
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
            IncrementingNode incrementing = new IncrementingNode(arguments[0], lease, cache(node, lease));
            Crew.Member<String> holding = null;
            System.out.println("ready");
            for (String line = commands.readLine(); line != null; line = commands.readLine()) {
                String[] words = line.split(" ", -1);
                switch (words[0]) {
                    case "invoke" -> incrementing.invoke(Integer.parseInt(words[1]), Integer.parseInt(words[2]));
                    case "naive" -> incrementing.naive(Integer.parseInt(words[1]), Integer.parseInt(words[2]));
                    case "hold" -> holding = incrementing.hold();
                    case "release" -> incrementing.release(holding);
                    default -> throw new IllegalArgumentException(line);
                }
            }
        }
    }

    private void invoke(int threads, int times) throws Exception {
        List<long[]> micros = Crew.together(
                threads,
                () -> timed(
                        times,
                        () -> cache.invoke(KEY, (entry, arguments) -> {
                            runs.incrementAndGet();
                            entry.setValue(entry.exists() ? entry.getValue() + 1 : 1L);
                            return null;
                        })));
        System.out.println(runs.getAndSet(0));
        System.out.println(line(micros));
    }

    private void naive(int threads, int times) throws Exception {
        RedisClient client = RedisClient.create(redisUri);
        RedisCommands<String, String> redis = client.connect().sync();
        List<long[]> micros = Crew.together(threads, () -> timed(times, () -> incrementUnderLock(redis)));
        client.shutdown(Duration.ZERO, Duration.ofSeconds(2));
        System.out.println(threads * times);
        System.out.println(line(micros));
    }

    private void incrementUnderLock(RedisCommands<String, String> redis) {
        String mine = Long.toHexString(ThreadLocalRandom.current().nextLong());
        while (redis.set(LOCK, mine, SetArgs.Builder.nx().px(lease.toMillis())) == null) {
            LockSupport.parkNanos(ThreadLocalRandom.current().nextLong(250_000, 750_000));
        }
        String before = redis.get(NAIVE);
        redis.set(NAIVE, Long.toString(before == null ? 1 : Long.parseLong(before) + 1));
        redis.eval(UNLOCK, ScriptOutputType.INTEGER, new String[] {LOCK}, mine);
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

    private static long[] timed(int times, Runnable operation) {
        long[] micros = new long[times];
        for (int i = 0; i < times; i++) {
            long began = System.nanoTime();
            operation.run();
            micros[i] = (System.nanoTime() - began) / 1_000;
        }
        return micros;
    }

    private static String line(List<long[]> micros) {
        return micros.stream()
                .flatMapToLong(LongStream::of)
                .mapToObj(Long::toString)
                .collect(Collectors.joining(" "));
    }
}
