package io.github.tieredjcache.management;

import javax.management.ConstructorParameters;

/**
 * The state of one key in the near tier of this node and in Redis, without its value. Times are in milliseconds: -1 for
 * an entry that does not expire, 0 for an absent entry. Immutable.
 */
public final class KeyExplanation {
    /** The description of the parameter {@code key} of operations. */
    static final String KEY =
            "The key as text: a string, number, UUID or enum constant; or the part of the Redis key after the epoch";

    private final String key;
    private final String summary;
    private final String near;
    private final long nearAgeMillis;
    private final long nearRemainingMillis;
    private final String remote;
    private final long remoteRemainingMillis;
    private final long remoteBytes;
    private final String redisKey;
    private final long epoch;
    private final String version;
    private final String lastWriter;
    private final String leaseHolder;
    private final long leaseMillis;
    private final boolean journaled;

    /** Creates an explanation from its attributes; called by JMX. */
    @ConstructorParameters({
        "key",
        "summary",
        "near",
        "nearAgeMillis",
        "nearRemainingMillis",
        "remote",
        "remoteRemainingMillis",
        "remoteBytes",
        "redisKey",
        "epoch",
        "version",
        "lastWriter",
        "leaseHolder",
        "leaseMillis",
        "journaled"
    })
    public KeyExplanation(
            String key,
            String summary,
            String near,
            long nearAgeMillis,
            long nearRemainingMillis,
            String remote,
            long remoteRemainingMillis,
            long remoteBytes,
            String redisKey,
            long epoch,
            String version,
            String lastWriter,
            String leaseHolder,
            long leaseMillis,
            boolean journaled) {
        this.key = key;
        this.summary = summary;
        this.near = near;
        this.nearAgeMillis = nearAgeMillis;
        this.nearRemainingMillis = nearRemainingMillis;
        this.remote = remote;
        this.remoteRemainingMillis = remoteRemainingMillis;
        this.remoteBytes = remoteBytes;
        this.redisKey = redisKey;
        this.epoch = epoch;
        this.version = version;
        this.lastWriter = lastWriter;
        this.leaseHolder = leaseHolder;
        this.leaseMillis = leaseMillis;
        this.journaled = journaled;
    }

    /** Returns the key that the text was parsed as. */
    public String getKey() {
        return key;
    }

    /** Returns a sentence on the result of a read of this node now. */
    public String getSummary() {
        return summary;
    }

    /**
     * Returns the state in the near tier: {@code absent}, {@code present}, or {@code held, not shown: } and the reason.
     */
    public String getNear() {
        return near;
    }

    /** Returns the age of the near copy, from the request to Redis; -1 if the entry is not a near copy. */
    public long getNearAgeMillis() {
        return nearAgeMillis;
    }

    /** Returns the remaining lifetime of the entry in the near tier. */
    public long getNearRemainingMillis() {
        return nearRemainingMillis;
    }

    /** Returns the state in Redis; {@code none} for a cache without Redis. */
    public String getRemote() {
        return remote;
    }

    /** Returns the remaining lifetime of the entry in Redis. */
    public long getRemoteRemainingMillis() {
        return remoteRemainingMillis;
    }

    /** Returns the size of the value in Redis, in bytes. */
    public long getRemoteBytes() {
        return remoteBytes;
    }

    /** Returns the Redis key. */
    public String getRedisKey() {
        return redisKey;
    }

    /** Returns the number of the cache's epoch, which {@code clear} changes. */
    public long getEpoch() {
        return epoch;
    }

    /** Returns the version of the entry: the node that wrote it, and the number of that write there. */
    public String getVersion() {
        return version;
    }

    /** Returns the number of the node that wrote the entry last; {@code this node} for this node. */
    public String getLastWriter() {
        return lastWriter;
    }

    /** Returns the number of the node that has a load lease or write lease of the key; empty if no node has one. */
    public String getLeaseHolder() {
        return leaseHolder;
    }

    /** Returns the remaining time of that lease: the maximum time that other nodes wait for it. */
    public long getLeaseMillis() {
        return leaseMillis;
    }

    /**
     * Returns whether the key is in the recovery journal: it is not read from Redis until it has been removed there.
     */
    public boolean isJournaled() {
        return journaled;
    }
}
