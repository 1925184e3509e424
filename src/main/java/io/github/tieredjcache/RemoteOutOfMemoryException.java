package io.github.tieredjcache;

import java.io.Serial;
import javax.cache.CacheException;

/**
 * Redis has no memory left for a value, and evicts nothing by its policy ({@code noeviction}).
 *
 * <p>An operation that stores throws it by {@code outage.policy = fail}; by {@code local} the entry counts as stored and
 * evicted at once. Nothing was changed, and the {@code CacheWriter} was not called: the entry is as before. An
 * operation on many keys of which some were stored throws an {@link OutcomeUnknownException} instead. Reads and removals
 * continue to work.
 *
 * <p>The caller may continue without storing. The cure is on the side of Redis: more memory ({@code maxmemory}), or an
 * eviction policy such as {@code allkeys-lru}.
 */
public final class RemoteOutOfMemoryException extends CacheException {
    @Serial
    private static final long serialVersionUID = 1L;

    /** Creates the exception; the message names the server and the cure. */
    public RemoteOutOfMemoryException(String message) {
        super(message);
    }
}
