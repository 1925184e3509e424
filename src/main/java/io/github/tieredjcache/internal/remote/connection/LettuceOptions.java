package io.github.tieredjcache.internal.remote.connection;

import io.github.tieredjcache.internal.remote.connection.ClusterTopology.Node;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisCredentials;
import io.lettuce.core.RedisCredentialsProvider.ImmediateRedisCredentialsProvider;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.SslVerifyMode;
import io.lettuce.core.TimeoutOptions;
import io.lettuce.core.protocol.ProtocolVersion;
import java.time.Duration;

/** The options of the Lettuce clients: they fail fast, and do not reconnect, replay or queue without a bound. */
final class LettuceOptions {
    private static final int COMMANDS_IN_FLIGHT_MAX = 16_384;

    private LettuceOptions() {}

    /**
     * Returns the options of a client.
     *
     * @throws IllegalArgumentException if a file of TLS cannot be used
     */
    static ClientOptions of(RedisEndpoint endpoint, Duration connectTimeout) {
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

    /**
     * Returns a URI in the form that Lettuce expects.
     *
     * @throws IllegalArgumentException if Lettuce cannot parse it; the message does not quote it
     */
    static RedisURI parse(RedisUri uri) {
        try {
            RedisURI parsed = RedisURI.create(uri.withFirstNode());
            if (uri.parts().getHost() == null && parsed.getSentinels().isEmpty()) {
                // Of a host with an underscore, Lettuce takes the port for a part of the name.
                Node server = uri.nodes().get(0);
                parsed.setHost(server.host());
                parsed.setPort(server.port());
            }
            prepare(parsed);
            parsed.getSentinels().forEach(LettuceOptions::prepare);
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

    /** Returns the URI of another server of the same Redis. */
    static RedisURI of(RedisURI uri, String host, int port) {
        RedisURI direct = new RedisURI(host, port, uri.getTimeout());
        direct.setDatabase(uri.getDatabase());
        direct.setSsl(uri.isSsl());
        direct.setVerifyPeer(uri.getVerifyMode());
        direct.setCredentialsProvider(uri.getCredentialsProvider());
        direct.setClientName(uri.getClientName());
        return direct;
    }
}
