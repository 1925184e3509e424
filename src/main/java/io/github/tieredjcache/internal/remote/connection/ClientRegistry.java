package io.github.tieredjcache.internal.remote.connection;

import io.github.tieredjcache.internal.stats.Latencies;
import io.github.tieredjcache.internal.support.NanoClock;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.cache.CacheException;
import org.jspecify.annotations.Nullable;

/**
 * The Redis clients of one provider: one for each endpoint, counted by users, and closed by the last one. Safe for use
 * by many threads.
 */
public final class ClientRegistry {
    private final NanoClock clock;
    private final Map<RedisEndpoint, SharedClient> byEndpoint = new HashMap<>();
    // An entry outlives the last client of its Redis only while purges are pending. The keys have no password factory,
    // which would keep the classes of an undeployed application in memory.
    private final Map<RedisEndpoint, PendingPurges> pendingPurges = new HashMap<>();
    // When the clients of a Redis began to wait for their first connection, by the clock.
    private final Map<RedisEndpoint, Long> firstWaits = new HashMap<>();
    // By the endpoint without its hash tag.
    private final Map<RedisEndpoint, ServerConnections> servers = new HashMap<>();

    /**
     * Creates a registry without clients.
     *
     * @param clock the clock of the deadlines of entries
     */
    public ClientRegistry(NanoClock clock) {
        this.clock = clock;
    }

    /**
     * Acquires the client of a Redis; {@code close()} of the result releases it.
     *
     * <p>Does not wait for Redis and does not fail if Redis is unavailable: the connection is opened in the background.
     *
     * @param latencies records the durations of the calls
     * @throws IllegalArgumentException if the URI or a file cannot be used; the message does not quote the URI
     * @throws CacheException if Lettuce and Netty do not fit together
     */
    public synchronized CommandExecutor acquire(RemoteOptions options, Latencies latencies) {
        SharedClient shared = byEndpoint.get(options.endpoint());
        if (shared == null) {
            shared = new SharedClient(open(options));
            byEndpoint.put(options.endpoint(), shared);
        }
        shared.users++;
        return new CommandExecutor(
                shared.supervisor,
                options.endpoint().hashTag(),
                options.commandTimeout(),
                latencies,
                () -> release(options.endpoint()));
    }

    /**
     * Waits until the first attempt to connect has succeeded or failed, so that the first calls need not wait. The
     * clients of one Redis (in a cluster one for each hash tag) share one wait until all of them are connected.
     *
     * @param executor acquired with the options
     */
    public void awaitFirstAttempt(CommandExecutor executor, RemoteOptions options) {
        if (executor.isTracking()) {
            // A cache has up to 1,024 clients, and what follows looks at all of them.
            return;
        }
        try {
            var unused = executor.connection(firstWait(options));
        } catch (CacheException e) {
            // The supervisor has logged the failure and keeps trying.
        }
        removeWait(server(options.endpoint()), null);
    }

    /** Returns how long a client that was acquired with the options may wait for its first connection. */
    synchronized Duration firstWait(RemoteOptions options) {
        RedisEndpoint server = server(options.endpoint());
        removeWait(server, options.endpoint());
        long nowNanos = clock.nanos();
        long beganNanos = firstWaits.computeIfAbsent(server, same -> nowNanos);
        Duration left = options.connectTimeout().minusNanos(nowNanos - beganNanos);
        return left.isNegative() ? Duration.ZERO : left;
    }

    /**
     * Removes the shared wait for a Redis if all of its clients are connected.
     *
     * @param except the endpoint of a client that is not checked; null to check all
     */
    private synchronized void removeWait(RedisEndpoint server, @Nullable RedisEndpoint except) {
        boolean allConnected = byEndpoint.entrySet().stream()
                .filter(each ->
                        server(each.getKey()).equals(server) && !each.getKey().equals(except))
                .allMatch(each -> each.getValue().supervisor.isConnected());
        if (allConnected) {
            firstWaits.remove(server);
        }
    }

    /** Returns the number of open clients. */
    public synchronized int open() {
        return byEndpoint.size();
    }

    /** Returns for how many servers this registry holds anything, whether they have an open client or not. */
    synchronized int retainedServers() {
        return (int) Stream.<Map<RedisEndpoint, ?>>of(byEndpoint, pendingPurges, servers, firstWaits)
                .flatMap(each -> each.keySet().stream())
                .map(ClientRegistry::server)
                .distinct()
                .count();
    }

    /** Returns the endpoint that stands for all clients of a Redis: without the hash tag and the password factory. */
    private static RedisEndpoint server(RedisEndpoint endpoint) {
        return endpoint.withoutHashTag().withoutPassword();
    }

    private ConnectionSupervisor open(RemoteOptions options) {
        ConnectionFactory connections = new ConnectionFactory(options, clock, () -> serversOf(options));
        ConnectionSupervisor supervisor =
                new ConnectionSupervisor(connections, options.connectTimeout(), purgesOf(options.endpoint()));
        supervisor.breaker(options.commandTimeout());
        supervisor.open();
        return supervisor;
    }

    private ServerConnections serversOf(RemoteOptions options) {
        RedisEndpoint redis = options.endpoint().withoutHashTag();
        ServerConnections known = servers.get(redis);
        if (known != null && known.tryShare()) {
            return known;
        }
        ServerConnections opened =
                new ServerConnections(redis, options.connectTimeout(), clock, LettuceResources::start);
        servers.put(redis, opened);
        return opened;
    }

    private PendingPurges purgesOf(RedisEndpoint endpoint) {
        return pendingPurges.computeIfAbsent(endpoint.withoutPassword(), same -> new PendingPurges());
    }

    private void release(RedisEndpoint endpoint) {
        ConnectionSupervisor last = null;
        synchronized (this) {
            SharedClient shared = byEndpoint.get(endpoint);
            if (shared != null && --shared.users == 0) {
                byEndpoint.remove(endpoint);
                last = shared.supervisor;
            }
        }
        if (last != null) {
            last.close();
            removeUnused();
        }
    }

    private synchronized void removeUnused() {
        servers.values().removeIf(ServerConnections::isReleased);
        firstWaits
                .keySet()
                .retainAll(
                        byEndpoint.keySet().stream().map(ClientRegistry::server).collect(Collectors.toSet()));
        Set<RedisEndpoint> used =
                byEndpoint.keySet().stream().map(RedisEndpoint::withoutPassword).collect(Collectors.toSet());
        pendingPurges
                .entrySet()
                .removeIf(
                        each -> !used.contains(each.getKey()) && each.getValue().isEmpty());
    }

    /** A client and the number of its users. */
    private static final class SharedClient {
        private final ConnectionSupervisor supervisor;
        private int users;

        SharedClient(ConnectionSupervisor supervisor) {
            this.supervisor = supervisor;
        }
    }
}
