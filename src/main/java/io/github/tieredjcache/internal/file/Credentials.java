package io.github.tieredjcache.internal.file;

import java.net.URI;
import java.util.regex.Pattern;

/** Removes credentials from names and URIs before a message, a bean or a metric shows them. */
public final class Credentials {
    // Up to the last '@', because a password may contain an unencoded one.
    private static final Pattern OF_URI = Pattern.compile("(?<=//)[^/].*@", Pattern.DOTALL);
    private static final Pattern NAME = Pattern.compile("[\\w.$-]{1,100}");

    private Credentials() {}

    /** Returns whether a URI may contain a user or a password, also if it is malformed. */
    public static boolean isIn(URI uri) {
        String authority = uri.getRawAuthority();
        boolean isRedisUri = uri.getScheme() != null && uri.getScheme().startsWith("redis");
        return (authority != null && authority.indexOf('@') >= 0)
                || (isRedisUri && uri.toString().indexOf('@') >= 0);
    }

    /** Returns the text with *** in place of user and password, if it is a URI. */
    static String hiddenIn(String text) {
        return OF_URI.matcher(text).replaceFirst("***@");
    }

    /** Returns an unknown name for a message; *** if it may be a misplaced value, such as a password. */
    public static String shownName(String name) {
        return NAME.matcher(name).matches() ? name : "***";
    }
}
