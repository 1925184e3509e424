package io.github.tieredjcache.testkit;

import java.util.ArrayList;
import java.util.List;

/** A Redis of its own that speaks TLS on one port, and without it, for tests that look or interfere, on another. */
public final class TlsRedis implements AutoCloseable {
    private final RedisServer redis;
    private final int port;

    private TlsRedis(RedisServer redis, int port) {
        this.redis = redis;
        this.port = port;
    }

    /**
     * Starts one.
     *
     * @param identity what it shows to clients
     * @param authority whose clients it lets in; those that show no certificate only if {@code clientsMustShow} is false
     * @param arguments as for {@link RedisServer#startLocal}
     */
    public static TlsRedis start(
            CertificateAuthority.Identity identity,
            CertificateAuthority authority,
            boolean clientsMustShow,
            String... arguments) {
        int port = LocalRedis.unusedPort();
        List<String> all = new ArrayList<>(List.of("--tls-port", Integer.toString(port)));
        all.addAll(List.of("--tls-cert-file", identity.certificate().toString()));
        all.addAll(List.of("--tls-key-file", identity.key().toString()));
        all.addAll(List.of("--tls-ca-cert-file", authority.certificate().toString()));
        all.addAll(List.of("--tls-auth-clients", clientsMustShow ? "yes" : "no"));
        all.addAll(List.of(arguments));
        return new TlsRedis(RedisServer.startLocal(all.toArray(String[]::new)), port);
    }

    /** The port on which it speaks TLS. */
    public int port() {
        return port;
    }

    /** The same server without TLS. */
    public RedisServer plain() {
        return redis;
    }

    @Override
    public void close() {
        redis.close();
    }
}
