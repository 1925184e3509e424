package io.github.tieredjcache.internal.remote.connection;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.github.tieredjcache.internal.remote.wire.KeySpace;
import java.time.Duration;

/**
 * How to reach a Redis.
 *
 * @param access where it is, and who asks
 * @param commandTimeout how long a call waits for one answer; positive
 * @param probeKey a key of the namespace that never has a value, in a cluster of the slot
 * @param connectTimeout how long an attempt to connect may take, and again the greeting; positive
 */
public record RemoteOptions(RedisEndpoint endpoint, String probeKey, Duration commandTimeout, Duration connectTimeout) {
    private static final String NAMESPACE = "tiered-jcache";

    public RemoteOptions {
        requirePositive("command", commandTimeout);
        requirePositive("connect", connectTimeout);
    }

    /** As above, for a use of the default namespace. */
    public RemoteOptions(RedisEndpoint access, Duration commandTimeout, Duration connectTimeout) {
        this(access, NAMESPACE + ":probe", commandTimeout, connectTimeout);
    }

    /** Returns the options of one cache. Caches that share a connection share the probe key of the first one. */
    public static RemoteOptions forCache(
            RedisEndpoint endpoint,
            String namespace,
            String cacheName,
            Duration commandTimeout,
            Duration connectTimeout) {
        KeySpace space = new KeySpace(
                namespace, cacheName, 0, Integer.MAX_VALUE, endpoint.address().isOfCluster());
        return new RemoteOptions(
                endpoint.forCache(namespace, cacheName),
                new String(space.probeKey(), US_ASCII),
                commandTimeout,
                connectTimeout);
    }

    /** As above, for a URI that says everything. */
    public RemoteOptions(String uri, Duration commandTimeout, Duration connectTimeout) {
        this(new RedisEndpoint(uri, TlsFiles.NONE, null), commandTimeout, connectTimeout);
    }

    private static void requirePositive(String what, Duration timeout) {
        if (timeout.isNegative() || timeout.isZero()) {
            throw new IllegalArgumentException("the " + what + " timeout must be positive, was " + timeout);
        }
    }

    /** Shows where the server is, never the credentials. */
    @Override
    public String toString() {
        return "RemoteOptions[" + endpoint.address() + ", commandTimeout=" + commandTimeout + "]";
    }
}
