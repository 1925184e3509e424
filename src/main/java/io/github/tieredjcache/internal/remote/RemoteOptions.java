package io.github.tieredjcache.internal.remote;

import java.time.Duration;

/**
 * How to reach a Redis.
 *
 * @param access where it is, and who asks
 * @param commandTimeout how long a call waits for one answer; positive
 * @param connectTimeout how long an attempt to connect may take, and again the greeting; positive
 */
public record RemoteOptions(RedisAccess access, Duration commandTimeout, Duration connectTimeout) {
    public RemoteOptions {
        requirePositive("command", commandTimeout);
        requirePositive("connect", connectTimeout);
    }

    /** As above, for a URI that says everything. */
    public RemoteOptions(String uri, Duration commandTimeout, Duration connectTimeout) {
        this(new RedisAccess(uri, TlsFiles.NONE, null), commandTimeout, connectTimeout);
    }

    private static void requirePositive(String what, Duration timeout) {
        if (timeout.isNegative() || timeout.isZero()) {
            throw new IllegalArgumentException("the " + what + " timeout must be positive, was " + timeout);
        }
    }

    /** Shows where the server is, never the credentials. */
    @Override
    public String toString() {
        return "RemoteOptions[" + access.place() + ", commandTimeout=" + commandTimeout + "]";
    }
}
