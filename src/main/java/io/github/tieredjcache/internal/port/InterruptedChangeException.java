package io.github.tieredjcache.internal.port;

import java.io.Serial;
import javax.cache.CacheException;
import org.jspecify.annotations.Nullable;

/**
 * The calling thread was interrupted after a change was sent and before its answer came: it was made, or it was not.
 *
 * <p>Unlike an {@link OutcomeUnknownException} this says nothing of Redis, so the outage policy does not apply to it.
 */
public final class InterruptedChangeException extends CacheException {
    @Serial
    private static final long serialVersionUID = 1L;

    /**
     * Creates the exception.
     *
     * @param message says that the outcome is unknown
     */
    public InterruptedChangeException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
