package io.github.tieredjcache.internal.remote.connection;

import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * The address of a Redis for messages: host and port, the name of a master and its sentinels, or nodes of a cluster;
 * never credentials.
 *
 * @param name the address within a sentence
 * @param uri the configured URI without credentials and parameters
 */
public record RedisAddress(String name, String uri) {
    private static final String SENTINELS = "-sentinel";
    private static final String CLUSTER = "-cluster";
    static final int DEFAULT_PORT = 6379;

    static RedisAddress of(String uri) {
        try {
            URI parsed = URI.create(uri);
            if (isCluster(parsed)) {
                String nodes = hosts(parsed);
                return new RedisAddress(nodes + " (cluster)", parsed.getScheme() + "://" + nodes);
            }
            if (isSentinels(parsed)) {
                String hosts = hosts(parsed);
                String master = masterOf(parsed);
                return new RedisAddress(
                        master + " (sentinels " + hosts + ")", parsed.getScheme() + "://" + hosts + "#" + master);
            }
            String host = parsed.getHost();
            if (host != null) {
                String address = host + ":" + (parsed.getPort() < 0 ? DEFAULT_PORT : parsed.getPort());
                return new RedisAddress(address, parsed.getScheme() + "://" + address);
            }
        } catch (IllegalArgumentException e) {
            // The exception is dropped: its message quotes the URI, and with it the password.
        }
        throw new IllegalArgumentException("the Redis URI must be like redis://user:password@host:port/database");
    }

    /** Returns whether the URI names sentinels and the name of their master. */
    static boolean isSentinels(URI uri) {
        return uri.getScheme() != null
                && uri.getScheme().endsWith(SENTINELS)
                && uri.getRawAuthority() != null
                && masterOf(uri) != null;
    }

    /** Returns whether the URI names nodes of a cluster. */
    static boolean isCluster(URI uri) {
        return uri.getScheme() != null && uri.getScheme().endsWith(CLUSTER) && uri.getRawAuthority() != null;
    }

    /** Returns whether this is a cluster. */
    public boolean isCluster() {
        return isCluster(URI.create(uri));
    }

    /** Returns the hosts and ports of a URI as written, without credentials. */
    static String hosts(URI uri) {
        return uri.getRawAuthority().replaceFirst("^.*@", "");
    }

    private static @Nullable String masterOf(URI uri) {
        return SentinelMasterFinder.parameter(uri, "sentinelMasterId", uri.getRawFragment());
    }

    @Override
    public String toString() {
        return name;
    }
}
