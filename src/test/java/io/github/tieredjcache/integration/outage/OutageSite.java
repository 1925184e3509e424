package io.github.tieredjcache.integration.outage;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.Crew;
import io.github.tieredjcache.OutagePolicy;
import io.github.tieredjcache.TierStatistics;
import io.github.tieredjcache.TieredConfiguration;
import io.github.tieredjcache.TieredSetting;
import io.github.tieredjcache.integration.Node;
import io.github.tieredjcache.testkit.FaultProxy;
import io.github.tieredjcache.testkit.RedisServer;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.output.NestedMultiOutput;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.ProtocolKeyword;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import javax.cache.Cache;
import javax.cache.CacheException;

/** A Redis, a node that reaches it through a bad network as a user of its own, and one that reaches it well. */
final class OutageSite implements AutoCloseable {
    static final String USER = "node";
    static final Duration COMMAND_TIMEOUT = Duration.ofSeconds(1);
    /** So long that what is near is proven when the first calls give up, however slow the machine. */
    private static final Duration BOUND = Duration.ofSeconds(20);

    private static final Duration LEASE = Duration.ofSeconds(2);
    private static final String SIGN = "sign";
    private static final long KNOWN_WITHIN_NANOS = TimeUnit.MINUTES.toNanos(5);

    private final RedisServer redis = RedisServer.startLocal(
            "--enable-debug-command",
            "yes",
            "--enable-protected-configs",
            "yes",
            "--user",
            USER,
            "on",
            ">pass",
            "~*",
            "&*",
            "+@all");
    private final FaultProxy proxy = FaultProxy.inFrontOf(redis);
    private final Node here = new Node("redis://" + USER + ":pass@127.0.0.1:" + proxy.port());
    private final Node there = new Node(redis);
    private final RedisClient client = RedisClient.create(redis.uri());
    private final RedisCommands<String, String> administrator = client.connect().sync();
    /** Shows how Redis is to the node behind the proxy. */
    private final Cache<String, String> sign = here.cache(
            SIGN, String.class, String.class, settings -> settings(settings).outagePolicy(OutagePolicy.FAIL));

    OutageSite() {
        sign.put(SIGN, SIGN);
        Crew.until(() -> SIGN.equals(sign.get(SIGN)));
    }

    static TieredConfiguration.Builder<String, String> settings(TieredConfiguration.Builder<String, String> settings) {
        return settings.commandTimeout(COMMAND_TIMEOUT)
                .with(TieredSetting.REDIS_CONNECT_TIMEOUT, Duration.ofSeconds(2))
                .stalenessBound(BOUND)
                .with(TieredSetting.WRITE_LEASE, LEASE)
                .with(TieredSetting.LOAD_LEASE, LEASE)
                .with(TieredSetting.LOAD_WAIT, LEASE);
    }

    RedisServer redis() {
        return redis;
    }

    FaultProxy proxy() {
        return proxy;
    }

    Node here() {
        return here;
    }

    Node there() {
        return there;
    }

    /** Sends a command on a connection that was there before any fault. */
    void administer(String name, String... arguments) {
        CommandArgs<String, String> all = new CommandArgs<>(StringCodec.UTF8);
        for (String each : arguments) {
            all.add(each);
        }
        var unused = administrator.dispatch(new Named(name), new NestedMultiOutput<>(StringCodec.UTF8), all);
    }

    /** Has a snapshot fail, so that nothing is taken that could not be saved. */
    void failToSave() {
        administer("CONFIG", "SET", "save", "3600 1");
        // Nobody can make a file there.
        administer("CONFIG", "SET", "dir", "/proc");
        administer("BGSAVE");
        until(() -> redis.command("INFO", "persistence").contains("rdb_last_bgsave_status:err"));
    }

    /** Has Redis read its own snapshot, slowly. */
    void beginToLoad() {
        // As many that what is read after them is not there for a while.
        if (redis.list("CONFIG", "GET", "loading-process-events-interval-bytes").isEmpty()) {
            // Redis before 7.0 answers each 2 MB.
            administer("CONFIG", "SET", "rdbcompression", "no");
            administer("DEBUG", "POPULATE", "2000", "others", "32768");
            administer("CONFIG", "SET", "key-load-delay", "5000");
        } else {
            administer("DEBUG", "POPULATE", "20000", "others");
            administer("CONFIG", "SET", "key-load-delay", "500");
            administer("CONFIG", "SET", "loading-process-events-interval-bytes", "1024");
        }
        // Answers when it has ended.
        var unused = Crew.start(() -> redis.command("DEBUG", "RELOAD"));
        until(this::isLoading);
    }

    /** Has Redis read the rest at once; one before 7.0 takes no such order meanwhile, and is waited for. */
    void hurryToLoad() {
        until(() -> {
            try {
                administer("CONFIG", "SET", "key-load-delay", "0");
                return true;
            } catch (RedisCommandExecutionException e) {
                assertTrue(String.valueOf(e.getMessage()).contains("during loading"), e::toString);
                return false;
            }
        });
    }

    private boolean isLoading() {
        try {
            var unused = redis.command("DBSIZE");
            return false;
        } catch (IllegalStateException e) {
            return String.valueOf(e.getMessage()).contains("LOADING");
        }
    }

    /** Waits until nobody waits for Redis any more; returns false if it does not come to that. */
    boolean isKnownToBeAway() {
        TierStatistics statistics = sign.unwrap(TierStatistics.class);
        long deadline = System.nanoTime() + KNOWN_WITHIN_NANOS;
        while (!statistics.isRemoteUnavailable() && System.nanoTime() - deadline < 0) {
            var unused = isAnswered();
            LockSupport.parkNanos(1_000_000);
        }
        return statistics.isRemoteUnavailable();
    }

    /** Waits until Redis answers the node behind the proxy. */
    void untilAnswered() {
        until(this::isAnswered);
    }

    void untilNothingIsNear() {
        until(() -> sign.get(SIGN) == null);
    }

    /** Returns whether it has ever been unavailable. */
    boolean wasAway() {
        return outages() > 0;
    }

    /** Returns how often it was unavailable by now. */
    long outages() {
        return sign.unwrap(TierStatistics.class).remoteOutages();
    }

    private boolean isAnswered() {
        try {
            // It is near nowhere.
            return !sign.containsKey("nothing");
        } catch (CacheException e) {
            return false;
        }
    }

    static void until(BooleanSupplier condition) {
        Crew.until(() -> {
            LockSupport.parkNanos(1_000_000);
            return condition.getAsBoolean();
        });
    }

    @Override
    public void close() {
        here.close();
        there.close();
        client.shutdown(Duration.ZERO, Duration.ofSeconds(2));
        proxy.close();
        redis.close();
    }

    /** Any command. */
    private record Named(String word) implements ProtocolKeyword {
        @Override
        public byte[] getBytes() {
            return word.getBytes(StandardCharsets.US_ASCII);
        }

        @Override
        public String toString() {
            return word;
        }
    }
}
