package io.github.tieredjcache.testkit;

import java.net.URI;
import java.net.URISyntaxException;
import org.jspecify.annotations.Nullable;

/** Where a Redis listens and how to get in; its text form never shows the password. */
record RedisAddress(
        String uri,
        String host,
        int port,
        boolean tls,
        @Nullable String user,
        @Nullable String password,
        int database) {

    private static final int DEFAULT_PORT = 6379;

    /** An address on the loopback interface. */
    static RedisAddress local(int port, @Nullable String password) {
        String credentials = password == null ? "" : ":" + password + "@";
        String uri = "redis://" + credentials + "127.0.0.1:" + port;
        return new RedisAddress(uri, "127.0.0.1", port, false, null, password, 0);
    }

    /**
     * Reads {@code redis://[[user]:password@]host[:port][/database]}, or {@code rediss://} for TLS.
     *
     * @param setting where the URI came from, for the message
     */
    static RedisAddress parse(String uri, String setting) {
        URI parsed;
        try {
            parsed = new URI(uri.strip());
        } catch (URISyntaxException e) {
            // The exception's own message repeats the URI, password and all.
            throw malformed(setting, "it is no URI: " + e.getReason());
        }
        boolean tls = "rediss".equals(parsed.getScheme());
        if (!tls && !"redis".equals(parsed.getScheme())) {
            throw malformed(setting, "its scheme is '" + parsed.getScheme() + "'");
        }
        if (parsed.getHost() == null) {
            throw malformed(setting, "it names no host");
        }
        String user = null;
        String password = null;
        String credentials = parsed.getUserInfo();
        if (credentials != null) {
            int colon = credentials.indexOf(':');
            // Without a colon Redis URIs carry a password, not a user.
            user = colon > 0 ? credentials.substring(0, colon) : null;
            password = credentials.substring(colon + 1);
        }
        int port = parsed.getPort() < 0 ? DEFAULT_PORT : parsed.getPort();
        int database = database(parsed.getPath(), setting);
        return new RedisAddress(uri.strip(), parsed.getHost(), port, tls, user, password, database);
    }

    private static int database(String path, String setting) {
        String number = path.replaceFirst("^/", "");
        if (number.isEmpty()) {
            return 0;
        }
        try {
            return Integer.parseUnsignedInt(number);
        } catch (NumberFormatException e) {
            throw malformed(setting, "its database is '" + number + "'");
        }
    }

    private static IllegalArgumentException malformed(String setting, String fault) {
        return new IllegalArgumentException(
                setting + " must look like redis://user:password@host:port/database or rediss://..., but " + fault);
    }

    @Override
    public String toString() {
        String credentials = password == null ? "" : "***@";
        String path = database == 0 ? "" : "/" + database;
        return (tls ? "rediss://" : "redis://") + credentials + host + ":" + port + path;
    }
}
