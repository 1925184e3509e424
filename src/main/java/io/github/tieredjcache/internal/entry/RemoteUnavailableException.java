package io.github.tieredjcache.internal.entry;

import java.io.Serial;
import javax.cache.CacheException;
import org.jspecify.annotations.Nullable;

/** Redis did not answer, or refused to; nothing was changed, unless this is an {@link OutcomeUnknownException}. */
public class RemoteUnavailableException extends CacheException {
    @Serial
    private static final long serialVersionUID = 1L;

    /**
     * Creates the exception.
     *
     * @param message names the server and what it did; never credentials, keys or values
     * @param cause what the operating system or the protocol reported, null if nothing did
     */
    public RemoteUnavailableException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
