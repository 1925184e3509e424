package io.github.tieredjcache.integration.coherence;

import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentSkipListMap;

/**
 * What was written to one key, and what was read of it, if the values are ascending numbers from one writer.
 *
 * <p>Evaluated at the end, when every write that a read might have missed has been noted. Safe for use by many threads.
 */
final class NumberHistory {
    private final ConcurrentSkipListMap<Long, Long> returned = new ConcurrentSkipListMap<>();
    private final ConcurrentLinkedQueue<Read> reads = new ConcurrentLinkedQueue<>();

    /** Notes that the write of a number has just returned. */
    void wrote(long number) {
        returned.put(number, System.nanoTime());
    }

    /** Notes that a read has just returned a number. */
    void read(long number, long beganNanos) {
        read(new Read(number, beganNanos, System.nanoTime()));
    }

    void read(Read read) {
        reads.add(read);
    }

    /** Returns the last number whose write has returned. */
    long lastWritten() {
        return returned.lastKey();
    }

    List<Read> reads() {
        return List.copyOf(reads);
    }

    /** Returns how long the next number had been written when a read began; negative if it had not. */
    long staleNanos(Read read) {
        var next = returned.higherEntry(read.number());
        return next == null ? -1 : read.beganNanos() - next.getValue();
    }

    /** Returns how stale the stalest read was, 0 if none was. */
    long worstNanos() {
        return reads.stream().mapToLong(this::staleNanos).reduce(0, Math::max);
    }

    /** A read that was answered. */
    record Read(long number, long beganNanos, long endedNanos) {}
}
