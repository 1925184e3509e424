package io.github.tieredjcache.internal.codec.graph;

import io.github.tieredjcache.UndecodableReason;
import io.github.tieredjcache.internal.codec.api.MalformedException;
import java.util.Arrays;

/**
 * What reading one value may cost, by the bytes that were read for it: a few bytes can refer to the same part again and again, and
 * whatever walks through all of it takes twice the time a level.
 *
 * <p>The cost of an object is the number of its parts, those that are shared counted each time they are referred to. Hashing and
 * comparing an object takes as many steps at most. Keys of hash tables and sorted containers are charged before they are hashed;
 * {@value #FREE_STEPS} steps are free, and each byte buys {@value #STEPS_A_BYTE}. Keys that share nothing stay below that to a
 * depth of as many containers. A part takes a byte at least, but compressed bytes may hold {@value #PARTS_A_BYTE} parts each.
 *
 * <p>Not bounded is what a user's code does with few parts: a constructor that loops, or a hash code that leads through an object
 * that is not complete, when many keys of a table refer to it.
 *
 * <p>Writing counts the same, so that what no reader would accept is refused.
 */
public final class Budget {
    public static final int FREE_STEPS = 1_000_000;
    public static final int STEPS_A_BYTE = 64;
    public static final int PARTS_A_BYTE = 32;

    /** No single cost is counted beyond this, so that the sum of as many as there are bytes is still a number. */
    private static final long ENDLESS = Integer.MAX_VALUE;

    private static final int COSTS_FIRST = 64;
    private static final int COSTS_KEPT_MAX = 8_192;

    private long partsMax;
    private long stepsMax;
    private long parts;
    private long steps;
    /** The cost of all that was met so far: what an object costs is what it grows by. */
    private long met;
    /** Of the objects that may be referred to, by their number; 0 for those that are not complete. */
    private long[] costs = new long[COSTS_FIRST];

    /** What was met before them. */
    private long[] begun = new long[COSTS_FIRST];

    private int costCount;

    /** A graph is read, for which so many bytes came from Redis. */
    void read(int bytes) {
        begin();
        partsMax = (long) PARTS_A_BYTE * bytes;
        stepsMax = stepsOf(bytes);
    }

    /** A graph is written, of which nobody knows yet how many bytes it takes. */
    void begin() {
        if (costs.length > COSTS_KEPT_MAX) {
            costs = new long[COSTS_FIRST];
            begun = new long[COSTS_FIRST];
        } else {
            Arrays.fill(costs, 0, costCount, 0);
        }
        costCount = 0;
        parts = 0;
        steps = 0;
        met = 0;
        partsMax = Long.MAX_VALUE;
        unlimited();
    }

    /** While writing: what is read back now may cost what so many bytes buy. */
    void limitTo(int bytes) {
        stepsMax = stepsOf(bytes);
    }

    void unlimited() {
        stepsMax = Long.MAX_VALUE;
    }

    private static long stepsOf(int bytes) {
        return FREE_STEPS + (long) STEPS_A_BYTE * bytes;
    }

    /** How many bytes must be read for the graph, so that a reader accepts what it costs. */
    public long bytesNeeded() {
        long forSteps = Math.max(0, steps - FREE_STEPS + STEPS_A_BYTE - 1) / STEPS_A_BYTE;
        return Math.max(forSteps, (parts + PARTS_A_BYTE - 1) / PARTS_A_BYTE);
    }

    /** So many parts follow, each of which takes room in memory. */
    void expect(int count) {
        parts += count;
        if (parts > partsMax) {
            throw new MalformedException(
                    UndecodableReason.LIMIT, "more than " + PARTS_A_BYTE + " parts a byte of what is compressed");
        }
    }

    /** A part is met. */
    void meet() {
        met++;
    }

    /** How much was met so far; its answer is for {@link #costSince}. */
    long met() {
        return met;
    }

    /** What was met since then. */
    long costSince(long before) {
        return Math.min(ENDLESS, met - before);
    }

    /** An object begins that others may refer to by this number. */
    void begin(int number) {
        if (number >= costs.length) {
            costs = Arrays.copyOf(costs, Math.max(2 * costs.length, number + 1));
            begun = Arrays.copyOf(begun, costs.length);
        }
        costCount = Math.max(costCount, number + 1);
        begun[number] = met - 1;
    }

    /** The object of that number is complete, as far as anybody knows. */
    void complete(int number) {
        costs[number] = costSince(begun[number]);
    }

    /** What an object costs. */
    long cost(int number) {
        return number < costCount ? Math.max(1, costs[number]) : 1;
    }

    /** The current part refers to something of that cost. */
    void add(long cost) {
        met += cost;
    }

    /** So many steps will be taken. */
    void charge(long cost) {
        steps += cost;
        if (steps > stepsMax || cost >= ENDLESS) {
            throw new MalformedException(UndecodableReason.LIMIT, tooManySteps());
        }
    }

    static String tooManySteps() {
        return "building it takes more than " + FREE_STEPS + " steps and " + STEPS_A_BYTE
                + " a byte: keys share parts, or have the same hash code";
    }

    static long sum(long one, long other) {
        return Math.min(ENDLESS, one + other);
    }

    static long product(long one, long other) {
        return Math.min(ENDLESS, one * other);
    }
}
