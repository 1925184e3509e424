package io.github.tieredjcache.internal.port;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/** A change was sent to Redis and its reply did not come; whether the change was made is unknown. */
public final class OutcomeUnknownException extends RemoteUnavailableException {
    @Serial
    private static final long serialVersionUID = 1L;

    /** Creates the exception; the parameters are those of {@link RemoteUnavailableException}. */
    public OutcomeUnknownException(Kind kind, String message, @Nullable Throwable cause) {
        super(kind, message, cause);
    }
}
