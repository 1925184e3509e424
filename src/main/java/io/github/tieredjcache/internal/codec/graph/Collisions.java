package io.github.tieredjcache.internal.codec.graph;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Keys of one hash table that have the same hash code: each is compared with those before it, which takes the square of their
 * number. A few are not worth a look: a key takes bytes, too.
 */
final class Collisions {
    private static final int FEW = 256;
    private static final int FREQUENT = 4;
    private static final int SEED_FACTOR = 1_664_525;
    private static final int SEED_STEP = 1_013_904_223;
    /** The lower bits of such a sequence repeat too soon. */
    private static final int SEED_SHIFT = 7;

    private static final long[] ONE_EACH = {};

    private final Budget budget;
    private final boolean sorted;
    private final int keys;
    /** What each key costs; nothing if each costs one step. */
    private long[] costs = ONE_EACH;

    private int count;
    /** Whether all keys count as those of one hash code. */
    private boolean areSame;

    /**
     * Begins with no key.
     *
     * @param keys how many keys there will be; 0 if they are not hashed
     * @param sorted whether the table sorts comparable keys of the same hash code
     */
    Collisions(Budget budget, int keys, boolean sorted) {
        this.budget = budget;
        this.keys = keys;
        this.sorted = sorted;
    }

    /** The same for elements each of which is compared with all others, whatever their hash codes. */
    static Collisions ofAll(Budget budget, int elements) {
        Collisions all = new Collisions(budget, elements, false);
        all.areSame = true;
        return all;
    }

    /** The next key was met. */
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

    /** Charges for the comparisons, before the table is filled; every {@code step}-th part is a key. */
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
     * Whether some keys, chosen by chance, have a hash code in common. Twice the square root of their number is enough: where
     * groups of the same hash code are so large that comparing them would cost too much, several of one group are among them.
     */
    private boolean areSuspicious(@Nullable Object[] parts, int step) {
        int samples = 2 * (int) Math.sqrt(keys);
        Map<Integer, Integer> counters = new HashMap<>(2 * samples);
        // Whoever made the bytes cannot know where this begins.
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

        /** One more key; what it takes to compare it with those before it. */
        long add(long cost) {
            long steps = Math.min(Budget.product(keys, cost), costs);
            keys++;
            costs = Budget.sum(costs, cost);
            return steps;
        }
    }
}
