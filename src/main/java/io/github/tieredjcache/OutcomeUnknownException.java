package io.github.tieredjcache;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/**
 * A change was sent to Redis and its reply did not come, or a {@code CacheWriter} was called and Redis did not store the
 * change: whether the change was made is unknown.
 *
 * <p>An operation of a cache throws it by {@code outage.policy = fail}. The entry is the old or the new one, and all
 * nodes read the same. If the cache has a {@code CacheWriter}, the source may have the change; this node removes the
 * entry from Redis before it reads it again, so the next read loads from the source.
 *
 * <p>The caller may read the entry to see the outcome, or repeat an operation that is safe to repeat, such as a put. To
 * repeat a {@code putIfAbsent} or an entry processor is not: the first attempt may have succeeded.
 */
public final class OutcomeUnknownException extends RemoteUnavailableException {
    @Serial
    private static final long serialVersionUID = 1L;

    /** Creates the exception; the parameters are those of {@link RemoteUnavailableException}. */
    public OutcomeUnknownException(Kind kind, String message, @Nullable Throwable cause) {
        super(kind, message, cause);
    }
}
