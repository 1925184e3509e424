package io.github.tieredjcache;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What a Redis URI must look like, and how it is shown without its password. */
final class RedisUris {
    private static final Set<String> SENTINEL_SCHEMES = Set.of("redis-sentinel", "rediss-sentinel");
    private static final Set<String> CLUSTER_SCHEMES = Set.of("redis-cluster", "rediss-cluster");
    private static final Set<String> SCHEMES =
            Set.of("redis", "rediss", "redis-sentinel", "rediss-sentinel", "redis-cluster", "rediss-cluster");
    private static final int PORT_MAX = 65_535;
    private static final Pattern HOST = Pattern.compile("([\\w.-]+|\\[[\\p{XDigit}:.]+])(:(\\d{1,5}))?");
    // Sentinel's own rule. So what is left of a password with a '#' in it is no name.
    private static final Pattern MASTER = Pattern.compile("[\\w.-]+");
    private static final Pattern DATABASE = Pattern.compile("(/\\d{0,5})?");
    private static final String MASTER_PARAMETER = "sentinelMasterId=";
    private static final String ENCODED =
            "; in a user or password '/' is written as %2F, '@' as %40, '?' as %3F, '#' as %23 and '%' as %25";
    private static final String NO_DATABASE = "must end in the number of a database, or in none" + ENCODED;

    private RedisUris() {}

    /** Returns the rule that a URI breaks, or null; the empty text stands for no Redis. */
    static @Nullable String brokenRule(String text) {
        if (text.isEmpty()) {
            return null;
        }
        URI uri;
        try {
            uri = new URI(text);
        } catch (URISyntaxException e) {
            // Not the parser's own words: they quote the text, and with it the password.
            return "must be a URI such as redis://user:password@host:6379/0 with special characters percent-encoded"
                    + ENCODED;
        }
        if (uri.getScheme() == null || !SCHEMES.contains(uri.getScheme())) {
            return "must begin with redis:// or rediss://, with redis-sentinel:// or rediss-sentinel://, or with redis-cluster:// or"
                    + " rediss-cluster://";
        }
        if (hasCutCredentials(uri)) {
            return "must not have an '@' but the one before the host" + ENCODED;
        }
        if (switchesVerificationOff(uri)) {
            return "must not have verifyPeer in it: by rediss:// the certificate and the host name of the server are always verified";
        }
        if (isOfSentinels(uri)) {
            return brokenRuleOfSentinels(uri);
        }
        if (isOfCluster(uri)) {
            return brokenRuleOfCluster(uri);
        }
        if (uri.getFragment() != null) {
            return "must not contain '#'; write it as %23";
        }
        if (uri.getHost() == null) {
            return "must name a host, as in redis://host:6379" + ENCODED;
        }
        if (!DATABASE.matcher(uri.getRawPath()).matches()) {
            return NO_DATABASE;
        }
        return uri.getPort() == 0 || uri.getPort() > PORT_MAX ? "must have a port between 1 and 65535" : null;
    }

    /**
     * Whether the '@' before the host is where the parser found no user: a password with a '/', a '?' or an '@' in it was cut
     * in pieces, of which one was taken for the host.
     */
    private static boolean hasCutCredentials(URI uri) {
        String authority = uri.getRawAuthority() == null ? "" : uri.getRawAuthority();
        String rest = uri.getRawSchemeSpecificPart()
                .substring(Math.min(
                        2 + authority.length(), uri.getRawSchemeSpecificPart().length()));
        return authority.indexOf('@') != authority.lastIndexOf('@')
                || rest.indexOf('@') >= 0
                || (uri.getRawFragment() != null && uri.getRawFragment().indexOf('@') >= 0);
    }

    private static boolean isOfSentinels(URI uri) {
        return uri.getScheme() != null && SENTINEL_SCHEMES.contains(uri.getScheme());
    }

