package io.github.tieredjcache.internal.remote.connection;

import io.github.tieredjcache.internal.remote.connection.ClusterTopology.Node;
import io.github.tieredjcache.internal.remote.wire.KeySpace;
import java.net.URI;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.cache.configuration.Factory;
import org.jspecify.annotations.Nullable;

/**
 * The address of a Redis, its TLS files and the credentials. Clients with equal endpoints share a connection.
 *
 * @param uri a syntactically correct URI of a server, of sentinels, or of nodes of a cluster, credentials included
 * @param tls the certificates
 * @param password returns the password, and is called for each connection; null if that of the URI is valid
 * @param hashTag the hash tag of all keys of the clients of this endpoint; null without a cluster, and for an endpoint
 *     that stands for all caches of a cluster
 */
public record RedisEndpoint(
        String uri,
        TlsFiles tls,
        @Nullable Factory<String> password,
        @Nullable String hashTag) {
    private static final Pattern NODE = Pattern.compile("([^:\\[\\]]+|\\[[^\\[\\]]+])(?::(\\d+))?");

    /** Creates an endpoint without a hash tag. */
    public RedisEndpoint(String uri, TlsFiles tls, @Nullable Factory<String> password) {
        this(uri, tls, password, null);
    }

    /**
     * Returns the endpoint for the keys of a cache. In a cluster each cache has its own: its keys have a hash tag, so
     * that they are in one hash slot and on one server. Without a cluster all caches have the same endpoint.
     */
    public RedisEndpoint forCache(String namespace, String cacheName) {
        return RedisAddress.isCluster(URI.create(uri))
                ? new RedisEndpoint(uri, tls, password, KeySpace.hashTag(namespace, cacheName))
                : this;
    }

    /** Returns this endpoint without the hash tag, which is common to all caches of one Redis. */
    RedisEndpoint withoutHashTag() {
        return hashTag == null ? this : new RedisEndpoint(uri, tls, password);
    }

    /**
     * Returns this endpoint without the password factory, so that a map that outlives the clients does not keep classes
     * of an application in memory.
     */
    RedisEndpoint withoutPassword() {
        return password == null ? this : new RedisEndpoint(uri, tls, null, hashTag);
    }

    boolean isEncrypted() {
        return uri.startsWith("rediss");
    }

    /** Returns the user name in the URI; null if there is none, which means the default user of Redis. */
    @Nullable
    String user() {
        // A URI of several hosts has no user info, so the authority is split by hand.
        String authority = URI.create(uri).getRawAuthority();
        String raw =
                authority.substring(0, Math.max(0, authority.lastIndexOf('@'))).split(":", 2)[0];
        // Decoded after the split, since the user name may contain an encoded colon.
        return raw.isEmpty() ? null : URI.create("redis://" + raw + "@host").getUserInfo();
    }

    /** Returns the cluster nodes that the URI names, in their order. */
    List<Node> nodes() {
        return Stream.of(RedisAddress.hosts(URI.create(uri)).split(","))
                .map(RedisEndpoint::node)
                .toList();
    }

    // URI does not accept a host name with an underscore.
    private static Node node(String host) {
        Matcher parts = NODE.matcher(host);
        if (!parts.matches()) {
            throw new IllegalArgumentException("a node of a cluster must be like host:port, was " + host);
        }
        String port = parts.group(2);
        return new Node(
                parts.group(1).replaceAll("[\\[\\]]", ""),
                port == null ? RedisAddress.DEFAULT_PORT : Integer.parseInt(port));
    }

    /** Returns the URI with only the first node if it names nodes of a cluster; any other URI unchanged. */
    static String withFirstNode(String text) {
        URI uri = URI.create(text);
        if (!RedisAddress.isCluster(uri)) {
            return text;
        }
        String authority = uri.getRawAuthority();
        String credentials = authority.substring(0, authority.lastIndexOf('@') + 1);
        return uri.getScheme().replaceFirst("-cluster$", "") + "://" + credentials
                + RedisAddress.hosts(uri).replaceFirst(",.*$", "") + uri.getRawPath()
                + (uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery());
    }

    RedisAddress address() {
        return RedisAddress.of(uri);
    }

    /** Shows the address of the server, never the credentials. */
    @Override
    public String toString() {
        return "RedisEndpoint[" + address() + "]";
    }
}
