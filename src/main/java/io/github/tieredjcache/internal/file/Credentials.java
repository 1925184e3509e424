package io.github.tieredjcache.internal.file;

import java.net.URI;
import java.util.regex.Pattern;

/** What is hidden of names and addresses before a message, a bean or a metric shows them. */
public final class Credentials {
    // Up to the last '@', since a password may have one in it that was not encoded.
    private static final Pattern OF_URI = Pattern.compile("(?<=//)[^/].*@", Pattern.DOTALL);
    private static final Pattern NAME = Pattern.compile("[\\w.$-]{1,100}");

    private Credentials() {}

    /** Returns whether a URI has a user or a password in it, if need be in the wrong place. */
    public static boolean isIn(URI uri) {
        String authority = uri.getRawAuthority();
        boolean isOfRedis = uri.getScheme() != null && uri.getScheme().startsWith("redis");
        return (authority != null && authority.indexOf('@') >= 0)
                || (isOfRedis && uri.toString().indexOf('@') >= 0);
    }

    /** Returns the text without the user and password of the URI that it may be. */
    static String hiddenIn(String text) {
        return OF_URI.matcher(text).replaceFirst("***@");
    }

    /** Returns a name that is none of the known ones; not if it can be a value that stands in the place of a name. */
    static String shownName(String name) {
        return NAME.matcher(name).matches() ? name : "***";
    }
}
