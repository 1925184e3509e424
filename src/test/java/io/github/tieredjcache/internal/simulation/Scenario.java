package io.github.tieredjcache.internal.simulation;

import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/**
 * The configuration of a simulated cluster, drawn from a seed.
 *
 * @param nodes how many
 * @param local whether the outage policy is {@code local}, else {@code fail}
 * @param loads whether the cache reads through
 * @param writes whether the cache writes through
 * @param lifetimeNanos of an entry since its creation; 0 for eternal entries
 * @param journalKeys how many keys the recovery journal holds
 * @param nearNanos how long a copy is kept near at most; 0 for no limit
 * @param operations how many operations begin
 * @param faults how many faults occur
 */
record Scenario(
        int nodes,
        boolean local,
        boolean loads,
        boolean writes,
        long lifetimeNanos,
        int journalKeys,
        long nearNanos,
        int operations,
        int faults) {
    static final List<String> KEYS = List.of("a", "b", "c");
    static final int FAULTS_MAX = 9;
    static final long STALENESS_BOUND = TimeUnit.SECONDS.toNanos(2);
    static final long COMMAND_TIMEOUT = TimeUnit.MILLISECONDS.toNanos(500);
    static final long HEARTBEAT = STALENESS_BOUND / 4;
    static final long LOAD_WAIT = TimeUnit.SECONDS.toNanos(1);
    static final long LOAD_LEASE = TimeUnit.SECONDS.toNanos(3);
    static final long WRITE_LEASE = TimeUnit.SECONDS.toNanos(5);
    static final long WRITE_WAIT = TimeUnit.SECONDS.toNanos(15);
    static final long OUTAGE_NEAR = TimeUnit.SECONDS.toNanos(3);
    static final long UPKEEP = TimeUnit.MILLISECONDS.toNanos(250);

    /** Returns the same with a source that is written through, with entries that do not end by time, and with many faults. */
    Scenario withWriter() {
        return new Scenario(nodes, local, true, true, 0, journalKeys, 0, operations, FAULTS_MAX);
    }

    static Scenario drawn(Random random) {
        int source = random.nextInt(3);
        return new Scenario(
                2 + random.nextInt(2),
                random.nextInt(10) < 7,
                source > 0,
                source > 1,
                random.nextInt(10) < 6 ? 0 : TimeUnit.MILLISECONDS.toNanos(500 + random.nextInt(4_000)),
                random.nextInt(4) == 0 ? 1 : 1_000,
                random.nextInt(4) == 0 ? TimeUnit.SECONDS.toNanos(1) : 0,
                40 + random.nextInt(60),
                random.nextInt(FAULTS_MAX + 1));
    }
}
