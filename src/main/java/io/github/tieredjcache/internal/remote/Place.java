package io.github.tieredjcache.internal.remote;

import java.net.URI;

/**
 * Where a Redis is, as messages may show it: host and port, never credentials.
 *
 * @param host a name or an address
 * @param port the TCP port
 */
record Place(String host, int port) {
    private static final int DEFAULT_PORT = 6379;

    static Place of(String uri) {
        try {
            URI parsed = URI.create(uri);
            String host = parsed.getHost();
            if (host != null) {
                return new Place(host, parsed.getPort() < 0 ? DEFAULT_PORT : parsed.getPort());
            }
        } catch (IllegalArgumentException e) {
            // Its message quotes the URI, and with it the password.
        }
        throw new IllegalArgumentException("the Redis URI must be like redis://user:password@host:port/database");
    }

    @Override
    public String toString() {
        return host + ":" + port;
    }
}