    private static boolean isOfCluster(URI uri) {
        return uri.getScheme() != null && CLUSTER_SCHEMES.contains(uri.getScheme());
    }

    private static @Nullable String brokenRuleOfSentinels(URI uri) {
        String brokenByHosts =
                brokenRuleOfHosts(uri, "must name sentinels, as in redis-sentinel://host1:26379,host2:26379#mymaster");
        if (brokenByHosts != null) {
            return brokenByHosts;
        }
        if (!DATABASE.matcher(uri.getRawPath()).matches()) {
            return NO_DATABASE;
        }
        String master = master(uri);
        return master == null || !MASTER.matcher(master).matches()
                ? "must name the master that the sentinels watch, as ?sentinelMasterId=mymaster or #mymaster"
                : null;
    }

    private static @Nullable String brokenRuleOfCluster(URI uri) {
        String brokenByHosts =
                brokenRuleOfHosts(uri, "must name nodes of the cluster, as in redis-cluster://host1:6379,host2:6379");
        if (brokenByHosts != null) {
            return brokenByHosts;
        }
        if (uri.getFragment() != null) {
            return "must not contain '#'; write it as %23";
        }
        return uri.getRawPath().matches("/?0{0,5}") ? null : "must not name a database: a Redis Cluster has only one";
    }

    private static @Nullable String brokenRuleOfHosts(URI uri, String rule) {
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
                return "must have ports between 1 and 65535";
            }
        }
        return null;
    }

    /** Returns the hosts and ports of sentinels or nodes, null if there are none. */
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

    /** As Lettuce reads it: in decoded form, separated by either sign, in any case. */
    private static boolean switchesVerificationOff(URI uri) {
        return uri.getQuery() != null
                && Stream.of(uri.getQuery().split("[&;]"))
                        .anyMatch(each -> each.toLowerCase(Locale.ROOT).startsWith("verifypeer="));
    }

    /** Returns the URI with its credentials replaced; of a malformed one only what cannot be a password. */
    static String withoutPassword(String text) {
        if (text.isEmpty()) {
            return text;
        }
        try {
            URI uri = new URI(text);
            if (!hasCutCredentials(uri)) {
                if (isOfSentinels(uri) && brokenRuleOfSentinels(uri) == null) {
                    return shown(uri) + "#" + master(uri);
                }
                if (isOfCluster(uri) && brokenRuleOfCluster(uri) == null) {
                    return shown(uri);
                }
                if (isOfOneServer(uri)) {
                    return uri.getScheme() + "://" + (uri.getRawUserInfo() == null ? "" : "***@") + uri.getHost()
                            + (uri.getPort() < 0 ? "" : ":" + uri.getPort()) + uri.getRawPath()
                            + (uri.getRawQuery() == null ? "" : "?***");
                }
            }
        } catch (URISyntaxException e) {
            // Shown below, without the parser's help.
        }
        String scheme = SCHEMES.stream()
                .filter(each -> text.startsWith(each + "://"))
                .findFirst()
                .map(each -> each + "://")
                .orElse("");
        int at = text.lastIndexOf('@');
        // Behind a question mark there may be a password that has an '@' in it.
        return at < 0 || text.indexOf('?') >= 0 ? scheme + "***" : scheme + "***@" + text.substring(at + 1);
    }

    /** Whether each part of it is where it belongs, so that none is a piece of a password. */
    private static boolean isOfOneServer(URI uri) {
        return !isOfSentinels(uri)
                && !isOfCluster(uri)
                && uri.getHost() != null
                && uri.getRawFragment() == null
                && DATABASE.matcher(uri.getRawPath()).matches();
    }

    private static String shown(URI uri) {
        return uri.getScheme() + "://" + (uri.getRawAuthority().indexOf('@') < 0 ? "" : "***@") + hosts(uri)
                + uri.getRawPath() + (uri.getRawQuery() == null ? "" : "?***");
    }
}
