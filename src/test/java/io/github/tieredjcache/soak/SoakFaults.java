package io.github.tieredjcache.soak;

import io.github.tieredjcache.testkit.RedisCluster;
import io.github.tieredjcache.testkit.RedisServer;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;

/** What goes wrong with a Redis Cluster of which nothing may be lost. Used by one thread. */
final class SoakFaults {
    private static final int SLOTS = 16_384;
    /** The distance between the slots of two partitions. */
    private static final int APART = 256;

    private static final int MOVES = 40;
    private static final int FREEZE_MIN_MILLIS = 100;
    private static final int FREEZE_MAX_MILLIS = 1_500;

    private final RedisCluster redis;
    private final Random random;
    private final Map<Kind, Integer> made = new EnumMap<>(Kind.class);

    SoakFaults(RedisCluster redis, Random random) {
        this.redis = redis;
        this.random = random;
    }

    /** The kinds of faults. */
    enum Kind {
        SLOTS_MOVE,
        MASTER_IS_FROZEN,
        CONNECTIONS_ARE_CUT,
        REPLICA_TAKES_OVER,
        PROCESS_IS_FROZEN,
        PROCESS_IS_REPLACED
    }

    /** Draws a fault, and counts it; the faults of the processes are the caller's to make. */
    Kind next() {
        Kind kind = Kind.values()[random.nextInt(Kind.values().length)];
        made.merge(kind, 1, Integer::sum);
        List<RedisServer> masters = masters();
        RedisServer master = masters.get(random.nextInt(masters.size()));
        switch (kind) {
            case SLOTS_MOVE -> {
                Set<Integer> slots = new HashSet<>();
                while (slots.size() < MOVES) {
                    slots.add(random.nextBoolean() ? random.nextInt(SLOTS) : random.nextInt(SLOTS / APART) * APART);
                }
                redis.moveAll(slots, master);
            }
            case MASTER_IS_FROZEN -> {
                master.pause();
                pause();
                master.resume();
            }
            case CONNECTIONS_ARE_CUT -> master.command("CLIENT", "KILL", "TYPE", "NORMAL");
            case REPLICA_TAKES_OVER -> redis.failOver(master);
            case PROCESS_IS_FROZEN, PROCESS_IS_REPLACED -> {}
        }
        return kind;
    }

    /** Waits as long as a fault lasts. */
    void pause() {
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(random.nextInt(FREEZE_MIN_MILLIS, FREEZE_MAX_MILLIS)));
    }

    /** Returns the servers that are masters now. */
    List<RedisServer> masters() {
        List<Integer> slots =
                IntStream.range(0, SLOTS / APART).map(i -> i * APART).boxed().toList();
        return redis.owners(slots).values().stream().distinct().toList();
    }

    @Override
    public String toString() {
        return made.toString();
    }
}
