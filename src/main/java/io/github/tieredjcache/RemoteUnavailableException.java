package io.github.tieredjcache;

import java.io.Serial;
import javax.cache.CacheException;
import org.jspecify.annotations.Nullable;

/**
 * Redis did not reply in time, could not be reached, or refused the command.
 *
 * <p>An operation of a cache throws it by {@code outage.policy = fail}; by {@code local} it continues with memory and
 * source. Nothing was changed, neither in Redis nor in the source, unless this is an {@link OutcomeUnknownException}: the
 * entry is as before. An operation on many keys may have changed some of them before it failed.
 *
 * <p>The caller may read the source, refuse the request, or try again later: this library reconnects by itself, and
 * while Redis is known to be unavailable ({@link Kind#UNAVAILABLE}) a call fails at once.
 */
public class RemoteUnavailableException extends CacheException {
    @Serial
    private static final long serialVersionUID = 1L;

    private final Kind kind;

    /** The kinds of failures. */
    public enum Kind {
        /** No reply came in time; see {@code redis.command-timeout}. */
        TIMEOUT,
        /** There was no connection, or it was lost. */
        CONNECTION,
        /** The server refused the command. */
        REFUSAL,
        /** No command was sent: Redis is known to be unavailable. */
        UNAVAILABLE
    }

    /**
     * Creates the exception.
     *
     * @param kind the kind of the failure
     * @param message names the server and the failure; never credentials, keys or values
     * @param cause the failure that the operating system or the protocol reported, null if there was none
     */
    public RemoteUnavailableException(Kind kind, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    /** Returns the kind of the failure. */
    public Kind kind() {
        return kind;
    }
}
