package io.github.tieredjcache.internal.simulation;

/** The network between a node and the server; while it is cut, messages of a direction wait, and nobody is told. */
final class SimulatedNetwork {
    private final World world;
    private long upCutUntilNanos;
    private long downCutUntilNanos;

    SimulatedNetwork(World world) {
        this.world = world;
    }

    /** Cuts the direction to the server, to the node, or both. */
    void cut(boolean up, boolean down, long untilNanos) {
        upCutUntilNanos = up ? untilNanos : upCutUntilNanos;
        downCutUntilNanos = down ? untilNanos : downCutUntilNanos;
    }

    void heal() {
        upCutUntilNanos = 0;
        downCutUntilNanos = 0;
    }

    boolean isCut() {
        return world.now() < Math.max(upCutUntilNanos, downCutUntilNanos);
    }

    /** Returns when a message arrives that would without a cut. */
    long upNanos(long nanos) {
        return world.now() < upCutUntilNanos ? Math.max(nanos, upCutUntilNanos) : nanos;
    }

    long downNanos(long nanos) {
        return world.now() < downCutUntilNanos ? Math.max(nanos, downCutUntilNanos) : nanos;
    }
}
