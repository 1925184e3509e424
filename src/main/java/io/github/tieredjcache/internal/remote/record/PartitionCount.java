package io.github.tieredjcache.internal.remote.record;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.github.tieredjcache.RemoteUnavailableException;
import io.github.tieredjcache.internal.remote.connection.CommandExecutor;
import io.github.tieredjcache.internal.remote.wire.KeySpace;
import io.github.tieredjcache.internal.remote.wire.RedisCommand;
import javax.cache.CacheException;
import org.jspecify.annotations.Nullable;

/**
 * The number of partitions of one cache in a Redis Cluster. It is a part of the data: nodes with different numbers would
 * not read each other's entries. The first node stores it in Redis, and all nodes follow it. Safe for use by many
 * threads.
 */
public final class PartitionCount {
    private static final System.Logger LOG = System.getLogger("io.github.tieredjcache.remote");

    private final CommandExecutor first;
    private final KeySpace space;
    private final int count;
    private volatile boolean confirmed;
    private volatile @Nullable String mismatch;

    private PartitionCount(CommandExecutor first, KeySpace space, int count, boolean confirmed) {
        this.first = first;
        this.space = space;
        this.count = count;
        this.confirmed = confirmed;
    }

    /**
     * Reads the number of partitions of a cache, and stores it if there is none.
     *
     * @param first the executor of the first partition, which is the same for any number
     * @param configured the number to store; it is also assumed while Redis is unavailable
     */
    public static PartitionCount of(CommandExecutor first, String namespace, String cacheName, int configured) {
        KeySpace space = new KeySpace(namespace, cacheName, 0, Integer.MAX_VALUE, first.hashTag());
        PartitionCount assumed = new PartitionCount(first, space, configured, false);
        try {
            int stored = assumed.stored();
            if (stored != configured) {
                LOG.log(
                        System.Logger.Level.INFO,
                        "cache ''{0}'' has {1} partitions in Redis at {2}, so redis.cluster.partitions {3} has no effect"
                                + " on it",
                        cacheName,
                        stored,
                        first.address(),
                        configured);
            }
            return new PartitionCount(first, space, stored, true);
        } catch (CacheException e) {
            // Redis is unavailable; the number is compared before the first use of Redis.
            return assumed;
        }
    }

    /** Returns the number of partitions on this node. */
    public int count() {
        return count;
    }

    /** Returns whether Redis is known to have the number of this node. */
    boolean isConfirmed() {
        return confirmed;
    }

    /**
     * Makes sure that Redis has the number of this node, unless that is known.
     *
     * @throws CacheException if it has another number, or if it is unavailable
     */
    void require() {
        if (!isConfirmed()) {
            String known = mismatch;
            if (known == null) {
                check();
                known = mismatch;
            }
            if (known != null) {
                throw new RemoteUnavailableException(RemoteUnavailableException.Kind.REFUSAL, known, null);
            }
        }
    }

    /**
     * Stores the number again if Redis has lost it, and compares it; to be called now and then. Does nothing while Redis
     * is unavailable.
     */
    public void recheck() {
        try {
            check();
        } catch (CacheException e) {
            // The next call checks.
        }
    }

    /** Compares the number; logs an error once if Redis has another one. */
    private void check() {
        int stored = stored();
        if (stored == count) {
            confirmed = true;
        } else if (mismatch == null) {
            confirmed = false;
            mismatch = "the cache " + space + " has " + stored + " partitions in Redis at " + first.address()
                    + ", and this node has started with " + count + " while it could not read that; this node does not"
                    + " use Redis for the cache until it is restarted; set redis.cluster.partitions to " + stored;
            LOG.log(System.Logger.Level.ERROR, mismatch);
        }
    }

    private int stored() {
        byte[] key = space.partitionsKey();
        byte[] stored = first.call(RedisCommand.get(key));
        while (stored == null) {
            first.call(RedisCommand.setIfAbsent(key, Integer.toString(count).getBytes(US_ASCII)));
            stored = first.call(RedisCommand.get(key));
        }
        return Integer.parseInt(new String(stored, US_ASCII));
    }
}
