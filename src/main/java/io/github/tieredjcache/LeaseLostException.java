package io.github.tieredjcache;

import java.io.Serial;
import javax.cache.CacheException;

/**
 * A write lease expired, or was lost to another change of the key, before its holder stored the change: another caller
 * may have decided on the same entry since.
 *
 * <p>Operations that hold a write lease throw it by each outage policy: entry processors, and the writes of a cache with
 * a {@code CacheWriter}. This process was paused, say, for longer than {@code write.lease}, or the cache was cleared
 * meanwhile. The change was not made in the cache. If the cache has a {@code CacheWriter}, the source may have the
 * change, so the entry was removed, and the next read loads from the source.
 *
 * <p>{@code put}, {@code putAll} and {@code removeAll} do not throw it once their {@code CacheWriter} was called: the
 * source has the change, so they return normally. The entry was removed, which counts as {@code writesVoided}.
 *
 * <p>The caller may repeat the operation, if a second call of the {@code CacheWriter} does no harm. If this happens
 * without pauses of the process, raise {@code write.lease}.
 */
public final class LeaseLostException extends CacheException {
    @Serial
    private static final long serialVersionUID = 1L;

    /** @param message the fate of the change, and the setting that bounds the lease */
    public LeaseLostException(String message) {
        super(message);
    }
}
