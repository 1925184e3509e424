package io.github.tieredjcache.internal.stats;

import java.util.function.LongSupplier;

/**
 * What a near tier holds.
 *
 * @param entries about how many, those that have ended included
 * @param bytes what they weigh; -1 if it is bounded by number
 * @param evictions how many were dropped for want of room
 */
public record NearGauges(LongSupplier entries, LongSupplier bytes, LongSupplier evictions) {
    /** Of none. */
    public static NearGauges none() {
        return new NearGauges(() -> 0, () -> -1, () -> 0);
    }
}
