package io.github.tieredjcache.testkit;

import java.io.IOException;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.channels.UnresolvedAddressException;
import org.jspecify.annotations.Nullable;

/** A client's connection to a proxy and the proxy's to the server. Used by the proxy's thread only. */
final class ProxiedConnection {
    private static final int LINGER_NONE = 0;

    private final SocketChannel client;
    private final SocketChannel server;
    private final SelectionKey clientKey;
    private final SelectionKey serverKey;
    private final Pipe toServer;
    private final Pipe fromServer;
    private final Unanswered unanswered = new Unanswered();
    private boolean connected;

    private ProxiedConnection(
            SocketChannel client, SocketChannel server, Selector selector, ProxyDirection there, ProxyDirection back)
            throws IOException {
        this.client = client;
        this.server = server;
        this.clientKey = configure(client, selector);
        this.serverKey = configure(server, selector);
        this.toServer = new Pipe(client, server, there, null, unanswered::sent);
        this.fromServer = new Pipe(server, client, back, new PushFilter(), unanswered::answered);
    }

    /** Begins to connect to the server for a client that has connected; null if that fails at once. */
    static @Nullable ProxiedConnection open(
            SocketChannel client, SocketAddress target, Selector selector, ProxyDirection there, ProxyDirection back) {
        SocketChannel server = null;
        try {
            server = SocketChannel.open();
            ProxiedConnection connection = new ProxiedConnection(client, server, selector, there, back);
            connection.connected = server.connect(target);
            return connection;
        } catch (IOException | UnresolvedAddressException e) {
            abort(client);
            if (server != null) {
                abort(server);
            }
            return null;
        }
    }

    private static SelectionKey configure(SocketChannel channel, Selector selector) throws IOException {
        channel.configureBlocking(false);
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        return channel.register(selector, 0);
    }

    /** Moves what can be moved, and says what to wait for. */
    void turn(ByteBuffer buffer, long nowNanos) {
        try {
            connected = connected || server.finishConnect();
        } catch (IOException e) {
            reset();
            return;
        }
        toServer.read(buffer, nowNanos);
        if (connected) {
            toServer.write(nowNanos);
            fromServer.read(buffer, nowNanos);
            fromServer.write(nowNanos);
        }
        if (toServer.isBroken(nowNanos) || fromServer.isBroken(nowNanos)) {
            reset();
        } else if (toServer.hasEnded() && fromServer.hasEnded()) {
            close(client);
            close(server);
        } else {
            clientKey.interestOps(interest(toServer, fromServer));
            serverKey.interestOps(connected ? interest(fromServer, toServer) : SelectionKey.OP_CONNECT);
        }
    }

    private static int interest(Pipe incoming, Pipe outgoing) {
        return (incoming.wantsInput() ? SelectionKey.OP_READ : 0)
                | (outgoing.wantsOutput() ? SelectionKey.OP_WRITE : 0);
    }

    /** Returns how long until there is something to move; null if that is no question of time. */
    @Nullable
    Long untilDueNanos(long nowNanos) {
        Long there = toServer.untilDueNanos(nowNanos);
        Long back = fromServer.untilDueNanos(nowNanos);
        return there == null || (back != null && back < there) ? back : there;
    }

    long unansweredMost() {
        return unanswered.most();
    }

    long pushesDropped() {
        return fromServer.filter().dropped();
    }

    long bytesToServerKept() {
        return toServer.queuedBytes();
    }

    boolean isEndedByClient() {
        return toServer.inputEnded();
    }

    boolean isResetByClient() {
        return toServer.inputFailed();
    }

    boolean isOver() {
        return !client.isOpen();
    }

    /** Ends both sides with a reset. */
    void reset() {
        abort(client);
        abort(server);
    }

    /** Ends a connection with a reset instead of an orderly end. */
    static void abort(SocketChannel channel) {
        try {
            channel.setOption(StandardSocketOptions.SO_LINGER, LINGER_NONE);
        } catch (IOException e) {
            // It has ended already.
        }
        close(channel);
    }

    private static void close(SocketChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            // It has ended, which is what was wanted.
        }
    }
}
