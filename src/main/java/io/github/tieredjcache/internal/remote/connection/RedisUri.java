package io.github.tieredjcache.internal.remote.connection;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.tieredjcache.internal.remote.connection.ClusterTopology.Node;
import java.net.URI;
import java.net.URLDecoder;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The URI of a Redis, parsed: of a server, of sentinels and their master, or of nodes of a cluster. URIs of equal texts
 * are equal.
 *
 * @param text as configured, credentials included
 * @param parts of the text
 * @param address the address for messages
 */
record RedisUri(String text, URI parts, RedisAddress address) {
    private static final String SENTINELS = "-sentinel";
    private static final String CLUSTER = "-cluster";
    private static final int DEFAULT_PORT = 6379;
    // URI does not accept a host name with an underscore.
    private static final Pattern NODE = Pattern.compile("([^:,\\[\\]]+|\\[[^\\[\\]]+])(?::(\\d+)?)?");

    /**
     * Parses a URI.
     *
     * @throws IllegalArgumentException if the text is no URI or names no host; the message does not quote it
     */
    static RedisUri parse(String text) {
        try {
            URI parts = URI.create(text);
            RedisAddress address = address(parts);
            if (address != null) {
                return new RedisUri(text, parts, address);
            }
        } catch (IllegalArgumentException e) {
            // The exception is dropped: its message quotes the URI, and with it the password.
        }
        throw new IllegalArgumentException("the Redis URI must be like redis://user:password@host:port/database");
    }

    private static @Nullable RedisAddress address(URI parts) {
        String scheme = parts.getScheme();
        if (scheme == null || parts.getRawAuthority() == null) {
            return null;
        }
        String hosts = hosts(parts);
        if (scheme.endsWith(CLUSTER)) {
            return new RedisAddress(hosts + " (cluster)", scheme + "://" + hosts, true);
        }
        String master = parameter(parts, "sentinelMasterId", parts.getRawFragment());
        if (scheme.endsWith(SENTINELS) && master != null) {
            return new RedisAddress(
                    master + " (sentinels " + hosts + ")", scheme + "://" + hosts + "#" + master, false);
        }
        Matcher server = NODE.matcher(hosts);
        if (!server.matches()) {
            return null;
        }
        String port = server.group(2);
        String address = server.group(1) + ":" + (port == null ? String.valueOf(DEFAULT_PORT) : port);
        return new RedisAddress(address, scheme + "://" + address, false);
    }

    boolean isEncrypted() {
        return text.startsWith("rediss");
    }

    /** Returns the user name; null if there is none, which means the default user of Redis. */
    @Nullable
    String user() {
        // Decoded after the split, since the user name may contain an encoded colon.
        String raw = credentials().split("[:@]", 2)[0];
        return raw.isEmpty() ? null : decoded(raw);
    }

    /** Returns the password of the sentinels, which Lettuce does not read; null if they have none. */
    @Nullable
    String sentinelPassword() {
        return parameter(parts, "sentinelPassword", null);
    }

    /** Returns the servers that the URI names, in their order. */
    List<Node> nodes() {
        return Stream.of(hosts(parts).split(",")).map(RedisUri::node).toList();
    }

    private static Node node(String host) {
        Matcher matcher = NODE.matcher(host);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("a server must be like host:port, was " + host);
        }
        String port = matcher.group(2);
        return new Node(
                matcher.group(1).replaceAll("[\\[\\]]", ""), port == null ? DEFAULT_PORT : Integer.parseInt(port));
    }

    /** Returns the text with only the first node if it names nodes of a cluster; any other text unchanged. */
    String withFirstNode() {
        if (!address.isCluster()) {
            return text;
        }
        return parts.getScheme().replaceFirst(CLUSTER + "$", "") + "://" + credentials()
                + hosts(parts).replaceFirst(",.*$", "") + parts.getRawPath()
                + (parts.getRawQuery() == null ? "" : "?" + parts.getRawQuery());
    }

    /** Returns user and password as written and with the '@' behind them; empty if there are none. */
    private String credentials() {
        // A URI of several hosts has no user info, so the authority is split by hand.
        String authority = parts.getRawAuthority();
        return authority.substring(0, authority.lastIndexOf('@') + 1);
    }

    /** Returns the hosts and ports as written. */
    private static String hosts(URI parts) {
        String authority = parts.getRawAuthority();
        return authority.substring(authority.lastIndexOf('@') + 1);
    }

    /** Returns a decoded query parameter; the alternative if there is none of that name. */
    private static @Nullable String parameter(URI parts, String name, @Nullable String alternative) {
        if (parts.getRawQuery() != null) {
            for (String each : parts.getRawQuery().split("[&;]", -1)) {
                if (each.startsWith(name + "=")) {
                    return decoded(each.substring(name.length() + 1));
                }
            }
        }
        return alternative;
    }

    private static String decoded(String raw) {
        // A plus sign stands for itself: this is not form encoding.
        return URLDecoder.decode(raw.replace("+", "%2B"), UTF_8);
    }

    /** Shows the address of the server, never the credentials. */
    @Override
    public String toString() {
        return address.toString();
    }
}
