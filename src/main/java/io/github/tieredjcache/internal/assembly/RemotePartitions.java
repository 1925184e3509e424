package io.github.tieredjcache.internal.assembly;

import io.github.tieredjcache.TieredSetting;
import io.github.tieredjcache.TieredSettings;
import io.github.tieredjcache.internal.codec.api.KeyCodec;
import io.github.tieredjcache.internal.coherence.CoherenceLease;
import io.github.tieredjcache.internal.port.RemoteHealth;
import io.github.tieredjcache.internal.record.CombinedHealth;
import io.github.tieredjcache.internal.record.RecoveryJournal;
import io.github.tieredjcache.internal.remote.connection.ClientRegistry;
import io.github.tieredjcache.internal.remote.connection.CommandExecutor;
import io.github.tieredjcache.internal.remote.connection.RedisEndpoint;
import io.github.tieredjcache.internal.remote.connection.RemoteOptions;
import io.github.tieredjcache.internal.remote.connection.TlsFiles;
import io.github.tieredjcache.internal.remote.record.PartitionCount;
import io.github.tieredjcache.internal.remote.wire.PartitionTags;
import io.github.tieredjcache.internal.stats.Latencies;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToIntFunction;
import javax.cache.configuration.Factory;
import org.jspecify.annotations.Nullable;

/**
 * The clients of one cache's Redis, and the journals of keys that it lacks: one of each for a partition. Without a Redis
 * Cluster there is one partition.
 *
 * @param <K> the type of the keys
 */
final class RemotePartitions<K> {
    private final ClientRegistry registry;
    private final List<RemoteOptions> options;
    private final List<CommandExecutor> clients;
    private final List<RecoveryJournal<K>> journals;
    private final @Nullable PartitionCount count;
    private final RemoteHealth health;

    private RemotePartitions(
            Opening opening,
            List<RemoteOptions> options,
            List<CommandExecutor> clients,
            @Nullable PartitionCount count) {
        this.registry = opening.registry();
        this.options = options;
        this.clients = List.copyOf(clients);
        this.count = count;
        int keysEach = Math.max(1, opening.settings().get(TieredSetting.OUTAGE_JOURNAL_KEYS) / clients.size());
        this.journals =
                clients.stream().map(each -> new RecoveryJournal<K>(keysEach)).toList();
        this.health = clients.size() == 1
                ? clients.get(0).health()
                : new CombinedHealth(
                        clients.stream().map(CommandExecutor::health).toList());
    }

    /** Acquires the clients, which connect meanwhile; waits for the first of a cluster, which has the number of partitions. */
    static <K> RemotePartitions<K> open(Opening opening) {
        TieredSettings settings = opening.settings();
        List<RemoteOptions> options = opening.options(1);
        List<CommandExecutor> clients = new ArrayList<>(List.of(opening.acquire(options.get(0))));
        PartitionCount count = null;
        if (clients.get(0).address().isCluster()) {
            opening.registry().awaitFirstAttempt(clients.get(0), options.get(0));
            count = PartitionCount.of(
                    clients.get(0),
                    settings.get(TieredSetting.REDIS_NAMESPACE),
                    opening.cacheName(),
                    settings.get(TieredSetting.REDIS_CLUSTER_PARTITIONS));
            options = opening.options(count.count());
            options.stream().skip(1).map(opening::acquire).forEach(clients::add);
        }
        return new RemotePartitions<>(opening, options, clients, count);
    }

    /** Waits for the first attempts of all clients to connect. */
    void awaitFirstAttempts() {
        for (int i = 0; i < clients.size(); i++) {
            registry.awaitFirstAttempt(clients.get(i), options.get(i));
        }
    }

    /** Returns the client of the first partition, for what is the same for all. */
    CommandExecutor first() {
        return clients.get(0);
    }

    List<CommandExecutor> clients() {
        return clients;
    }

    List<RecoveryJournal<K>> journals() {
        return journals;
    }

    /** Returns the number of partitions in Redis; null without a cluster. */
    @Nullable
    PartitionCount count() {
        return count;
    }

    /** Returns the health of all partitions together. */
    RemoteHealth health() {
        return health;
    }

    /** Returns the function from a key to the index of its partition. */
    ToIntFunction<K> partitionOf(KeyCodec<K> keys) {
        int all = clients.size();
        return all == 1 ? key -> 0 : key -> PartitionTags.partition(keys.encode(key), all);
    }

    /** Creates the lease of a near tier on the copies of all partitions. */
    CoherenceLease lease(TieredSettings settings) {
        return new CoherenceLease(
                clients.stream().map(each -> each.trackedKeys().proof()).toList(),
                settings.get(TieredSetting.NEAR_STALENESS_BOUND).toNanos());
    }

    /**
     * What the clients of the partitions have in common.
     *
     * @param password returns the password; null if that of the URI is valid
     * @param latencies records the durations of the calls
     * @param closeables receives the clients
     */
    record Opening(
            ClientRegistry registry,
            String cacheName,
            TieredSettings settings,
            @Nullable Factory<String> password,
            Latencies latencies,
            List<AutoCloseable> closeables) {
        private CommandExecutor acquire(RemoteOptions options) {
            CommandExecutor client = registry.acquire(options, latencies);
            closeables.add(client);
            return client;
        }

        private List<RemoteOptions> options(int partitions) {
            TlsFiles tls = new TlsFiles(
                    file(TieredSetting.REDIS_TLS_CA_FILE),
                    file(TieredSetting.REDIS_TLS_CERTIFICATE_FILE),
                    file(TieredSetting.REDIS_TLS_KEY_FILE));
            return RemoteOptions.forCache(
                    new RedisEndpoint(settings.get(TieredSetting.REDIS_URI), tls, password)
                            .named(NodeName.of(settings)),
                    settings.get(TieredSetting.REDIS_NAMESPACE),
                    cacheName,
                    partitions,
                    settings.get(TieredSetting.REDIS_COMMAND_TIMEOUT),
                    settings.get(TieredSetting.REDIS_CONNECT_TIMEOUT));
        }

        private @Nullable String file(TieredSetting<String> setting) {
            String path = settings.get(setting);
            return path.isEmpty() ? null : path;
        }
    }
}
