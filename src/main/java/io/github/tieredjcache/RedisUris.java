package io.github.tieredjcache;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Checks Redis URIs, and formats them without user and password. */
final class RedisUris {
    private static final Set<String> SENTINEL_SCHEMES = Set.of("redis-sentinel", "rediss-sentinel");
    private static final Set<String> CLUSTER_SCHEMES = Set.of("redis-cluster", "rediss-cluster");
    private static final Set<String> SCHEMES =
            Set.of("redis", "rediss", "redis-sentinel", "rediss-sentinel", "redis-cluster", "rediss-cluster");
    private static final int PORT_MAX = 65_535;
    private static final String PORT_RULE = "must have a port between 1 and " + PORT_MAX;
    // URI accepts no host name with an underscore, such as that of a Docker service.
    private static final Pattern HOST = Pattern.compile("([\\w.-]+|\\[[\\p{XDigit}:.]+])(:(\\d{1,5}))?");
    // The rule of Sentinel itself. It also rejects the rest of a password that contains a '#'.
    private static final Pattern MASTER = Pattern.compile("[\\w.-]+");
    private static final Pattern DATABASE = Pattern.compile("(/\\d{0,5})?");
    private static final String MASTER_PARAMETER = "sentinelMasterId=";
    private static final String ENCODING =
            "; in a user or password '/' is written as %2F, '@' as %40, '?' as %3F, '#' as %23 and '%' as %25";
    private static final String HOST_RULE = "must name a host, as in redis://host:6379" + ENCODING;
    private static final String DATABASE_RULE = "must end with the number of a database, or without a path" + ENCODING;

    private RedisUris() {}

    /** Returns the rule that a URI breaks, or null. The empty text means no Redis. */
    static @Nullable String brokenRule(String text) {
        if (text.isEmpty()) {
            return null;
        }
        URI uri = parse(text);
        if (uri == null) {
            return "must be a URI such as redis://user:password@host:6379/0 with special characters percent-encoded"
                    + ENCODING;
        }
        if (uri.getScheme() == null || !SCHEMES.contains(uri.getScheme())) {
            return "must begin with redis:// or rediss://, with redis-sentinel:// or rediss-sentinel://, or with redis-cluster:// or"
                    + " rediss-cluster://";
        }
        if (hasMisplacedAt(uri)) {
            return "must not contain an '@' other than the one before the host" + ENCODING;
        }
        if (disablesVerification(uri)) {
            return "must not contain verifyPeer: with rediss:// the certificate and the host name of the server are always verified";
        }
        if (isSentinel(uri)) {
            return brokenSentinelRule(uri);
        }
        if (isCluster(uri)) {
            return brokenClusterRule(uri);
        }
        if (uri.getFragment() != null) {
            return "must not contain '#'; write it as %23";
        }
        if (!namesOneHost(uri)) {
            return HOST_RULE;
        }
        if (!DATABASE.matcher(uri.getRawPath()).matches()) {
            return DATABASE_RULE;
        }
        if (uri.getHost() == null) {
            return brokenHostsRule(uri, HOST_RULE);
        }
        return uri.getPort() == 0 || uri.getPort() > PORT_MAX ? PORT_RULE : null;
    }

    private static boolean namesOneHost(URI uri) {
        String host = hosts(uri);
        return uri.getHost() != null || (host != null && HOST.matcher(host).matches());
    }

    private static @Nullable URI parse(String text) {
        try {
            return new URI(text);
        } catch (URISyntaxException e) {
            // The exception is dropped: its message quotes the text, and with it the password.
            return null;
        }
    }

    /**
     * Returns whether an '@' stands where the parser found no user. The parser splits a password that contains '/',
     * '?', '#' or '@', and takes a piece of it for the host.
     */
    private static boolean hasMisplacedAt(URI uri) {
        String authority = uri.getRawAuthority() == null ? "" : uri.getRawAuthority();
        String rest = uri.getRawSchemeSpecificPart()
                .substring(Math.min(
                        2 + authority.length(), uri.getRawSchemeSpecificPart().length()));
        return authority.indexOf('@') != authority.lastIndexOf('@')
                || rest.indexOf('@') >= 0
                || (uri.getRawFragment() != null && uri.getRawFragment().indexOf('@') >= 0);
    }

    private static boolean isSentinel(URI uri) {
        return uri.getScheme() != null && SENTINEL_SCHEMES.contains(uri.getScheme());
    }

