package io.github.tieredjcache.internal.port;

import java.io.Serial;
import javax.cache.CacheException;

/** A lease ran out before its holder was done: another caller may have decided on the same entry since. */
public final class LeaseLostException extends CacheException {
    @Serial
    private static final long serialVersionUID = 1L;

    /** @param message the fate of the change, and the setting that bounds the lease */
    public LeaseLostException(String message) {
        super(message);
    }
}
