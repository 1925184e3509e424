package io.github.tieredjcache.testkit;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A bad network between a client and a Redis: passes bytes on, and holds, drops, delays or cuts them on request.
 *
 * <pre>{@code
 * try (RedisServer redis = RedisServer.start();
 *         FaultProxy proxy = FaultProxy.inFrontOf(redis)) {
 *     connectTo(proxy.uri());
 *     proxy.fromServer().hold();    // replies do not arrive, and no error is reported
 *     proxy.fromServer().forward(); // now they do
 *     proxy.reset();                // the connections break
 * }
 * }</pre>
 *
 * <p>What is set for a {@link ProxyDirection} holds for all connections, those to come included, from the moment the call
 * returns. The proxy itself takes connections whatever happens to their bytes, as a black hole behind a load balancer
 * does; {@link #refuse()} changes that. The end of a connection is held, dropped and delayed like its bytes. At most 64
 * MiB wait in a direction of a connection; then the sender has to.
 *
 * <p>Listens on the loopback interface and has one daemon thread, which ends with {@link #close()}. TLS goes through, but
 * is not looked into. Instances may be used by several threads.
 */
public final class FaultProxy implements AutoCloseable {
    private static final int BINDS_MAX = 10;
    private static final int BUFFER_BYTES = 64 << 10;
    private static final long END_WITHIN_MILLIS = 60_000;

    private volatile RedisAddress target;
    private final InetSocketAddress own;
    private final Selector selector;
    private final Thread thread;
    private final Queue<Task<?>> tasks = new ConcurrentLinkedQueue<>();
    private final ProxyDirection toServer = new ProxyDirection(this::runOnThread);
    private final ProxyDirection fromServer = new ProxyDirection(this::runOnThread);
    private volatile boolean closed;

    // Only touched on the thread.
    private final List<ProxiedConnection> connections = new ArrayList<>();
    private @Nullable ServerSocketChannel listener;
    private long pushesDropped;
    private long unansweredMost;

    private FaultProxy(RedisAddress target, Selector selector, ServerSocketChannel listener) throws IOException {
        this.target = target;
        this.selector = selector;
        this.listener = listener;
        this.own = (InetSocketAddress) listener.getLocalAddress();
        this.thread = new Thread(this::run, "fault-proxy-" + own.getPort());
        thread.setDaemon(true);
    }

    /**
     * Starts a proxy that passes everything on.
     *
     * @throws UncheckedIOException if it cannot listen
     */
    public static FaultProxy inFrontOf(RedisServer redis) {
        return inFrontOf(redis.address());
    }

    /**
     * Starts a proxy that passes everything on. Whether somebody listens at the URI is seen with the first connection.
     *
     * @param redisUri as {@code redis://[[user]:password@]host[:port][/database]}
     * @throws IllegalArgumentException if this is no Redis URI
     * @throws UncheckedIOException if it cannot listen
     */
    public static FaultProxy inFrontOf(String redisUri) {
        return inFrontOf(RedisAddress.parse(redisUri, "the proxy's target"));
    }

    private static FaultProxy inFrontOf(RedisAddress target) {
        try {
            FaultProxy proxy = new FaultProxy(target, Selector.open(), listen());
            proxy.register();
            proxy.thread.start();
            return proxy;
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot listen for " + target + ": " + e.getMessage(), e);
        }
    }

    /** Below the range of outgoing connections, where nobody takes the port while new connections are refused. */
    private static ServerSocketChannel listen() throws IOException {
        for (int bind = 1; ; bind++) {
            try {
                return listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), LocalRedis.unusedPort()));
            } catch (IOException e) {
                if (bind == BINDS_MAX) {
                    throw e;
                }
            }
        }
    }

    private static ServerSocketChannel listen(InetSocketAddress address) throws IOException {
        ServerSocketChannel channel = ServerSocketChannel.open();
        try {
            return channel.bind(address);
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    /** The URI for a client: that of the server, credentials and database included, but with this proxy's place. */
    public String uri() {
        URI parsed = URI.create(target.uri());
        String credentials = parsed.getRawUserInfo() == null ? "" : parsed.getRawUserInfo() + "@";
        String query = parsed.getRawQuery() == null ? "" : "?" + parsed.getRawQuery();
        return parsed.getScheme() + "://" + credentials + own.getHostString() + ":" + own.getPort()
                + parsed.getRawPath() + query;
    }

    /** The TCP port that this listens on, always the same. */
    public int port() {
        return own.getPort();
    }

    /** What clients send. */
    public ProxyDirection toServer() {
        return toServer;
    }

    /** What the server sends. */
    public ProxyDirection fromServer() {
        return fromServer;
    }

    /** Breaks all connections, on both sides, with a TCP reset; new ones may be made at once. */
    public void reset() {
        runOnThread(this::resetAll);
    }

    /** Has new connections lead to another server, as a name or a balancer does after a failover; those that are there stay. */
    public void leadTo(RedisServer other) {
        target = other.address();
    }

    /** Refuses new connections, as a server that does not run; those that are there stay. */
    public void refuse() {
        runOnThread(() -> {
            if (listener != null) {
                closeListener();
            }
        });
    }

    /**
     * Takes new connections again, on the same port.
     *
     * @throws UncheckedIOException if another program took the port meanwhile
     */
    public void accept() {
        runOnThread(() -> {
            try {
                if (listener == null) {
                    listener = listen(own);
                    register();
                }
            } catch (IOException e) {
                throw new UncheckedIOException("Cannot listen at port " + port() + " again: " + e.getMessage(), e);
            }
        });
    }

    /**
     * Drops the RESP3 push messages of one kind, and nothing else: the client is lied to, and cannot know.
     *
     * @param kind their first word, such as {@code invalidate}
     */
    public void dropPushes(String kind) {
        runOnThread(() -> fromServer.dropPushes(kind));
    }

    /** Lets all push messages through again; those that were dropped do not come back. */
    public void passPushes() {
        runOnThread(() -> fromServer.dropPushes(null));
    }

    /** How many push messages were dropped so far. */
    public long pushesDropped() {
        return onThread(() -> pushesDropped
                + connections.stream()
                        .mapToLong(ProxiedConnection::pushesDropped)
                        .sum());
    }

    /**
     * How many commands of one connection at most have waited at a time until the server answered, since the beginning; a reply
     * that is held counts as given. Of a client that speaks RESP in arrays, as all libraries do.
     */
    public long unansweredMost() {
        return onThread(() -> connections.stream()
                .mapToLong(ProxiedConnection::unansweredMost)
                .reduce(unansweredMost, Math::max));
    }

    /** How many bytes to the server have come and not gone out. */
    public long bytesToServerKept() {
        return onThread(() -> connections.stream()
                .mapToLong(ProxiedConnection::bytesToServerKept)
                .sum());
    }

    /** How many of the connections that are there now were ended by their clients, and were not passed on completely. */
    public long endedByClients() {
        return onThread(() ->
                connections.stream().filter(ProxiedConnection::isEndedByClient).count());
    }

    /** As {@link #endedByClients}, but counts those only that were ended by a reset. */
    public long resetByClients() {
        return onThread(() ->
                connections.stream().filter(ProxiedConnection::isResetByClient).count());
    }

    /** How many connections there are now. */
    public int connections() {
        return onThread(connections::size);
    }

    private void register() throws IOException {
        if (listener != null) {
            listener.configureBlocking(false);
            listener.register(selector, SelectionKey.OP_ACCEPT);
        }
    }

    private void runOnThread(Runnable action) {
        boolean unused = onThread(() -> {
            action.run();
            return true;
        });
    }

    private <T> T onThread(Supplier<T> action) {
        Task<T> task = new Task<>(action, new CompletableFuture<>());
        tasks.add(task);
        selector.wakeup();
        if (closed) {
            // Perhaps nobody looks into the queue any more.
            abandonTasks();
        }
        return task.await();
    }

    private void abandonTasks() {
        for (Task<?> task = tasks.poll(); task != null; task = tasks.poll()) {
            task.done.completeExceptionally(new IllegalStateException(this + " is closed"));
        }
    }

    private void run() {
        ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
        try {
            while (!closed) {
                selector.select(waitMillis());
                selector.selectedKeys().clear();
                for (Task<?> task = tasks.poll(); task != null; task = tasks.poll()) {
                    task.run();
                }
                acceptAll();
                turn(buffer);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(this + " ended: " + e.getMessage(), e);
        } finally {
            closed = true;
            end();
            abandonTasks();
        }
    }

    /** Until the next delayed byte is due; 0 waits for an event. */
    private long waitMillis() {
        long nowNanos = System.nanoTime();
        long least = Long.MAX_VALUE;
        for (ProxiedConnection each : connections) {
            Long until = each.untilDueNanos(nowNanos);
            least = until == null ? least : Math.min(least, until);
        }
        return least == Long.MAX_VALUE ? 0 : NANOSECONDS.toMillis(least) + 1;
    }

    private void acceptAll() throws IOException {
        ServerSocketChannel open = listener;
        if (open == null) {
            return;
        }
        for (SocketChannel client = open.accept(); client != null; client = open.accept()) {
            ProxiedConnection connection = ProxiedConnection.open(
                    client, new InetSocketAddress(target.host(), target.port()), selector, toServer, fromServer);
            if (connection != null) {
                connections.add(connection);
            }
        }
    }

    private void turn(ByteBuffer buffer) {
        for (ProxiedConnection each : List.copyOf(connections)) {
            each.turn(buffer, System.nanoTime());
            if (each.isOver()) {
                forget(each);
            }
            if (toServer.isUsedUp() || fromServer.isUsedUp()) {
                toServer.forgetLimit();
                fromServer.forgetLimit();
                resetAll();
                return;
            }
        }
    }

    private void forget(ProxiedConnection connection) {
        if (connections.remove(connection)) {
            pushesDropped += connection.pushesDropped();
            unansweredMost = Math.max(unansweredMost, connection.unansweredMost());
        }
    }

    private void resetAll() {
        for (ProxiedConnection each : List.copyOf(connections)) {
            each.reset();
            forget(each);
        }
        flushCancelledKeys();
    }

    /** A channel is really closed only when its selector has let go of it. */
    private void flushCancelledKeys() {
        try {
            selector.selectNow();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void closeListener() {
        ServerSocketChannel open = listener;
        listener = null;
        try {
            if (open != null) {
                open.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot stop listening at port " + port(), e);
        }
        flushCancelledKeys();
    }

    private void end() {
        resetAll();
        closeListener();
        try {
            selector.close();
        } catch (IOException e) {
            // Nothing is registered with it any more.
        }
    }

    /** Breaks all connections and ends the thread. Repeated calls change nothing. */
    @Override
    public void close() {
        closed = true;
        selector.wakeup();
        try {
            thread.join(END_WITHIN_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Where this listens and in front of what, without the password. */
    @Override
    public String toString() {
        return "fault proxy at port " + port() + " in front of " + target;
    }

    /** Something to be done on the thread. */
    private record Task<T>(Supplier<T> action, CompletableFuture<T> done) {
        void run() {
            try {
                done.complete(action.get());
            } catch (RuntimeException e) {
                done.completeExceptionally(e);
            }
        }

        T await() {
            try {
                return done.join();
            } catch (CompletionException e) {
                if (e.getCause() instanceof RuntimeException failure) {
                    throw failure;
                }
                throw e;
            }
        }
    }
}
