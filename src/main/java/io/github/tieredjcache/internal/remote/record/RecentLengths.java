package io.github.tieredjcache.internal.remote.record;

import io.github.tieredjcache.internal.remote.wire.Flush;
import java.util.List;
import java.util.LongSummaryStatistics;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The lengths of the stored entries that were read last. Safe for use by many threads. */
final class RecentLengths {
    /** The longest entry counts until between so many and twice as many others have been read. */
    private static final int WINDOW = 1_000;

    private long average;
    private long longest;
    private long longestBefore;
    private long known;
    private long inWindow;

    /**
     * Adds the entries of one call; null stands for none.
     *
     * @param longestSeen the length of the longest one, or of a longer one that was not read whole
     */
    synchronized void add(List<byte @Nullable []> entries, long longestSeen) {
        LongSummaryStatistics lengths = entries.stream()
                .filter(Objects::nonNull)
                .mapToLong(each -> each.length)
                .summaryStatistics();
        longest = Math.max(longest, longestSeen);
        if (lengths.getCount() > 0) {
            average = (long) lengths.getAverage();
            known += lengths.getCount();
            inWindow += lengths.getCount();
        }
        if (inWindow >= WINDOW) {
            longestBefore = longest;
            longest = 0;
            inWindow = 0;
        }
    }

    /** Returns the average length of the entries of the last call that found some; 0 before. */
    synchronized long average() {
        return average;
    }

    /**
     * Returns how many of the next entries fit into one flush if none is longer than the recent ones; 0 while fewer have
     * been read.
     *
     * @param wanted the most to return
     */
    synchronized int expectedPerFlush(int wanted) {
        long longestOfAll = Math.max(longest, longestBefore);
        if (longestOfAll == 0) {
            return 0;
        }
        long expected = Math.min(Math.min(wanted, Flush.COMMANDS_MAX), Flush.BYTES_MAX / longestOfAll);
        return known < expected ? 0 : (int) expected;
    }
}
