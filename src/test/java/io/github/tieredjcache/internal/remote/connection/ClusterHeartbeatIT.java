package io.github.tieredjcache.internal.remote.connection;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.Crew;
import io.github.tieredjcache.FakeClock;
import io.github.tieredjcache.internal.remote.record.RemoteFixture;
import io.github.tieredjcache.internal.remote.wire.HashSlot;
import io.github.tieredjcache.internal.remote.wire.RedisCommand;
import io.github.tieredjcache.internal.stats.Latencies;
import io.github.tieredjcache.internal.stats.Statistics;
import io.github.tieredjcache.internal.support.NanoClock;
import io.github.tieredjcache.testkit.CommandCounts;
import io.github.tieredjcache.testkit.RedisCluster;
import io.github.tieredjcache.testkit.RedisServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import javax.cache.CacheException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the hash tags of one node send to the masters of a cluster besides calls, and what they notice by that. */
class ClusterHeartbeatIT {
    private static final Latencies UNTIMED = new Statistics(System::nanoTime, false).latencies();
    private static final int TAGS = 12;
    private static final int BEATS = 4;

    private final RedisCluster redis = RedisCluster.start(3, 1);
    private final RedisServer first = redis.masters().get(0);
    private final Map<String, CommandExecutor> executors = new LinkedHashMap<>();

    @AfterEach
    void closes() {
        executors.values().forEach(CommandExecutor::close);
        redis.close();
    }

    /** The clock stands still, so that no reply becomes too old. */
    @Test
    void theStartOfAHashTagRepeatsNoQueryAboutItsServer() {
        List<String> caches = caches(owner -> true);
        during(() -> acquire(new FakeClock(), RemoteFixture.LONG_TIMEOUT, caches))
                .forEach((master, sent) -> {
                    assertTrue(tagsOf(master) > 1, "the tags are spread over the masters");
                    assertEquals(1, sent.of("info"), () -> "of " + sent);
                    assertEquals(1, sent.of("dbsize"), () -> "of " + sent);
                    assertEquals(1, sent.of("time"), () -> "of " + sent);
                    // Each connection begins with a HELLO of Lettuce, also those of the lookups of masters.
                    long lookups = sent.of("cluster|nodes") + sent.of("cluster");
                    assertEquals(2, sent.of("hello") - lookups, () -> "of " + sent);
                });
    }

    @Test
    void anIdleHashTagSendsAGetABeatAndSharesTheRest() {
        FakeClock clock = new FakeClock();
        acquire(clock, RemoteFixture.LONG_TIMEOUT, caches(owner -> true));
        during(this::awaitBeats).forEach((master, sent) -> {
            assertTrue(sent.of("get") >= BEATS * tagsOf(master), () -> "of " + sent);
            assertEquals(0, sent.of("time") + sent.of("hello") + sent.of("dbsize"), () -> "of " + sent);
        });
        during(() -> {
                    clock.advance(ServerReplies.TIME_AGE_MAX);
                    awaitBeats();
                })
                .forEach((master, sent) -> {
                    assertEquals(1, sent.of("time"), () -> "of " + sent);
                    assertEquals(0, sent.of("hello") + sent.of("dbsize"), () -> "of " + sent);
                });
    }

    @Test
    void allHashTagsNoticeThatTheirMasterBecameAReplica() {
        acquire(System::nanoTime, RemoteFixture.LONG_TIMEOUT, caches(first::equals));
        Map<String, RedisConnection> before = new HashMap<>();
        executors.forEach((cache, executor) -> before.put(cache, executor.connection()));
        redis.awaitReplicated(redis.replicas().get(0));
        redis.replicas().get(0).command("CLUSTER", "FAILOVER");
        // Nobody calls.
        Crew.until(() -> before.values().stream().noneMatch(RedisConnection::isOpen));
        executors.forEach((cache, executor) -> {
            Crew.until(() -> isAnswered(executor, cache));
            assertNotSame(before.get(cache), executor.connection());
        });
    }

    @Test
    void allHashTagsNoticeAFrozenMasterAndItsReturn() {
        acquire(System::nanoTime, Duration.ofSeconds(2), caches(first::equals));
        first.pause();
        try {
            // Its replica may have taken its place by now.
            Crew.until(() ->
                    executors.values().stream().allMatch(each -> each.health().outages() > 0));
        } finally {
            first.resume();
        }
        executors.forEach((cache, executor) -> Crew.until(() -> isAnswered(executor, cache)));
    }

    private static boolean isAnswered(CommandExecutor executor, String cache) {
        try {
            executor.call(RedisCommand.get(slot(cache).key()));
            return true;
        } catch (CacheException e) {
            // The failover to the replica, or another pause of a busy machine.
            return false;
        }
    }

    private List<String> caches(Predicate<RedisServer> owner) {
        return IntStream.range(0, 1_000)
                .mapToObj(i -> "cache" + i)
                .filter(each -> owner.test(redis.owner(slot(each).number())))
                .limit(TAGS)
                .toList();
    }

    /** Connects the hash tags of the caches to their masters. */
    private void acquire(NanoClock clock, Duration timeout, List<String> caches) {
        ClientRegistry clients = new ClientRegistry(clock);
        for (String each : caches) {
            RedisEndpoint endpoint = new RedisEndpoint(redis.uri(), TlsFiles.NONE, null).withHashTag("n:" + each);
            RemoteOptions options = new RemoteOptions(
                    endpoint, new String(slot(each).key(), US_ASCII), timeout, RemoteFixture.LONG_TIMEOUT);
            CommandExecutor executor = clients.acquire(options, UNTIMED);
            executors.put(each, executor);
            clients.awaitFirstAttempt(executor, options);
        }
    }

    private static HashSlot slot(String cache) {
        return HashSlot.of("n:" + cache);
    }

    private long tagsOf(RedisServer master) {
        return executors.keySet().stream()
                .filter(each -> redis.owner(slot(each).number()) == master)
                .count();
    }

    /** Waits until each hash tag has sent some heartbeats; each sends the next one after the reply to the last. */
    private void awaitBeats() {
        Map<RedisServer, Long> before = new HashMap<>();
        redis.masters().forEach(each -> before.put(each, gets(each)));
        redis.masters().forEach(each -> {
            long beats = (BEATS + 1) * tagsOf(each);
            Crew.until(() -> gets(each) >= before.get(each) + beats);
        });
    }

    private static long gets(RedisServer server) {
        return CommandCounts.of(server).of("get");
    }

    private Map<RedisServer, CommandCounts> during(Runnable action) {
        Map<RedisServer, CommandCounts> counts = new HashMap<>();
        Runnable counted = action;
        for (RedisServer each : new ArrayList<>(redis.masters())) {
            Runnable inner = counted;
            counted = () -> counts.put(each, CommandCounts.during(each, inner));
        }
        counted.run();
        return counts;
    }
}
