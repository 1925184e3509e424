package io.github.tieredjcache.internal.codec.graph;

import io.github.tieredjcache.UndecodableReason;
import io.github.tieredjcache.internal.codec.api.MalformedException;
import java.util.Arrays;

/**
 * Bounds the cost of reading one value by the number of its bytes. Without a bound, a few bytes could refer to the same
 * part again and again: each level of references doubles the time of a walk through all parts.
 *
 * <p>The cost of an object is the number of its parts, where a shared part counts for each reference to it. Hashing or
 * comparing an object takes at most so many steps. A key of a hash table or sorted container is charged before it is
 * hashed. The limit of steps is {@value #FREE_STEPS}, and {@value #STEPS_A_BYTE} more for each byte. Keys without
 * shared parts stay below the limit if at most {@value #STEPS_A_BYTE} containers are nested. A part takes at least one
 * byte, but in compressed bytes the limit is {@value #PARTS_A_BYTE} parts for each byte.
 *
 * <p>The budget does not bound user code that takes long for few parts: a constructor that loops, or a hash code that
 * follows a reference to an incomplete object, if many keys of a table refer to that object.
 *
 * <p>Writing counts in the same way, so that a value that every reader would refuse is not written.
 */
public final class Budget {
    public static final int FREE_STEPS = 1_000_000;
    public static final int STEPS_A_BYTE = 64;
    public static final int PARTS_A_BYTE = 32;

    /** The largest single cost that is counted, so that a sum of one cost for each byte does not overflow. */
    private static final long COST_MAX = Integer.MAX_VALUE;

    private static final int COSTS_FIRST = 64;
    private static final int COSTS_KEPT_MAX = 8_192;

    private long partsMax;
    private long stepsMax;
    private long parts;
    private long steps;
    /** The cost of all parts so far; the cost of an object is the difference between its end and its beginning. */
    private long costSoFar;
    /** The costs of the objects that can be referred to, by their number; 0 for incomplete objects. */
    private long[] costs = new long[COSTS_FIRST];

    /** The value of {@link #costSoFar} before each of these objects. */
    private long[] costsBefore = new long[COSTS_FIRST];

    private int costCount;

    /** Begins a graph that is read from so many bytes of Redis. */
    void resetForReading(int bytes) {
        reset();
        partsMax = (long) PARTS_A_BYTE * bytes;
        stepsMax = stepsOf(bytes);
    }

    /** Begins a graph that is written; no limits apply, since the number of its bytes is not known yet. */
    void reset() {
        if (costs.length > COSTS_KEPT_MAX) {
            costs = new long[COSTS_FIRST];
            costsBefore = new long[COSTS_FIRST];
        } else {
            Arrays.fill(costs, 0, costCount, 0);
        }
        costCount = 0;
        parts = 0;
        steps = 0;
        costSoFar = 0;
        partsMax = Long.MAX_VALUE;
        unlimited();
    }

    /** While writing: limits the steps by so many bytes, for a section that is read back to check it. */
    void limitTo(int bytes) {
        stepsMax = stepsOf(bytes);
    }

    void unlimited() {
        stepsMax = Long.MAX_VALUE;
    }

    private static long stepsOf(int bytes) {
        return FREE_STEPS + (long) STEPS_A_BYTE * bytes;
    }

    /** Returns the least number of bytes of the graph with which a reader accepts its cost. */
    public long bytesNeeded() {
        long forSteps = Math.max(0, steps - FREE_STEPS + STEPS_A_BYTE - 1) / STEPS_A_BYTE;
        return Math.max(forSteps, (parts + PARTS_A_BYTE - 1) / PARTS_A_BYTE);
    }

    /** Counts parts before memory is allocated for them; throws if they exceed the limit. */
    void claimParts(int count) {
        parts += count;
        if (parts > partsMax) {
            throw new MalformedException(
                    UndecodableReason.LIMIT,
                    "the value has more than " + PARTS_A_BYTE + " parts for each byte in Redis");
        }
    }

    /** Counts a part that is written or read. */
    void countPart() {
        costSoFar++;
    }

    /** Returns the cost of all parts so far, as an argument for {@link #costSince}. */
    long costSoFar() {
        return costSoFar;
    }

    /** Returns the cost of the parts since then. */
    long costSince(long before) {
        return Math.min(COST_MAX, costSoFar - before);
    }

    /** Begins an object that references can name by this number. */
    void beginObject(int number) {
        if (number >= costs.length) {
            costs = Arrays.copyOf(costs, Math.max(2 * costs.length, number + 1));
            costsBefore = Arrays.copyOf(costsBefore, costs.length);
        }
        costCount = Math.max(costCount, number + 1);
        costsBefore[number] = costSoFar - 1;
    }

    /** Ends the object of this number for now; a serializer may end it again when more of its parts are read. */
    void completeObject(int number) {
        costs[number] = costSince(costsBefore[number]);
    }

    /** Returns the cost of an object; 1 for an incomplete one. */
    long cost(int number) {
        return number < costCount ? Math.max(1, costs[number]) : 1;
    }

    /** Adds the cost of an object to which the current part refers. */
    void addCost(long cost) {
        costSoFar += cost;
    }

    /** Counts steps before they are taken; throws if they exceed the limit. */
    void charge(long cost) {
        steps += cost;
        if (steps > stepsMax || cost >= COST_MAX) {
            throw new MalformedException(UndecodableReason.LIMIT, tooManySteps());
        }
    }

    static String tooManySteps() {
        return "hashing and comparing its keys takes more than " + FREE_STEPS + " steps and " + STEPS_A_BYTE
                + " for each byte: keys share parts, or have the same hash code";
    }

    static long sum(long one, long other) {
        return Math.min(COST_MAX, one + other);
    }

    static long product(long one, long other) {
        return Math.min(COST_MAX, one * other);
    }
}
