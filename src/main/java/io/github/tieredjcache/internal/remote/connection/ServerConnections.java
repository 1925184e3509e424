package io.github.tieredjcache.internal.remote.connection;

import io.github.tieredjcache.internal.remote.connection.ClusterTopology.Node;
import io.github.tieredjcache.internal.remote.wire.HashSlot;
import io.github.tieredjcache.internal.remote.wire.RedisCommand;
import io.github.tieredjcache.internal.support.NanoClock;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisCredentials;
import io.lettuce.core.RedisCredentialsProvider.ImmediateRedisCredentialsProvider;
import io.lettuce.core.RedisURI;
import io.lettuce.core.codec.ByteArrayCodec;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The connections to the servers of one Redis. In a Redis Cluster all caches share them: one connection to a server for
 * calls, and one for long work. Safe for use by many threads.
 *
 * <p>The last {@link #release} ends the client of Lettuce and its threads.
 */
final class ServerConnections {
    private static final Duration CLOSE_WAIT = Duration.ofSeconds(2);

    private final NanoClock clock;
    private final RedisURI uri;
    private final @Nullable String user;
    private final LettuceResources resources;
    private final RedisClient client;
    private final @Nullable RotatingPassword passwords;
    private final @Nullable ClusterMasterFinder clusterMasters;
    private final SharedLines lines;
    // Both guarded by this.
    private final Map<Key, Shared> shared = new HashMap<>();
    private int shares = 1;

    /**
     * Creates the client without a connection; the caller has the first share.
     *
     * @param connectTimeout how long the TCP connection may take
     * @param clock gives the time at which commands are sent
     * @param resources starts the threads
     * @throws IllegalArgumentException if the URI or a file of TLS cannot be used
     */
    ServerConnections(
            RedisEndpoint endpoint, Duration connectTimeout, NanoClock clock, Supplier<LettuceResources> resources) {
        this.clock = clock;
        this.lines = new SharedLines(clock);
        this.uri = LettuceOptions.parse(endpoint.uri());
        this.uri.setTimeout(connectTimeout);
        if (uri.getClientName() == null && !endpoint.clientName().isEmpty()) {
            // Lettuce sends it within HELLO, so it costs no command.
            this.uri.setClientName(endpoint.clientName());
        }
        this.user = endpoint.uri().user();
        boolean isCluster = endpoint.address().isCluster();
        // No thread is started before all options are known to be valid.
        ClientOptions options = LettuceOptions.of(endpoint, connectTimeout);
        List<Node> seeds = isCluster ? endpoint.uri().nodes() : List.of();
        this.resources = resources.get();
        this.client = this.resources.client();
        client.setOptions(options);
        this.passwords = endpoint.password() == null
                ? null
                : new RotatingPassword(endpoint.password(), this.resources.threadFactory("passwords"));
        ScheduledExecutorService thread = nextThread();
        this.clusterMasters = isCluster
                ? new ClusterMasterFinder(
                        seeds,
                        ThreadLocalRandom.current().nextInt(),
                        endpoint.uri().isEncrypted(),
                        node -> clusterNodes(node, connectTimeout, thread),
                        new ExceptionTranslator(endpoint.address()),
                        clock,
                        thread)
                : null;
    }

    /** Returns one of the threads for the work besides input and output. */
    ScheduledExecutorService nextThread() {
        return resources.nextExecutor();
    }

    /** Returns the finder of the masters of a cluster; null without a cluster. */
    @Nullable
    ClusterMasterFinder clusterMasters() {
        return clusterMasters;
    }

    /** Returns whether a hash slot may log a line that others may have logged; see {@link SharedLines}. */
    boolean isNew(String line) {
        return clusterMasters == null || lines.isNew(line);
    }

    /** Returns the configured URI in the form that Lettuce expects. */
    RedisURI uri() {
        return uri;
    }

    /** Sends CLUSTER NODES to a node, on a connection that is closed afterwards. */
    private CompletableFuture<String> clusterNodes(Node node, Duration timeout, ScheduledExecutorService thread) {
        return logIn(LettuceOptions.of(uri, node.host(), node.port())).thenCompose(connection -> {
            Future<?> limit = thread.schedule(connection::close, timeout.toMillis(), TimeUnit.MILLISECONDS);
            return connection.send(RedisCommand.nodes()).whenComplete((reply, failure) -> {
                limit.cancel(false);
                connection.close();
            });
        });
    }

    /**
     * Opens an authenticated connection.
     *
     * @param master the master that the sentinels have named; null for the server of the configured URI
     */
    CompletableFuture<RedisConnection> connect(@Nullable Master master) {
        RedisURI server = master == null ? uri : LettuceOptions.of(uri, master.host(), master.port());
        return logIn(server).thenApply(connection -> unshared(connection, master));
    }

    /** Opens a connection to a sentinel, with the credentials in its URI. */
    CompletableFuture<RedisConnection> connectToSentinel(RedisURI sentinel) {
        return open(sentinel).thenApply(connection -> unshared(connection, null));
    }

    private RedisConnection unshared(ServerConnection connection, @Nullable Master master) {
        return new RedisConnection(connection, connection::close, master, null, clock);
    }

    /**
     * Returns a connection for a hash slot, which shares the connection to its master.
     *
     * @param isSide whether it is for long work
     */
    CompletableFuture<RedisConnection> share(Master master, HashSlot slot, boolean isSide) {
        Key key = new Key(master.host(), master.port(), isSide);
        Shared joined = join(key);
        return joined.connection
                .thenApply(connection -> new RedisConnection(connection, () -> leave(key, joined), null, slot, clock))
                .whenComplete((connection, failure) -> {
                    if (failure != null) {
                        leave(key, joined);
                    }
                });
    }

    private synchronized Shared join(Key key) {
        Shared known = shared.get(key);
        if (known == null || !known.isUsable()) {
            known = new Shared(logIn(LettuceOptions.of(uri, key.host, key.port)));
            shared.put(key, known);
        }
        known.users++;
        return known;
    }

    private void leave(Key key, Shared left) {
        synchronized (this) {
            if (--left.users > 0) {
                return;
            }
            shared.remove(key, left);
        }
        var unused = left.connection.thenAccept(ServerConnection::close);
    }

    private CompletableFuture<ServerConnection> logIn(RedisURI server) {
        return passwords == null
                ? open(server)
                : passwords.next().thenCompose(password -> open(withPassword(password, server)));
    }

    private RedisURI withPassword(String password, RedisURI server) {
        RedisURI complete = RedisURI.builder(server).build();
        RedisCredentials credentials = RedisCredentials.just(user, password);
        complete.setCredentialsProvider((ImmediateRedisCredentialsProvider) () -> credentials);
        return complete;
    }

    private CompletableFuture<ServerConnection> open(RedisURI server) {
        if (isReleased()) {
            // Netty would log a warning about the attempt.
            return CompletableFuture.failedFuture(new IllegalStateException("the client is closed"));
        }
        // Empty, so that Lettuce does not send CLIENT SETINFO: the ACL of a user would deny it, and the server log it.
        server.setLibraryName("");
        server.setLibraryVersion("");
        try {
            // A missing dependency of Lettuce fails the future, since an exception thrown from here would look like an
            // outage.
            return CompletableFuture.completedFuture(server)
                    .thenComposeAsync(each -> client.connectAsync(ByteArrayCodec.INSTANCE, each), resources.eventLoop())
                    .thenApply(connection ->
                            new ServerConnection(connection, resources.eventLoop(), resources.channels(), clock));
        } catch (RejectedExecutionException e) {
            return CompletableFuture.failedFuture(new IllegalStateException("the client is closed", e));
        }
    }

    /** Acquires a share; returns false if the last share was released, since the threads have ended. */
    synchronized boolean tryShare() {
        if (shares == 0) {
            return false;
        }
        shares++;
        return true;
    }

    /** Returns whether the last share was released. */
    synchronized boolean isReleased() {
        return shares == 0;
    }

    /**
     * Releases a share; the release of the last one closes all connections, ends the threads, and waits for them a
     * bounded time.
     *
     * @return whether this was the last share
     */
    boolean release() {
        synchronized (this) {
            if (--shares > 0) {
                return false;
            }
        }
        if (passwords != null) {
            passwords.close();
        }
        try {
            LettuceResources.onOwnThread(() -> client.shutdownAsync(0, CLOSE_WAIT.toMillis(), TimeUnit.MILLISECONDS))
                    .get(CLOSE_WAIT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
            // Remaining connections end with their threads.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        resources.close();
        return true;
    }

    /**
     * What a shared connection is for.
     *
     * @param isSide whether it is for long work
     */
    private record Key(String host, int port, boolean isSide) {}

    /** A shared connection, and the number of its users. */
    private static final class Shared {
        private final CompletableFuture<ServerConnection> connection;
        // Guarded by the outer object.
        private int users;

        Shared(CompletableFuture<ServerConnection> connection) {
            this.connection = connection;
        }

        /** Returns whether another user may join: the connection is being opened, or open and not retired. */
        boolean isUsable() {
            return !connection.isDone()
                    || (!connection.isCompletedExceptionally()
                            && connection.join().isSharable());
        }
    }
}
