package io.github.tieredjcache.history;

import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/** What one node has read of one key so far, to find a read that goes back. */
final class NearReader {
    private final PriorityQueue<Seen> recent =
            new PriorityQueue<>(Comparator.comparingLong((Seen seen) -> seen.read.returnNanos()));
    // What follows is of the reads that had returned before the one in question was called.
    private final Map<Operation, Operation> seenWrites = new HashMap<>();
    private final Map<Operation, Long> firstSeenNanos = new HashMap<>();
    private @Nullable Seen newestWrite;
    private @Nullable Seen lastCalled;
    private @Nullable Seen lastCalledOfAnother;

    /**
     * Takes a read of a value, or of nothing, and returns an earlier one that had seen something newer; null if there is
     * none. The reads come in the order of their calls.
     *
     * @param write what wrote the value; null for a read of nothing
     */
    @Nullable
    Operation olderRead(@Nullable Change write, Operation read) {
        while (!recent.isEmpty() && recent.peek().read.returnNanos() < read.callNanos()) {
            settle(recent.remove());
        }
        recent.add(new Seen(write, read));
        return write == null ? null : newerThan(write);
    }

    private void settle(Seen seen) {
        Change write = seen.write;
        if (write != null) {
            seenWrites.putIfAbsent(write.operation(), seen.read);
            firstSeenNanos.putIfAbsent(write.operation(), seen.read.returnNanos());
            if (newestWrite == null || newestWrite.write == null || newestWrite.write.callNanos() < write.callNanos()) {
                newestWrite = seen;
            }
        }
        if (lastCalled == null || lastCalled.read.callNanos() <= seen.read.callNanos()) {
            if (lastCalled != null && lastCalled.write != write) {
                lastCalledOfAnother = lastCalled;
            }
            lastCalled = seen;
        } else if (lastCalled.write != write
                && (lastCalledOfAnother == null || lastCalledOfAnother.read.callNanos() < seen.read.callNanos())) {
            lastCalledOfAnother = seen;
        }
    }

    private @Nullable Operation newerThan(Change write) {
        if (newestWrite != null && newestWrite.write != null && write.isCertainlyBefore(newestWrite.write)) {
            return newestWrite.read;
        }
        Operation replacing = write.replacing();
        if (replacing != null && seenWrites.containsKey(replacing)) {
            return seenWrites.get(replacing);
        }
        Long sinceNanos = firstSeenNanos.get(write.operation());
        Seen other = lastCalled != null && lastCalled.write == write ? lastCalledOfAnother : lastCalled;
        return sinceNanos != null && other != null && other.read.callNanos() > sinceNanos ? other.read : null;
    }

    /** A read, and what wrote the value that it saw. */
    private record Seen(@Nullable Change write, Operation read) {}
}
