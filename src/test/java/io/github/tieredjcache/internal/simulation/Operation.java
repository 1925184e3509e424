package io.github.tieredjcache.internal.simulation;

/** The operations of a simulation, with how many of a hundred are of each kind. */
enum Operation {
    GET(30, true, false),
    GET_ALL(6, true, false),
    CONTAINS(3, false, false),
    PUT(13, false, true),
    GET_AND_PUT(4, false, true),
    PUT_IF_ABSENT(6, false, true),
    REPLACE(3, false, true),
    REPLACE_IF(6, false, true),
    REMOVE(6, false, true),
    REMOVE_IF(2, false, true),
    GET_AND_REMOVE(2, false, true),
    INVOKE(7, false, true),
    PUT_ALL(3, false, true),
    REMOVE_ALL(2, false, true),
    CLEAR(2, false, false),
    ITERATE(1, false, false),
    LOAD_ALL(4, true, true),
    /** Not drawn: the removal of journaled keys. */
    RECOVERY(0, false, false);

    static final int TOTAL = 100;

    private final int share;
    private final boolean fetches;
    private final boolean changes;

    Operation(int share, boolean fetches, boolean changes) {
        this.share = share;
        this.fetches = fetches;
        this.changes = changes;
    }

    /** Returns whether it begins or joins a fetch of its keys on its node. */
    boolean fetches() {
        return fetches;
    }

    boolean changes() {
        return changes;
    }

    static Operation drawn(int number) {
        int left = number;
        for (Operation each : values()) {
            left -= each.share;
            if (left < 0) {
                return each;
            }
        }
        throw new IllegalArgumentException("not below " + TOTAL + ": " + number);
    }
}
