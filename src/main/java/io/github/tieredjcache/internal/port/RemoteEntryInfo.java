package io.github.tieredjcache.internal.port;

import io.github.tieredjcache.internal.model.Version;
import org.jspecify.annotations.Nullable;

/**
 * What stands in Redis for one key, for a person who looks.
 *
 * @param redisKey as {@code redis-cli} shows it
 * @param epoch the number of the cache's epoch
 * @param state what there is
 * @param version of the entry, null if there is none
 * @param remainingMillis how long the entry lives on; -1 for ever, 0 if there is none
 * @param bytes of the whole Redis value
 * @param leaseNode the node that writes or loads it, 0 for none
 * @param leaseMillis how long others wait for that node at most
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
    /** What can be there. */
    public enum State {
        /** Nothing. */
        ABSENT,
        /** An entry. */
        PRESENT,
        /** An entry that somebody is about to change. */
        BEING_WRITTEN,
        /** Nothing, and somebody is about to write it. */
        ABSENT_BEING_WRITTEN,
        /** Nothing, and somebody is loading it. */
        ABSENT_BEING_LOADED,
        /** An entry that has ended and is kept for {@code load.stale-for}. */
        ENDED,
        /** Something that is no entry of this version of the library. */
        FOREIGN
    }
}
