package io.github.tieredjcache.internal.entry;

import java.io.Serial;
import javax.cache.CacheException;

/** Redis has no memory left for what was to be stored; nothing was changed. */
public final class RemoteFullException extends CacheException {
    @Serial
    private static final long serialVersionUID = 1L;

    /** Creates the exception; the message names the server and the cure. */
    public RemoteFullException(String message) {
        super(message);
    }
}
