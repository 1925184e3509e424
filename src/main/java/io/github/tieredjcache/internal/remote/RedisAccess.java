package io.github.tieredjcache.internal.remote;

import java.net.URI;
import javax.cache.configuration.Factory;
import org.jspecify.annotations.Nullable;

/**
 * The way to a Redis: where it is, whom to trust, who asks. Those who have the same share a connection.
 *
 * @param uri a syntactically correct URI of a server or of sentinels, credentials included
 * @param tls the certificates
 * @param password tells the password anew for each connection, null if that of the URI holds
 */
public record RedisAccess(
        String uri, TlsFiles tls, @Nullable Factory<String> password) {
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

    Place place() {
        return Place.of(uri);
    }

    /** Shows where the server is, never the credentials. */
    @Override
    public String toString() {
        return "RedisAccess[" + place() + "]";
    }
}
