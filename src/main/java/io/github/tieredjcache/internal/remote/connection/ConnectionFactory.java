package io.github.tieredjcache.internal.remote.connection;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.github.tieredjcache.internal.remote.wire.HashSlot;
import io.github.tieredjcache.internal.remote.wire.RedisCommand;
import io.github.tieredjcache.internal.support.NanoClock;
import io.lettuce.core.RedisURI;
import java.time.Duration;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Opens the connections of one {@link ConnectionSupervisor}: with sentinels, or in a cluster, to the current master,
 * which it looks up before each connection.
 */
final class ConnectionFactory {
    private final ServerConnections servers;
    private final @Nullable MasterFinder finder;
    private final @Nullable HashSlot slot;
    private final byte[] probeKey;
    private final ExceptionTranslator translator;
    private final NanoClock clock;
    private final ScheduledExecutorService thread;
    private final Set<RedisConnection> open = ConcurrentHashMap.newKeySet();
    private volatile @Nullable Master latestMaster;
    private volatile @Nullable ScheduledFuture<?> periodic;
    private volatile boolean closed;

    /**
     * Creates a factory that has opened nothing.
     *
     * @param clock gives the time at which commands are sent
     * @param servers returns the connections to the servers with a share for this factory, which {@link #close} releases
     * @throws IllegalArgumentException if the URI or a file of TLS cannot be used
     */
    ConnectionFactory(RemoteOptions remote, NanoClock clock, Supplier<ServerConnections> servers) {
        RedisEndpoint endpoint = remote.endpoint();
        this.probeKey = remote.probeKey().getBytes(US_ASCII);
        this.translator = new ExceptionTranslator(endpoint.address());
        this.clock = clock;
        this.slot = endpoint.hashTag() == null ? null : HashSlot.of(endpoint.hashTag());
        this.servers = servers.get();
        this.thread = this.servers.nextThread();
        this.finder = finder(endpoint, remote.connectTimeout());
    }

    private @Nullable MasterFinder finder(RedisEndpoint endpoint, Duration timeout) {
        if (slot != null) {
            return again -> clusterMasters().master(slot, again);
        }
        RedisURI uri = servers.uri();
        return uri.getSentinels().isEmpty()
                ? null
                : new SentinelMasterFinder(
                        uri,
                        endpoint.uri().sentinelPassword(),
                        each -> registered(servers.connectToSentinel(each)),
                        timeout,
                        thread);
    }

    private ClusterMasterFinder clusterMasters() {
        return Objects.requireNonNull(servers.clusterMasters());
    }

    /** Returns new circuit breakers for the calls on the connections. */
    CircuitBreakers newBreakers() {
        return new CircuitBreakers(
                translator.address().toString(), this::server, () -> isNew("unavailable"), clock, this::onThread);
    }

    /** Returns whether a line about the server may be logged: no other hash slot of the server has logged it lately. */
    boolean isNew(String line) {
        return servers.isNew(server() + ": " + line);
    }

    /** Opens an authenticated connection to the current master. */
    CompletableFuture<RedisConnection> connect() {
        return connect(false, false);
    }

    /**
     * Opens an authenticated connection to the current master.
     *
     * @param isSide whether it is for long work, which must not delay the calls on other connections
     * @param again whether the attempt before has failed
     */
    CompletableFuture<RedisConnection> connect(boolean isSide, boolean again) {
        if (closed) {
            return CompletableFuture.failedFuture(new IllegalStateException("the client is closed"));
        }
        return registered(
                finder == null
                        ? servers.connect(null)
                        : finder.master(again).thenCompose(master -> {
                            latestMaster = master;
                            return slot == null ? servers.connect(master) : servers.share(master, slot, isSide);
                        }));
    }

    /** Has a connection closed with this factory. */
    private CompletableFuture<RedisConnection> registered(CompletableFuture<RedisConnection> opening) {
        return opening.thenApply(connection -> {
            open.add(connection);
            connection.onClose(() -> open.remove(connection));
            if (closed) {
                connection.close();
            }
            return connection;
        });
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
        if (slot != null) {
            clusterMasters().onRedirection(redirection);
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

    /** Returns the thread on which the supervisor of the connection runs. */
    ScheduledExecutorService thread() {
        return thread;
    }

    /** Runs a task on the thread; does nothing after the threads have ended. */
    void onThread(Runnable task) {
        try {
            thread.execute(task);
        } catch (RejectedExecutionException e) {
            // The threads have ended, and with them the user of the result.
        }
    }

    /** Runs a task on the thread periodically, until {@link #close}; to be called once. */
    void onThreadEvery(Duration interval, Runnable task) {
        periodic = thread.scheduleWithFixedDelay(task, interval.toMillis(), interval.toMillis(), TimeUnit.MILLISECONDS);
    }

    ExceptionTranslator translator() {
        return translator;
    }

    NanoClock clock() {
        return clock;
    }

    /**
     * Closes the connections that this factory has opened. If no other factory uses the client, ends its threads, and
     * waits for them a bounded time.
     */
    void close() {
        closed = true;
        ScheduledFuture<?> scheduled = periodic;
        if (scheduled != null) {
            // Factories for other hash slots may go on to use the thread.
            scheduled.cancel(false);
        }
        if (!servers.release()) {
            open.forEach(RedisConnection::close);
        }
    }
}
