package io.github.tieredjcache.internal.codec;

/**
 * A change of a class between two deployments, and whether each version reads values of the other.
 *
 * @param name the change
 * @param old the source of {@code Order} before, with {@code static Object sample()}
 * @param recent the source after
 * @param recentReadsOld the result of reading an old value with the new version
 * @param oldReadsRecent the result of reading a new value with the old version
 */
record Change(String name, String old, String recent, Fit recentReadsOld, Fit oldReadsRecent) {
    /** The result of reading a value of the other version. */
    enum Fit {
        /** The value is read as it was written. */
        COMPATIBLE,
        /** The value is a miss. */
        MISS
    }
}
