package io.github.tieredjcache.internal.remote;

import io.github.tieredjcache.internal.entry.NanoClock;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.MaintNotificationsConfig;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisCredentials;
import io.lettuce.core.RedisCredentialsProvider.ImmediateRedisCredentialsProvider;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.SslVerifyMode;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.metrics.CommandLatencyRecorder;
import io.lettuce.core.protocol.ProtocolVersion;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.DefaultClientResources;
import io.lettuce.core.resource.ThreadFactoryProvider;
import io.lettuce.core.resource.Transports;
import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.security.AccessController;
import java.security.PrivilegedAction;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Lettuce's client of one Redis, set up to fail fast: it never reconnects, replays or queues without a bound by itself. Where sentinels
 * know which server is the master it asks them before each connection.
 *
 * <p>Its threads are daemons, few, and end with {@link #close}.
 */
final class Door {
    private static final String THREADS = "tiered-jcache-redis-";
    private static final int IO_THREADS = 2;
    // Lettuce's minimum.
    private static final int COMPUTATION_THREADS = 2;
    private static final int COMMANDS_IN_FLIGHT_MAX = 16_384;
    private static final Duration KEEPALIVE_IDLE = Duration.ofSeconds(5);
    private static final Duration KEEPALIVE_INTERVAL = Duration.ofSeconds(1);
    private static final int KEEPALIVE_COUNT = 3;
    private static final Duration CLOSE_WAIT = Duration.ofSeconds(2);

    private final ClientResources resources;
    // Made at once and ended by this: Lettuce makes its own when it first connects, and if that is while it is shut
    // down, it may have looked already for what to end, and they run for ever.
    private final EventLoopGroup loops;
    private final RedisClient client;
    private final RedisURI uri;
    private final @Nullable Sentinels sentinels;
    private final @Nullable String user;
    private final @Nullable Passwords passwords;
    private final NanoClock clock;
    private final ScheduledExecutorService thread;
    private volatile @Nullable Master found;
    private volatile boolean closed;

    /**
     * Creates the client and connects to nothing.
     *
     * @param connectTimeout for the TCP connection, and again for the greeting
     * @param clock tells when requests were sent
     * @throws IllegalArgumentException if the URI or a file of TLS cannot be used
     */
    Door(RedisAccess access, Duration connectTimeout, NanoClock clock) {
        this(access, connectTimeout, clock, Door::threads);
    }

    /**
     * As above.
     *
     * @param threads makes the threads of a pool, which it is asked for by the pool's name
     */
    Door(RedisAccess access, Duration connectTimeout, NanoClock clock, ThreadFactoryProvider threads) {
        this.clock = clock;
        this.uri = parse(access.uri());
        this.user = access.user();
        this.uri.setTimeout(connectTimeout);
        // Nothing is begun before all is known to be in order.
        ClientOptions options = options(access, connectTimeout);
        Made made = madeApart(threads);
        this.client = made.client;
        this.loops = made.loops;
        this.resources = client.getResources();
        client.setOptions(options);
        this.thread = resources.eventExecutorGroup().next();
        this.passwords = access.password() == null
                ? null
                : new Passwords(access.password(), threads.getThreadFactory("passwords"));
        this.sentinels = this.uri.getSentinels().isEmpty()
                ? null
                : new Sentinels(this.uri, access.uri(), each -> open(each, null), connectTimeout, thread);
    }

    /**
     * Makes the client on a thread that none of the caller's code is on. Netty keeps exceptions in static fields, which
     * keep the classes that were on the stack when they were made: those of the first application, undeployed or not.
     */
    private static Made madeApart(ThreadFactoryProvider threads) {
        return CompletableFuture.supplyAsync(
                        () -> made(threads),
                        task -> threads("start").newThread(task).start())
                .join();
    }

    private static Made made(ThreadFactoryProvider threads) {
        // Made when it is first used, which is later.
        Objects.requireNonNull(GlobalEventExecutor.INSTANCE);
        ClientResources resources = DefaultClientResources.builder()
                .ioThreadPoolSize(IO_THREADS)
                .computationThreadPoolSize(COMPUTATION_THREADS)
                .threadFactoryProvider(threads)
                .commandLatencyRecorder(CommandLatencyRecorder.disabled())
                .build();
        EventLoopGroup loops = resources.eventLoopGroupProvider().allocate(Transports.eventLoopGroupClass());
        return new Made(RedisClient.create(resources), loops);
    }

    /** What Lettuce has made. */
    private record Made(RedisClient client, EventLoopGroup loops) {}

    /** Makes a connection that has been authenticated, to where the master is now. */
    CompletableFuture<RedisStream> connect() {
        if (closed) {
            // Not left to Netty, which is noisy about it.
            return CompletableFuture.failedFuture(new IllegalStateException("the client is closed"));
        }
        return sentinels == null
                ? connect(uri, null)
                : master().thenCompose(master -> {
                    found = master;
                    return connect(to(master), master);
                });
    }

    private CompletableFuture<RedisStream> connect(RedisURI server, @Nullable Master master) {
        return passwords == null
                ? open(server, master)
                : passwords.next().thenCompose(password -> open(with(password, server), master));
    }

    private RedisURI with(String password, RedisURI server) {
        RedisURI complete = RedisURI.builder(server).build();
        RedisCredentials credentials = RedisCredentials.just(user, password);
        complete.setCredentialsProvider((ImmediateRedisCredentialsProvider) () -> credentials);
        return complete;
    }

    /** Asks the sentinels, of which there must be some, which server is the master. */
    CompletableFuture<Master> master() {
        return Objects.requireNonNull(sentinels).master();
    }

    /** Returns the master that was found last; null if there are no sentinels, or if they have not answered yet. */
    @Nullable
    Master found() {
        return found;
    }

    private RedisURI to(Master master) {
        RedisURI direct = new RedisURI(master.host(), master.port(), uri.getTimeout());
        direct.setDatabase(uri.getDatabase());
        direct.setSsl(uri.isSsl());
        direct.setVerifyPeer(uri.getVerifyMode());
        direct.setCredentialsProvider(uri.getCredentialsProvider());
        direct.setClientName(uri.getClientName());
        return direct;
    }

    private CompletableFuture<RedisStream> open(RedisURI server, @Nullable Master master) {
        try {
            return client.connectAsync(ByteArrayCodec.INSTANCE, server)
                    .toCompletableFuture()
                    .thenApply(connection -> new RedisStream(connection, master, clock));
        } catch (RuntimeException | LinkageError e) {
            // A class path without one of Lettuce's own dependencies must not look like an outage.
            return CompletableFuture.failedFuture(e);
        }
    }

    /** The thread on which the owner of the connection thinks. */
    ScheduledExecutorService thread() {
        return thread;
    }

    /** Ends all connections and threads, waiting for them a bounded time. */
    void close() {
        closed = true;
        if (passwords != null) {
            passwords.close();
        }
        try {
            client.shutdownAsync(0, CLOSE_WAIT.toMillis(), TimeUnit.MILLISECONDS)
                    .get(CLOSE_WAIT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
            // What is left ends with its threads.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        var unused = loops.shutdownGracefully(0, CLOSE_WAIT.toMillis(), TimeUnit.MILLISECONDS);
        resources
                .shutdown(0, CLOSE_WAIT.toMillis(), TimeUnit.MILLISECONDS)
                .awaitUninterruptibly(CLOSE_WAIT.toMillis(), TimeUnit.MILLISECONDS);
    }

    private static RedisURI parse(String uri) {
        try {
            RedisURI parsed = RedisURI.create(uri);
            // Whatever it says: there is no way to a server that was not verified.
            parsed.setVerifyPeer(SslVerifyMode.FULL);
            parsed.getSentinels().forEach(each -> each.setVerifyPeer(SslVerifyMode.FULL));
            return parsed;
        } catch (RuntimeException e) {
            // Without the cause: it may quote the URI, and with it the password.
            throw new IllegalArgumentException("the URI of Redis at " + Place.of(uri)
                    + " cannot be used; it must be like redis://user:password@host:port/database, percent-encoded");
        }
    }

    private static ClientOptions options(RedisAccess access, Duration connectTimeout) {
        return ClientOptions.builder()
                .autoReconnect(false)
                .disconnectedBehavior(ClientOptions.DisconnectedBehavior.REJECT_COMMANDS)
                .requestQueueSize(COMMANDS_IN_FLIGHT_MAX)
                .protocolVersion(ProtocolVersion.RESP3)
                .maintNotificationsConfig(MaintNotificationsConfig.disabled())
                .sslOptions(access.tls().options(access.isEncrypted(), connectTimeout))
                .socketOptions(SocketOptions.builder()
                        .connectTimeout(connectTimeout)
                        .tcpNoDelay(true)
                        .keepAlive(SocketOptions.KeepAliveOptions.builder()
                                .enable()
                                .idle(KEEPALIVE_IDLE)
                                .interval(KEEPALIVE_INTERVAL)
                                .count(KEEPALIVE_COUNT)
                                .build())
                        .build())
                .build();
    }

    /** Makes daemons. */
    static ThreadFactory threads(String pool) {
        return new DefaultThreadFactory(THREADS + pool, true) {
            @Override
            @SuppressWarnings("removal") // Up to JDK 23 nothing else keeps the caller's classes off a new thread.
            public Thread newThread(Runnable task) {
                // Before JDK 24 a thread remembers for its life whose code made it: applications that are undeployed.
                Thread thread = AccessController.doPrivileged((PrivilegedAction<Thread>) () -> super.newThread(task));
                // Not the caller's: it may be the loader of a web application that is to be undeployed.
                thread.setContextClassLoader(Door.class.getClassLoader());
                return thread;
            }
        };
    }
}