    private static boolean isCluster(URI uri) {
        return uri.getScheme() != null && CLUSTER_SCHEMES.contains(uri.getScheme());
    }

    private static @Nullable String brokenSentinelRule(URI uri) {
        String brokenByHosts =
                brokenHostsRule(uri, "must name sentinels, as in redis-sentinel://host1:26379,host2:26379#mymaster");
        if (brokenByHosts != null) {
            return brokenByHosts;
        }
        if (!DATABASE.matcher(uri.getRawPath()).matches()) {
            return DATABASE_RULE;
        }
        String master = master(uri);
        return master == null || !MASTER.matcher(master).matches()
                ? "must name the master that the sentinels watch, as ?sentinelMasterId=mymaster or #mymaster"
                : null;
    }

    private static @Nullable String brokenClusterRule(URI uri) {
        String brokenByHosts =
                brokenHostsRule(uri, "must name nodes of the cluster, as in redis-cluster://host1:6379,host2:6379");
        if (brokenByHosts != null) {
            return brokenByHosts;
        }
        if (uri.getFragment() != null) {
            return "must not contain '#'; write it as %23";
        }
        return uri.getRawPath().matches("/?0{0,5}") ? null : "must not name a database: a Redis Cluster has only one";
    }

    private static @Nullable String brokenHostsRule(URI uri, String rule) {
        String hosts = hosts(uri);
        if (hosts == null) {
            return rule;
        }
        for (String each : hosts.split(",", -1)) {
            var host = HOST.matcher(each);
            if (!host.matches()) {
                return rule;
            }
            int port = host.group(3) == null ? 1 : Integer.parseInt(host.group(3));
            if (port == 0 || port > PORT_MAX) {
                return PORT_RULE;
            }
        }
        return null;
    }

    /** Returns the hosts and ports of the sentinels or nodes, null if the URI has none. */
    private static @Nullable String hosts(URI uri) {
        String authority = uri.getRawAuthority();
        return authority == null ? null : authority.substring(authority.lastIndexOf('@') + 1);
    }

    private static @Nullable String master(URI uri) {
        if (uri.getRawQuery() != null) {
            for (String each : uri.getRawQuery().split("[&;]", -1)) {
                if (each.startsWith(MASTER_PARAMETER)) {
                    return each.substring(MASTER_PARAMETER.length());
                }
            }
        }
        return uri.getRawFragment();
    }

    /**
     * Returns whether the parameter verifyPeer is set. By the rules of Lettuce the query is decoded, either '{@code &}'
     * or ';' separates parameters, and case does not matter.
     */
    private static boolean disablesVerification(URI uri) {
        return uri.getQuery() != null
                && Stream.of(uri.getQuery().split("[&;]"))
                        .anyMatch(each -> each.toLowerCase(Locale.ROOT).startsWith("verifypeer="));
    }

    /**
     * Returns the URI with *** in place of user and password; of a malformed URI only the parts that cannot be a
     * password.
     */
    static String withoutPassword(String text) {
        if (text.isEmpty()) {
            return text;
        }
        URI uri = parse(text);
        if (uri != null && !hasMisplacedAt(uri)) {
            if (isSentinel(uri) && brokenSentinelRule(uri) == null) {
                return masked(uri) + "#" + master(uri);
            }
            if (isCluster(uri) ? brokenClusterRule(uri) == null : isValidSingleServer(uri)) {
                return masked(uri);
            }
        }
        String scheme = SCHEMES.stream()
                .filter(each -> text.startsWith(each + "://"))
                .findFirst()
                .map(each -> each + "://")
                .orElse("");
        int at = text.lastIndexOf('@');
        // A parameter may be a password that contains an '@'.
        return at < 0 || text.indexOf('?') >= 0 ? scheme + "***" : scheme + "***@" + text.substring(at + 1);
    }

    /**
     * Returns whether the URI of a single server is well-formed, so that none of its parts is a piece of a password.
     */
    private static boolean isValidSingleServer(URI uri) {
        return !isSentinel(uri)
                && namesOneHost(uri)
                && uri.getRawFragment() == null
                && DATABASE.matcher(uri.getRawPath()).matches();
    }

    private static String masked(URI uri) {
        return uri.getScheme() + "://" + (uri.getRawAuthority().indexOf('@') < 0 ? "" : "***@") + hosts(uri)
                + uri.getRawPath() + (uri.getRawQuery() == null ? "" : "?***");
    }
}
