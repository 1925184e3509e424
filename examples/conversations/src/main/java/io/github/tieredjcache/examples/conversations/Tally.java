package io.github.tieredjcache.examples.conversations;

import java.io.Serial;
import java.io.Serializable;
import java.util.EnumMap;
import java.util.Objects;
import org.HdrHistogram.Histogram;

/** What one thread of requests saw, or several together; for use by one thread at a time. */
final class Tally implements Serializable {

    @Serial
    private static final long serialVersionUID = 1L;

    private final EnumMap<Tier, Histogram> nanosOfTier = new EnumMap<>(Tier.class);
    private long loadsAvoided;
    private long firstReads;
    private long firstHits;
    private long writes;
    private long failures;

    Tally() {
        for (Tier tier : Tier.values()) {
            nanosOfTier.put(tier, new Histogram(3));
        }
    }

    /**
     * Counts a read.
     *
     * @param first whether it is one of the first of its JVM
     */
    void read(Origins.Answer answer, long nanos, boolean first) {
        nanos(answer.tier()).recordValue(nanos);
        boolean hit = answer.tier() != Tier.SOURCE;
        loadsAvoided += !hit && answer.waited() ? 1 : 0;
        firstReads += first ? 1 : 0;
        firstHits += first && hit ? 1 : 0;
    }

    void write() {
        writes++;
    }

    /**
     * Counts a request that threw, or was answered with another conversation than it asked for.
     *
     * @param first whether it was one of the first reads of its JVM
     */
    void failure(boolean first) {
        failures++;
        firstReads += first ? 1 : 0;
    }

    void add(Tally other) {
        for (Tier tier : Tier.values()) {
            nanos(tier).add(other.nanos(tier));
        }
        loadsAvoided += other.loadsAvoided;
        firstReads += other.firstReads;
        firstHits += other.firstHits;
        writes += other.writes;
        failures += other.failures;
    }

    /** How long the reads took that this tier answered. */
    Histogram nanos(Tier tier) {
        return Objects.requireNonNull(nanosOfTier.get(tier));
    }

    /** How many reads of the source waited for another thread's load instead of making one. */
    long loadsAvoided() {
        return loadsAvoided;
    }

    /** How many reads were among the first of their JVM. */
    long firstReads() {
        return firstReads;
    }

    /** How many of those found their conversation in the near tier or in Redis. */
    long firstHits() {
        return firstHits;
    }

    long reads() {
        return nanos(Tier.NEAR).getTotalCount()
                + nanos(Tier.REMOTE).getTotalCount()
                + nanos(Tier.SOURCE).getTotalCount();
    }

    long writes() {
        return writes;
    }

    long failures() {
        return failures;
    }
}
