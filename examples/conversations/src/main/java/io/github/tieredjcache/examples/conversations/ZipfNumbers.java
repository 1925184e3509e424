package io.github.tieredjcache.examples.conversations;

import java.util.Arrays;
import java.util.SplittableRandom;

/** Numbers from 0 to n-1 of which a few are drawn very often: the one of rank r in proportion to 1 / r^s. Immutable. */
final class ZipfNumbers {

    private final double[] cumulative;
    private final int[] numberOfRank;

    /** @param seed decides which numbers are the frequent ones */
    ZipfNumbers(int n, double s, long seed) {
        this.cumulative = new double[n];
        double sum = 0;
        for (int rank = 0; rank < n; rank++) {
            sum += 1 / Math.pow(rank + 1, s);
            cumulative[rank] = sum;
        }
        this.numberOfRank = shuffled(n, new SplittableRandom(seed));
    }

    private static int[] shuffled(int n, SplittableRandom random) {
        int[] numbers = new int[n];
        for (int i = 0; i < n; i++) {
            int other = random.nextInt(i + 1);
            numbers[i] = numbers[other];
            numbers[other] = i;
        }
        return numbers;
    }

    int draw(SplittableRandom random) {
        double point = random.nextDouble() * cumulative[cumulative.length - 1];
        int found = Arrays.binarySearch(cumulative, point);
        int rank = found < 0 ? -found - 1 : found;
        return numberOfRank[Math.min(rank, numberOfRank.length - 1)];
    }
}
