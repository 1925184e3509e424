package io.github.tieredjcache.internal.port;

import java.io.Serial;
import javax.cache.CacheException;

/** Redis has no memory left for a value; nothing was changed. */
public final class RemoteOutOfMemoryException extends CacheException {
    @Serial
    private static final long serialVersionUID = 1L;

    /** Creates the exception; the message names the server and the cure. */
    public RemoteOutOfMemoryException(String message) {
        super(message);
    }
}
