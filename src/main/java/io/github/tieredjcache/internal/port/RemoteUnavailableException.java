package io.github.tieredjcache.internal.port;

import java.io.Serial;
import javax.cache.CacheException;
import org.jspecify.annotations.Nullable;

/** Redis did not answer, or refused to; nothing was changed, unless this is an {@link OutcomeUnknownException}. */
public class RemoteUnavailableException extends CacheException {
    @Serial
    private static final long serialVersionUID = 1L;

    private final Kind kind;

    /** What went wrong. */
    public enum Kind {
        /** No answer came in time. */
        TIMEOUT,
        /** There was no connection, or it ended. */
        CONNECTION,
        /** The server answered that it would not. */
        REFUSAL,
        /** Nobody asked: the server is known to be away. */
        AWAY
    }

    /**
     * Creates the exception.
     *
     * @param kind what went wrong
     * @param message names the server and what it did; never credentials, keys or values
     * @param cause what the operating system or the protocol reported, null if nothing did
     */
    public RemoteUnavailableException(Kind kind, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    /** Returns what went wrong. */
    public Kind kind() {
        return kind;
    }
}
