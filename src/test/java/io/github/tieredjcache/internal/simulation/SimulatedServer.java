package io.github.tieredjcache.internal.simulation;

import io.github.tieredjcache.internal.port.FakeKeyspace;
import io.github.tieredjcache.internal.port.FakeWire;
import java.util.List;

/** The simulated Redis: its keyspace, its clock, and whether it runs. */
final class SimulatedServer {
    private final World world;
    private final History history;
    private final FakeKeyspace keyspace;
    private long frozenUntilNanos;
    private long downUntilNanos;

    SimulatedServer(World world, long offsetNanos) {
        this.world = world;
        this.history = new History(world, offsetNanos);
        this.keyspace = new FakeKeyspace(() -> world.now() + offsetNanos, history);
    }

    History history() {
        return history;
    }

    FakeKeyspace keyspace() {
        return keyspace;
    }

    void freeze(long untilNanos) {
        frozenUntilNanos = untilNanos;
    }

    boolean isFrozen() {
        return world.now() < frozenUntilNanos;
    }

    long frozenUntil() {
        return frozenUntilNanos;
    }

    /** Ends with all data, and starts again at a moment. */
    void restart(long upNanos) {
        downUntilNanos = upNanos;
        history.by(0, keyspace::loseAll);
    }

    void flush(List<FakeWire> wires) {
        history.by(0, () -> keyspace.flush(wires));
    }

    boolean isDown() {
        return world.now() < downUntilNanos;
    }

    /** Returns whether a call has the lease of a key. */
    boolean isLeased(String key) {
        return keyspace.isLeased(key);
    }

    void heal() {
        frozenUntilNanos = Math.min(frozenUntilNanos, world.now());
        downUntilNanos = Math.min(downUntilNanos, world.now());
    }
}
