package io.github.tieredjcache.internal.port;

import io.github.tieredjcache.internal.model.Version;
import org.jspecify.annotations.Nullable;

/**
 * A description of one key's entry in Redis, for people.
 *
 * @param redisKey as {@code redis-cli} shows it
 * @param epoch the number of the cache's epoch
 * @param state the kind of the Redis value
 * @param version of the entry, null if there is none
 * @param remainingMillis the time until the entry expires; -1 if it never does, 0 if there is none
 * @param bytes of the whole Redis value
 * @param leaseNode the node that writes or loads the key, 0 for none
 * @param leaseMillis how long other nodes wait for that node at most
 * @param unreadable why the value cannot be read, null if it can
 */
public record RemoteEntryInfo(
        String redisKey,
        long epoch,
        State state,
        @Nullable Version version,
        long remainingMillis,
        int bytes,
        long leaseNode,
        long leaseMillis,
        @Nullable String unreadable) {
    /** The kinds of Redis values. */
    public enum State {
        /** Nothing. */
        ABSENT,
        /** An entry. */
        PRESENT,
        /** An entry under a write lease. */
        BEING_WRITTEN,
        /** No entry, and a write lease. */
        ABSENT_BEING_WRITTEN,
        /** No entry, and a load lease. */
        ABSENT_BEING_LOADED,
        /** An expired entry that is kept for {@code load.stale-for}. */
        EXPIRED,
        /** A value that this version of the library did not write. */
        FOREIGN
    }
}
