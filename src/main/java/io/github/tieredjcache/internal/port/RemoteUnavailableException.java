package io.github.tieredjcache.internal.port;

import java.io.Serial;
import javax.cache.CacheException;
import org.jspecify.annotations.Nullable;

/**
 * Redis did not reply, or refused the command; nothing was changed, unless this is an {@link OutcomeUnknownException}.
 */
public class RemoteUnavailableException extends CacheException {
    @Serial
    private static final long serialVersionUID = 1L;

    private final Kind kind;

    /** The kinds of failures. */
    public enum Kind {
        /** No reply came in time. */
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
