package io.github.tieredjcache.internal.stats;

import java.util.function.LongSupplier;

/**
 * The numbers of a near tier.
 *
 * @param entries the number of entries (an estimate), expired ones included
 * @param bytes the weight of the entries; -1 if their number is bounded instead
 * @param evictions the number of entries evicted for lack of room
 */
public record NearGauges(LongSupplier entries, LongSupplier bytes, LongSupplier evictions) {
    /** Returns the numbers of an absent near tier. */
    public static NearGauges none() {
        return new NearGauges(() -> 0, () -> -1, () -> 0);
    }
}
