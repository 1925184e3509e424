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
 * The way to a Redis: where it is, whom to trust, who asks. Those who have the same share a connection.
 *
 * @param uri a syntactically correct URI of a server, of sentinels, or of nodes of a cluster, credentials included
 * @param tls the certificates
 * @param password tells the password anew for each connection, null if that of the URI holds
 * @param hashTag what all keys have in common that go this way; null if any may, which in a cluster none may
 */
public record RedisEndpoint(
        String uri,
        TlsFiles tls,
        @Nullable Factory<String> password,
        @Nullable String hashTag) {
    private static final Pattern NODE = Pattern.compile("([^:\\[\\]]+|\\[[^\\[\\]]+])(?::(\\d+))?");

    /** As above, for any keys. */
    public RedisEndpoint(String uri, TlsFiles tls, @Nullable Factory<String> password) {
        this(uri, tls, password, null);
    }

    /**
     * Returns the way for the keys of a cache. In a cluster it is the cache's own: its keys have a hash tag, so that they are of one
     * slot, and on one server. Elsewhere it is the same for all.
     */
    public RedisEndpoint forCache(String namespace, String cacheName) {
        return RedisAddress.isOfCluster(URI.create(uri))
                ? new RedisEndpoint(uri, tls, password, KeySpace.hashTag(namespace, cacheName))
                : this;
    }

    /** Returns the same for any keys: what all caches of one Redis have in common. */
    RedisEndpoint withoutHashTag() {
        return hashTag == null ? this : new RedisEndpoint(uri, tls, password);
    }

    /** Returns the same without the user's code: what may be kept when nobody uses this any more. */
    RedisEndpoint withoutPassword() {
        return password == null ? this : new RedisEndpoint(uri, tls, null, hashTag);
    }

    boolean isEncrypted() {
        return uri.startsWith("rediss");
    }

    /** Returns the name in the URI, null if there is none: then it is Redis's default user. */
    @Nullable
    String user() {
        // Not as the URI's user info, which one of several hosts has not.
        String authority = URI.create(uri).getRawAuthority();
        String raw =
                authority.substring(0, Math.max(0, authority.lastIndexOf('@'))).split(":", 2)[0];
        // Decoded after it was cut off, since it may have a colon in it.
        return raw.isEmpty() ? null : URI.create("redis://" + raw + "@host").getUserInfo();
    }

    /** Returns the nodes of a cluster that the URI names, in their order. */
    List<Node> nodes() {
        return Stream.of(RedisAddress.hosts(URI.create(uri)).split(","))
                .map(RedisEndpoint::node)
                .toList();
    }

    // Not by a URI, in which a host's name must not have an underscore.
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

    /** Returns the URI of the first node where one names nodes of a cluster; any other as it is. */
    static String withFirstNode(String text) {
        URI uri = URI.create(text);
        if (!RedisAddress.isOfCluster(uri)) {
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

    /** Shows where the server is, never the credentials. */
    @Override
    public String toString() {
        return "RedisEndpoint[" + address() + "]";
    }
}
