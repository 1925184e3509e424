package io.github.tieredjcache.internal.codec.graph;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Charges the budget for keys of one hash table that have the same hash code. Each of them is compared with those
 * before it, so the steps grow with the square of their number. Tables of few keys are not charged, since the bytes of
 * the keys bound the cost.
 */
final class Collisions {
    private static final int FEW = 256;
    private static final int FREQUENT = 4;
    private static final int SEED_FACTOR = 1_664_525;
    private static final int SEED_STEP = 1_013_904_223;
    /** Skips the lower bits of the linear congruential sequence, which have short periods. */
    private static final int SEED_SHIFT = 7;

    private static final long[] ONE_EACH = {};

    private final Budget budget;
    private final boolean sorted;
    private final int keys;
    /** The cost of each key; empty if each costs one step. */
    private long[] costs = ONE_EACH;

    private int count;
    /** Whether all keys are charged as if they had the same hash code. */
    private boolean areSame;

    /**
     * Creates an instance without keys.
     *
     * @param keys the number of keys that will be added; 0 if they are not hashed
     * @param sorted whether the table sorts comparable keys of the same hash code
     */
    Collisions(Budget budget, int keys, boolean sorted) {
        this.budget = budget;
        this.keys = keys;
        this.sorted = sorted;
    }

    /** Returns an instance for elements that are compared with all others, whatever their hash codes. */
    static Collisions ofAll(Budget budget, int elements) {
        Collisions all = new Collisions(budget, elements, false);
        all.areSame = true;
        return all;
    }

    /** Adds the cost of the next key. */
    void add(long cost) {
        if (keys > FEW) {
            if (cost > 2 && costs.length == 0) {
                costs = new long[keys];
            }
            if (costs.length > 0) {
                costs[count] = cost;
            }
            count++;
        }
    }

    /** Charges the budget for the comparisons, before the table is filled; every {@code step}-th part is a key. */
    void charge(@Nullable Object[] parts, int step) {
        if (keys <= FEW || !(areSame || areSuspicious(parts, step))) {
            return;
        }
        Map<Integer, Same> same = new HashMap<>();
        for (int i = 0; i < keys; i++) {
            Object key = parts[i * step];
            if (key != null && !isHarmless(key)) {
                long cost = costs.length == 0 ? 1 : Math.max(1, costs[i]);
                budget.charge(same.computeIfAbsent(areSame ? 0 : key.hashCode(), hash -> new Same())
                        .add(cost));
            }
        }
    }

    /**
     * Returns whether some keys of a random sample have the same hash code. A sample of twice the square root of the
     * number of keys is enough: if a group of the same hash code is so large that comparing its keys would cost too
     * much, the sample contains several of them.
     */
    private boolean areSuspicious(@Nullable Object[] parts, int step) {
        int samples = 2 * (int) Math.sqrt(keys);
        Map<Integer, Integer> counters = new HashMap<>(2 * samples);
        // An attacker who wrote the bytes cannot predict the seed.
        int seed = System.identityHashCode(parts);
        for (int i = 0; i < samples; i++) {
            seed = seed * SEED_FACTOR + SEED_STEP;
            Object key = parts[Math.floorMod(seed >>> SEED_SHIFT, keys) * step];
            if (key != null && !isHarmless(key) && counters.merge(key.hashCode(), 1, Integer::sum) >= FREQUENT) {
                return true;
            }
        }
        return false;
    }

    private boolean isHarmless(Object key) {
        return sorted && (key instanceof String || key instanceof Integer || key instanceof Long);
    }

    /** The keys of one hash code. */
    static final class Same {
        private long keys;
        private long costs;

        /** Adds a key; returns the number of steps to compare it with the keys before it. */
        long add(long cost) {
            long steps = Math.min(Budget.product(keys, cost), costs);
            keys++;
            costs = Budget.sum(costs, cost);
            return steps;
        }
    }
}
