package io.github.tieredjcache.internal.port;

import java.io.Serial;
import javax.cache.CacheException;

/** The holder of a lease came back when its time was over: somebody else may have decided on the same entry since. */
public final class LeaseLostException extends CacheException {
    @Serial
    private static final long serialVersionUID = 1L;

    /** @param message says what became of the change, and names the setting */
    public LeaseLostException(String message) {
        super(message);
    }
}
