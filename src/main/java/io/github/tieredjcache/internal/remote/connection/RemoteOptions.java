package io.github.tieredjcache.internal.remote.connection;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.github.tieredjcache.internal.remote.wire.KeySpace;
import java.time.Duration;
import java.util.List;

/**
 * The connection options of a Redis.
 *
 * @param endpoint the address and the credentials
 * @param commandTimeout how long a call waits for one reply; positive
 * @param probeKey a key of the namespace that never has a value; in a cluster it is in the hash slot of the partition
 * @param connectTimeout how long the TCP connection may take, and again the handshake; positive
 */
public record RemoteOptions(RedisEndpoint endpoint, String probeKey, Duration commandTimeout, Duration connectTimeout) {
    public RemoteOptions {
        requirePositive("command", commandTimeout);
        requirePositive("connect", connectTimeout);
    }

    /**
     * Returns the options of the partitions of one cache, in their order; one without a cluster. Caches that share a
     * connection share the probe key of the first one.
     *
     * @param partitions the number of partitions in a cluster
     */
    public static List<RemoteOptions> forCache(
            RedisEndpoint endpoint,
            String namespace,
            String cacheName,
            int partitions,
            Duration commandTimeout,
            Duration connectTimeout) {
        return endpoint.partitions(namespace, partitions).stream()
                .map(each -> {
                    KeySpace space = new KeySpace(namespace, cacheName, 0, Integer.MAX_VALUE, each.hashTag());
                    return new RemoteOptions(
                            each, new String(space.probeKey(), US_ASCII), commandTimeout, connectTimeout);
                })
                .toList();
    }

    private static void requirePositive(String name, Duration timeout) {
        if (timeout.isNegative() || timeout.isZero()) {
            throw new IllegalArgumentException("the " + name + " timeout must be positive, was " + timeout);
        }
    }

    /** Shows the address of the server, never the credentials. */
    @Override
    public String toString() {
        return "RemoteOptions[" + endpoint.address() + ", commandTimeout=" + commandTimeout + "]";
    }
}
