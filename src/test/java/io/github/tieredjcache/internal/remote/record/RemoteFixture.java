package io.github.tieredjcache.internal.remote.record;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.tieredjcache.UndecodableReason;
import io.github.tieredjcache.internal.codec.Codecs;
import io.github.tieredjcache.internal.codec.api.CodecRules;
import io.github.tieredjcache.internal.codec.api.RefusedValues;
import io.github.tieredjcache.internal.model.Versions;
import io.github.tieredjcache.internal.port.TierOfRecord;
import io.github.tieredjcache.internal.record.PartitionedTierOfRecord;
import io.github.tieredjcache.internal.remote.connection.ClientRegistry;
import io.github.tieredjcache.internal.remote.connection.CommandExecutor;
import io.github.tieredjcache.internal.remote.connection.RedisEndpoint;
import io.github.tieredjcache.internal.remote.connection.RemoteOptions;
import io.github.tieredjcache.internal.remote.connection.TlsFiles;
import io.github.tieredjcache.internal.remote.wire.PartitionTags;
import io.github.tieredjcache.internal.stats.GaugeSources;
import io.github.tieredjcache.internal.stats.Statistics;
import io.github.tieredjcache.internal.stats.TierCounters;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/** One node with a connection to Redis, and caches of strings on it. */
public final class RemoteFixture implements AutoCloseable {
    public static final Duration TIMEOUT = Duration.ofSeconds(5);
    /** A timeout for a server that is always available: only a busy machine makes a call wait. */
    public static final Duration LONG_TIMEOUT = Duration.ofMinutes(1);

    final ClientRegistry clients = new ClientRegistry(System::nanoTime);
    final ConcurrentLinkedQueue<UndecodableReason> undecodable = new ConcurrentLinkedQueue<>();
    final Statistics statistics = new Statistics(System::nanoTime, true);
    final TierCounters counters = new TierCounters(GaugeSources.none("test"), statistics.latencies(), System::nanoTime);
    private final Codecs codecs = new Codecs(RemoteFixture.class.getClassLoader());
    private final Versions versions = new Versions(ThreadLocalRandom.current().nextLong());
    private final List<CommandExecutor> acquired = new ArrayList<>();
    private final String uri;
    private final Duration timeout;

    public RemoteFixture(String uri) {
        this(uri, TIMEOUT);
    }

    public RemoteFixture(String uri, Duration timeout) {
        this.uri = uri;
        this.timeout = timeout;
    }

    public static RemoteOptions remoteOptions(String uri, Duration commandTimeout, Duration connectTimeout) {
        return remoteOptions(new RedisEndpoint(uri, TlsFiles.NONE, null), commandTimeout, connectTimeout);
    }

    public static RemoteOptions remoteOptions(
            RedisEndpoint endpoint, Duration commandTimeout, Duration connectTimeout) {
        return new RemoteOptions(endpoint, "test:probe", commandTimeout, connectTimeout);
    }

    static RedisCacheOptions options(String cacheName) {
        return new RedisCacheOptions(
                "test",
                cacheName,
                16 << 20,
                Duration.ofSeconds(30),
                false,
                Duration.ofSeconds(60),
                Duration.ofSeconds(30),
                Duration.ZERO,
                false,
                false);
    }

    public CommandExecutor executor() {
        return executor(new RedisEndpoint(uri, TlsFiles.NONE, null));
    }

    private CommandExecutor executor(RedisEndpoint endpoint) {
        CommandExecutor executor =
                clients.acquire(remoteOptions(endpoint, timeout, connectTimeout()), statistics.latencies());
        acquired.add(executor);
        return executor;
    }

    private Duration connectTimeout() {
        return timeout.compareTo(TIMEOUT) > 0 ? timeout : TIMEOUT;
    }

    public RedisTierOfRecord<String, String> record(String cacheName) {
        return record(options(cacheName));
    }

    RedisTierOfRecord<String, String> record(RedisCacheOptions options) {
        return record(options, String.class);
    }

    /** Returns the executor of the first partition of the caches in a Redis Cluster. */
    CommandExecutor firstPartition() {
        return executor(new RedisEndpoint(uri, TlsFiles.NONE, null)
                .partitions("test", 1)
                .get(0));
    }

    /** Returns the tier of a cache that is spread over a Redis Cluster. */
    TierOfRecord<String, String> partitioned(String cacheName, int partitions) {
        List<CommandExecutor> executors = new RedisEndpoint(uri, TlsFiles.NONE, null)
                .partitions("test", partitions).stream().map(this::executor).toList();
        return new PartitionedTierOfRecord<>(
                executors.stream()
                        .<TierOfRecord<String, String>>map(each -> record(each, options(cacheName), null, String.class))
                        .toList(),
                key -> PartitionTags.partition(key.getBytes(UTF_8), partitions),
                executors.get(0)::partlyDone);
    }

    <V> RedisTierOfRecord<String, V> record(RedisCacheOptions options, Class<V> valueType) {
        return record(executor(), options, null, valueType);
    }

    /** Returns the tier of the first partition of a cache whose number of partitions is not confirmed. */
    RedisTierOfRecord<String, String> firstPartition(CommandExecutor executor, String cacheName, PartitionCount count) {
        return record(executor, options(cacheName), count, String.class);
    }

    private <V> RedisTierOfRecord<String, V> record(
            CommandExecutor executor, RedisCacheOptions options, @Nullable PartitionCount count, Class<V> valueType) {
        CodecRules rules = new CodecRules(String.class, valueType, List.of(), 4_096, 16 << 20);
        return new RedisTierOfRecord<>(
                executor,
                options,
                count,
                new RedisCacheCodecs<>(
                        codecs.keys(String.class, rules, null),
                        codecs.values(valueType, rules),
                        (key, why) -> undecodable.add(why.reason()),
                        RefusedValues.FAIL),
                versions,
                counters);
    }

    @Override
    public void close() {
        acquired.forEach(CommandExecutor::close);
        codecs.close();
    }
}
