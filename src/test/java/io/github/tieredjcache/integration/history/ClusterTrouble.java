package io.github.tieredjcache.integration.history;

import io.github.tieredjcache.testkit.RedisCluster;
import io.github.tieredjcache.testkit.RedisServer;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** What operators and machines do to a Redis Cluster while it is used: nothing of it loses what was acknowledged. */
final class ClusterTrouble {
    private static final long BEFORE_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
    /** Longer than the staleness bound. */
    private static final long FROZEN_NANOS = HistoryRound.BOUND.toNanos() + TimeUnit.MILLISECONDS.toNanos(200);

    private static final int SLOTS = 16_384;
    private static final int PAUSE_MAX_MILLIS = 60;

    private final RedisCluster redis;
    private final Random random;
    private final List<RedisServer> first;
    private final Map<Kind, Integer> times = new EnumMap<>(Kind.class);
    private @Nullable RedisServer joined;

    /** What happens during a round. */
    enum Kind {
        /** Slots move from master to master. */
        MOVES,
        /** A master is stopped, and continues. */
        FREEZES,
        /** Replicas take the places of their masters, which asked for it, and these take them back. */
        FAILOVERS,
        /** A further master gets slots, and gives them back. */
        JOINS
    }

    ClusterTrouble(RedisCluster redis, Random random) {
        this.redis = redis;
        this.random = random;
        this.first = redis.masters();
    }

    /** Makes trouble for the servers of some slots until a time, or longer if it takes longer. */
    void make(Kind kind, Set<Integer> slots, long endNanos) {
        pause(BEFORE_NANOS);
        switch (kind) {
            case MOVES -> move(kind, first, List.copyOf(slots), endNanos);
            case FREEZES -> freeze(redis.owner(anyOf(List.copyOf(slots))));
            case FAILOVERS ->
                failOver(List.copyOf(Set.copyOf(redis.owners(slots).values())), endNanos);
            case JOINS -> join(slots, endNanos);
        }
    }

    /** Returns whether there was each kind of trouble. */
    boolean isComplete() {
        return times.size() == Kind.values().length;
    }

    private void move(Kind kind, List<RedisServer> masters, List<Integer> slots, long endNanos) {
        do {
            int slot = anyOf(slots);
            RedisServer to = anyOf(masters);
            if (redis.owner(slot) != to) {
                redis.move(slot, to);
                count(kind);
            }
            pause(TimeUnit.MILLISECONDS.toNanos(random.nextInt(PAUSE_MAX_MILLIS)));
        } while (System.nanoTime() < endNanos || !times.containsKey(kind));
    }

    private void freeze(RedisServer master) {
        master.pause();
        try {
            pause(FROZEN_NANOS);
        } finally {
            master.resume();
        }
        count(Kind.FREEZES);
    }

    private void failOver(List<RedisServer> owners, long endNanos) {
        // A second one of the same master would be refused for a while.
        for (RedisServer each : owners) {
            if (each == owners.get(0) || System.nanoTime() < endNanos) {
                RedisServer next = redis.failOver(each);
                pause(BEFORE_NANOS);
                redis.failOver(next);
                count(Kind.FAILOVERS);
            }
        }
    }

    private void join(Set<Integer> slots, long endNanos) {
        if (joined == null) {
            joined = redis.addMaster();
            // One that loses its last slot would become a replica.
            redis.move(slotBesides(slots), joined);
        }
        redis.moveAll(slots, joined);
        List<RedisServer> all = new ArrayList<>(first);
        all.add(joined);
        move(Kind.JOINS, all, List.copyOf(slots), endNanos);
        redis.moveAll(slots, first.get(0));
    }

    private int slotBesides(Set<Integer> slots) {
        int slot = random.nextInt(SLOTS);
        return slots.contains(slot) ? slotBesides(slots) : slot;
    }

    private void count(Kind kind) {
        times.merge(kind, 1, Integer::sum);
    }

    private <T> T anyOf(List<T> all) {
        return all.get(random.nextInt(all.size()));
    }

    private static void pause(long nanos) {
        ConnectionCuts.sleepUntil(System.nanoTime() + nanos);
    }

    @Override
    public String toString() {
        return "moves, freezes, failovers, moves to a fourth master: " + times;
    }
}
