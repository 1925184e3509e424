package io.github.tieredjcache.management;

import javax.management.ConstructorParameters;

/**
 * What the tiers of this node and Redis hold of one key, without its value. Times are in milliseconds: -1 for no end, 0 where there is
 * nothing.
 */
public final class KeyExplanation {
    /** How an operation takes a key. */
    static final String KEY =
            "The key as text: a string, number, UUID or enum constant; or as redis-cli shows it behind the number of the epoch";

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

    /** Creates one of what JMX has brought. */
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

    /** Returns the key as it was understood. */
    public String getKey() {
        return key;
    }

    /** Returns what a read of this node would do now, as a sentence. */
    public String getSummary() {
        return summary;
    }

    /** Returns what memory has: {@code absent}, {@code present}, or {@code held, not shown: } and why. */
    public String getNear() {
        return near;
    }

    /** Returns how long ago the copy in memory was asked for; -1 if it is no copy. */
    public long getNearAgeMillis() {
        return nearAgeMillis;
    }

    /** Returns how long the entry in memory lives on. */
    public long getNearRemainingMillis() {
        return nearRemainingMillis;
    }

    /** Returns what Redis has, {@code none} for a cache in memory only. */
    public String getRemote() {
        return remote;
    }

    /** Returns how long the entry in Redis lives on. */
    public long getRemoteRemainingMillis() {
        return remoteRemainingMillis;
    }

    /** Returns how long the Redis value is, in bytes. */
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

    /** Returns the node that wrote the entry, {@code this node} if it is this one. */
    public String getLastWriter() {
        return lastWriter;
    }

    /** Returns the node that has the key for itself, to load or to write it; empty if none has. */
    public String getLeaseHolder() {
        return leaseHolder;
    }

    /** Returns how long the others wait for that node at most. */
    public long getLeaseMillis() {
        return leaseMillis;
    }

    /** Returns whether Redis has missed a change of the key and is not asked until it has forgotten it. */
    public boolean isJournaled() {
        return journaled;
    }
}
