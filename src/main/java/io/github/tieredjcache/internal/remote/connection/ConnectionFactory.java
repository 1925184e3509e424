package io.github.tieredjcache.internal.remote.connection;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.github.tieredjcache.internal.remote.connection.ClusterTopology.Node;
import io.github.tieredjcache.internal.remote.wire.HashSlot;
import io.github.tieredjcache.internal.remote.wire.RedisCommand;
import io.github.tieredjcache.internal.support.NanoClock;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisCredentials;
import io.lettuce.core.RedisCredentialsProvider.ImmediateRedisCredentialsProvider;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.SslVerifyMode;
import io.lettuce.core.TimeoutOptions;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.protocol.ProtocolVersion;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Opens connections to one Redis with a client of Lettuce that fails fast: it does not reconnect, replay or queue
 * without a bound. With sentinels, or in a cluster, it looks up the master before each connection.
 *
 * <p>{@link #close} ends the client, and its threads if no other client runs on them.
 */
final class ConnectionFactory {
    private static final int COMMANDS_IN_FLIGHT_MAX = 16_384;
    private static final Duration CLOSE_WAIT = Duration.ofSeconds(2);

    private final LettuceResources resources;
    private final RedisClient client;
    private final RedisURI uri;
    private final @Nullable MasterFinder finder;
    private final @Nullable ClusterMasterFinder clusterFinder;
    private final @Nullable HashSlot slot;
    private final @Nullable String user;
    private final @Nullable RotatingPassword passwords;
    private final byte[] probeKey;
    private final ExceptionTranslator translator;
    private final NanoClock clock;
    private final ScheduledExecutorService thread;
    private volatile @Nullable Master latestMaster;
    private volatile boolean closed;

    /**
     * Creates the client without a connection, on threads that it may share.
     *
     * @param clock gives the time at which commands are sent
     * @param resources returns the threads with a share for this client, which {@link #close} releases
     * @throws IllegalArgumentException if the URI or a file of TLS cannot be used
     */
    ConnectionFactory(RemoteOptions remote, NanoClock clock, Supplier<LettuceResources> resources) {
        RedisEndpoint endpoint = remote.endpoint();
        Duration connectTimeout = remote.connectTimeout();
        this.probeKey = remote.probeKey().getBytes(US_ASCII);
        this.translator = new ExceptionTranslator(endpoint.address());
        this.clock = clock;
        this.uri = parse(endpoint.uri());
        this.slot = endpoint.hashTag() == null ? null : HashSlot.of(endpoint.hashTag());
        this.user = endpoint.uri().user();
        this.uri.setTimeout(connectTimeout);
        if (uri.getClientName() == null && !endpoint.clientName().isEmpty()) {
            // Lettuce sends it within HELLO, so it costs no command.
            this.uri.setClientName(endpoint.clientName());
        }
        // No thread is started before all options are known to be valid.
        ClientOptions options = options(endpoint, connectTimeout);
        List<Node> seeds = slot == null ? List.of() : endpoint.uri().nodes();
        this.resources = resources.get();
        this.client = this.resources.client();
        client.setOptions(options);
        this.thread = this.resources.nextExecutor();
        this.passwords = endpoint.password() == null
                ? null
                : new RotatingPassword(endpoint.password(), this.resources.threadFactory("passwords"));
        this.clusterFinder = slot == null ? null : clusterFinder(endpoint, seeds, slot, connectTimeout);
        this.finder = this.uri.getSentinels().isEmpty()
                ? clusterFinder
                : new SentinelMasterFinder(
                        this.uri, endpoint.uri().sentinelPassword(), each -> open(each, null), connectTimeout, thread);
    }

    private ClusterMasterFinder clusterFinder(
            RedisEndpoint endpoint, List<Node> seeds, HashSlot ofKeys, Duration connectTimeout) {
        return new ClusterMasterFinder(
                seeds,
                ofKeys.number(),
                endpoint.uri().isEncrypted(),
                node -> clusterNodes(node, connectTimeout),
                translator,
                thread);
    }

    /** Sends CLUSTER NODES to a node, on a connection that is closed afterwards. */
    private CompletableFuture<String> clusterNodes(Node node, Duration timeout) {
        return connect(uriOf(node.host(), node.port()), null).thenCompose(connection -> {
            Future<?> limit = thread.schedule(connection::close, timeout.toMillis(), TimeUnit.MILLISECONDS);
            return connection.send(RedisCommand.nodes()).whenComplete((reply, failure) -> {
                limit.cancel(false);
                connection.close();
            });
        });
    }

    /** Opens an authenticated connection to the current master. */
    CompletableFuture<RedisConnection> connect() {
        if (closed) {
            // Netty would log a warning about the attempt.
            return CompletableFuture.failedFuture(new IllegalStateException("the client is closed"));
        }
        return finder == null
                ? connect(uri, null)
                : finder.master().thenCompose(master -> {
                    latestMaster = master;
                    // A cluster node learns by itself, and soon, that it was replaced, so it is not checked.
                    return connect(uriOf(master.host(), master.port()), clusterFinder == null ? master : null);
                });
    }

    private CompletableFuture<RedisConnection> connect(RedisURI server, @Nullable Master master) {
        return passwords == null
                ? open(server, master)
                : passwords.next().thenCompose(password -> open(withPassword(password, server), master));
    }

    private RedisURI withPassword(String password, RedisURI server) {
        RedisURI complete = RedisURI.builder(server).build();
        RedisCredentials credentials = RedisCredentials.just(user, password);
        complete.setCredentialsProvider((ImmediateRedisCredentialsProvider) () -> credentials);
        return complete;
    }

    /** Queries the sentinels, of which there must be some, for a newer master than the known one. */
    CompletableFuture<Master> master() {
        return Objects.requireNonNull(finder).latest();
    }

    /**
     * Removes a key of the namespace that never exists: a write that changes nothing, which a read-only server refuses.
     */
    CompletableFuture<Long> probe(RedisConnection connection) {
        return connection.sendReserved(RedisCommand.probe(probeKey));
    }

    /** Records a redirection by a server, so that the next connection leads to the new owner of the slot. */
    void onRedirection(Throwable redirection) {
        if (clusterFinder != null) {
            clusterFinder.onRedirection(redirection);
        }
    }

    /** Returns the address of the server for messages, with the master that was found last. */
    String server() {
        Master found = latestMaster;
        return found == null ? translator.address().toString() : translator.address() + ", at " + found;
    }

    /** Returns the master that was found last; null without sentinels and cluster, and before the first reply. */
    @Nullable
    Master latestMaster() {
        return latestMaster;
    }

    private RedisURI uriOf(String host, int port) {
        RedisURI direct = new RedisURI(host, port, uri.getTimeout());
        direct.setDatabase(uri.getDatabase());
        direct.setSsl(uri.isSsl());
        direct.setVerifyPeer(uri.getVerifyMode());
        direct.setCredentialsProvider(uri.getCredentialsProvider());
        direct.setClientName(uri.getClientName());
        return direct;
    }

    private CompletableFuture<RedisConnection> open(RedisURI server, @Nullable Master master) {
        // Empty, so that Lettuce does not send CLIENT SETINFO: the ACL of a user would deny it, and the server log it.
        server.setLibraryName("");
        server.setLibraryVersion("");
        try {
            // A missing dependency of Lettuce fails the future, since an exception thrown from here would look like an
            // outage.
            return CompletableFuture.completedFuture(server)
                    .thenComposeAsync(each -> client.connectAsync(ByteArrayCodec.INSTANCE, each), resources.eventLoop())
                    .thenApply(connection -> new RedisConnection(
                            connection, resources.eventLoop(), resources.trafficMeters(), master, slot, clock));
        } catch (RejectedExecutionException e) {
            return CompletableFuture.failedFuture(new IllegalStateException("the client is closed", e));
        }
    }

    /** Returns the thread on which the supervisor of the connection runs. */
    ScheduledExecutorService thread() {
        return thread;
    }

    /** Runs a task on the thread; does nothing after {@link #close}. */
    void onThread(Runnable task) {
        try {
            thread.execute(task);
        } catch (RejectedExecutionException e) {
            // The threads have ended, and with them the user of the result.
        }
    }

    ExceptionTranslator translator() {
        return translator;
    }

    NanoClock clock() {
        return clock;
    }

    /** Closes all connections and ends the threads; waits for them a bounded time. */
    void close() {
        closed = true;
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
        resources.release();
    }

    /** Returns a URI in the form that Lettuce expects. */
    static RedisURI parse(RedisUri uri) {
        try {
            RedisURI parsed = RedisURI.create(uri.withFirstNode());
            prepare(parsed);
            parsed.getSentinels().forEach(ConnectionFactory::prepare);
            return parsed;
        } catch (RuntimeException e) {
            // The cause is dropped: it may quote the URI, and with it the password.
            throw new IllegalArgumentException("the URI of Redis at " + uri.address()
                    + " cannot be used; it must be like redis://user:password@host:port/database, percent-encoded");
        }
    }

    private static void prepare(RedisURI server) {
        // The certificate is verified whatever the URI sets: unverified connections are not supported.
        server.setVerifyPeer(SslVerifyMode.FULL);
        // Resolved now: Lettuce would fetch them on another thread than its own, and if that is faster, it returns a
        // connection that refuses commands as not connected.
        RedisCredentials credentials =
                server.getCredentialsProvider().resolveCredentials().toFuture().join();
        server.setCredentialsProvider((ImmediateRedisCredentialsProvider) () -> credentials);
    }

    private static ClientOptions options(RedisEndpoint endpoint, Duration connectTimeout) {
        ClientOptions.Builder options = ClientOptions.builder()
                .autoReconnect(false)
                .disconnectedBehavior(ClientOptions.DisconnectedBehavior.REJECT_COMMANDS)
                .requestQueueSize(COMMANDS_IN_FLIGHT_MAX)
                // The caller limits how long a reply may take.
                .timeoutOptions(TimeoutOptions.builder().timeoutCommands(false).build())
                .protocolVersion(ProtocolVersion.RESP3)
                .sslOptions(endpoint.tls().options(endpoint.uri().isEncrypted(), connectTimeout))
                .socketOptions(TcpKeepAlive.enable(SocketOptions.builder()
                                .connectTimeout(connectTimeout)
                                .tcpNoDelay(true))
                        .build());
        MaintenanceNotices.disable(options);
        return options.build();
    }
}
