package io.github.tieredjcache.benchmark;

import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.SplittableRandom;

/** Keys in a Zipf-distributed order, drawn beforehand so that drawing costs a benchmark one array access. */
final class Keys {
    private static final int DRAWS = 1 << 16;
    private static final double EXPONENT = 0.99;

    private final String[] draws = new String[DRAWS];
    private int cursor;

    /** Draws from {@code count} keys; the seed decides the order, not which keys are frequent. */
    Keys(int count, long seed) {
        String[] keys = new String[count];
        Arrays.setAll(keys, Keys::key);
        double[] cumulative = new double[count];
        double sum = 0;
        for (int rank = 0; rank < count; rank++) {
            sum += 1 / Math.pow(rank + 1, EXPONENT);
            cumulative[rank] = sum;
        }
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < DRAWS; i++) {
            int found = Arrays.binarySearch(cumulative, random.nextDouble() * sum);
            draws[i] = keys[Math.min(found < 0 ? -found - 1 : found, count - 1)];
        }
    }

    static String key(long number) {
        return "key:" + number;
    }

    String next() {
        return draws[cursor++ & DRAWS - 1];
    }

    /** The next {@code count} keys that differ. */
    Set<String> next(int count) {
        Set<String> keys = new LinkedHashSet<>();
        while (keys.size() < count) {
            keys.add(next());
        }
        return keys;
    }
}
