package io.github.tieredjcache.internal.remote.wire;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** A Redis key with {@code equals} and {@code hashCode}, for use as the key of a map. */
public final class RedisKey {
    private final byte[] bytes;
    private final int hash;

    /**
     * Wraps a key.
     *
     * @param bytes not copied; must not change any more
     */
    public RedisKey(byte[] bytes) {
        this.bytes = bytes;
        this.hash = Arrays.hashCode(bytes);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof RedisKey key && Arrays.equals(bytes, key.bytes);
    }

    @Override
    public int hashCode() {
        return hash;
    }
}
