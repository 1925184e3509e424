package io.github.tieredjcache;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a Redis URI must look like, and how it is shown without its password. */
final class RedisUris {
    private static final Set<String> SCHEMES = Set.of("redis", "rediss");

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
            return "must be a URI such as redis://user:password@host:6379/0 with special characters percent-encoded";
        }
        if (uri.getScheme() == null || !SCHEMES.contains(uri.getScheme())) {
            return "must begin with redis:// or rediss://";
        }
        if (uri.getFragment() != null) {
            return "must not contain '#'; write it as %23";
        }
        if (uri.getHost() == null) {
            return "must name a host, as in redis://host:6379";
        }
        return uri.getPort() == 0 || uri.getPort() > 65_535 ? "must have a port between 1 and 65535" : null;
    }

    /** Returns the URI with its credentials replaced; of a malformed one only what cannot be a password. */
    static String withoutPassword(String text) {
        try {
            URI uri = new URI(text);
            if (uri.getHost() != null) {
                return uri.getScheme() + "://" + (uri.getRawUserInfo() == null ? "" : "***@") + uri.getHost()
                        + (uri.getPort() < 0 ? "" : ":" + uri.getPort()) + uri.getRawPath()
                        + (uri.getRawQuery() == null ? "" : "?***") + (uri.getRawFragment() == null ? "" : "#***");
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
}
