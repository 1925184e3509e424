package io.github.tieredjcache.internal.port;

import io.github.tieredjcache.OutcomeUnknownException;
import java.io.Serial;
import javax.cache.CacheException;
import org.jspecify.annotations.Nullable;

/**
 * The calling thread was interrupted after a change was sent and before its reply came; the outcome is unknown.
 *
 * <p>Unlike an {@link OutcomeUnknownException} this is no failure of Redis, so the outage policy does not apply.
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
