package io.github.tieredjcache.internal.codec;

/**
 * A change of a class between two deployments, and what each makes of the other's values.
 *
 * @param name what changed
 * @param old the source of {@code Order} before, with {@code static Object sample()}
 * @param recent the source after
 * @param recentReadsOld what the new version makes of an old value
 * @param oldReadsRecent what the old version makes of a new value
 */
record Change(String name, String old, String recent, Fit recentReadsOld, Fit oldReadsRecent) {
    /** What comes of a value of the other version. */
    enum Fit {
        /** It is read as it was written. */
        COMPATIBLE,
        /** It is not there. */
        MISS
    }
}
