package io.github.tieredjcache.internal.codec.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Keys of one hash code are charged for the comparisons that a table may need, and ordinary keys are not charged. */
class CollisionsTest {
    private static final int FEW = 256;

    private final Budget budget = new Budget();

    /** A key whose hash code is chosen. */
    private record Key(int number, int hash) {
        @Override
        public int hashCode() {
            return hash;
        }
    }

    private Collisions unsorted(int keys) {
        return new Collisions(budget, keys, false);
    }

    /** Returns the steps that the table of these keys is charged, rounded up to 64. */
    private long steps(Collisions collisions, Object[] parts, int step, long... costs) {
        budget.reset();
        budget.charge(Budget.FREE_STEPS);
        for (int i = 0; i < parts.length / step; i++) {
            collisions.add(costs.length == 0 ? 1 : costs[i % costs.length]);
        }
        collisions.charge(parts, step);
        return budget.bytesNeeded() * Budget.STEPS_A_BYTE;
    }

    private static long rounded(long steps) {
        return (steps + Budget.STEPS_A_BYTE - 1) / Budget.STEPS_A_BYTE * Budget.STEPS_A_BYTE;
    }

    private static long pairs(long keys) {
        return keys * (keys - 1) / 2;
    }

    private static Object[] keys(int count, IntFunction<Object> key) {
        Object[] keys = new Object[count];
        Arrays.setAll(keys, key);
        return keys;
    }

    @Test
    void aSmallTableIsNotCharged() {
        Object[] same = keys(FEW + 1, i -> new Key(i, 7));
        assertEquals(0, steps(unsorted(FEW), Arrays.copyOf(same, FEW), 1));
        assertEquals(rounded(pairs(FEW + 1)), steps(unsorted(FEW + 1), same, 1));
        assertEquals(0, steps(Collisions.ofAll(budget, FEW), Arrays.copyOf(same, FEW), 1));
    }

    @ParameterizedTest
    @ValueSource(ints = {257, 1_000, 20_000})
    void keysOfDifferentHashCodesAreNotCharged(int count) {
        assertEquals(0, steps(unsorted(count), keys(count, i -> new Key(i, i * 31)), 1));
        assertEquals(0, steps(unsorted(count), keys(count, i -> null), 1));
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "3, 3", "100, 100"})
    void eachComparisonOfTwoKeysCostsTheirParts(long cost, long charged) {
        Object[] same = keys(1_000, i -> new Key(i, 7));
        assertEquals(rounded(charged * pairs(1_000)), steps(unsorted(1_000), same, 1, cost));
    }

    @Test
    void aLargeKeyIsComparedNoFurtherThanTheSmallKeysBeforeIt() {
        Object[] same = keys(300, i -> new Key(i, 7));
        long[] costs = new long[300];
        Arrays.fill(costs, 10);
        costs[299] = 1_000_000;
        assertEquals(rounded(10 * pairs(299) + 10 * 299), steps(unsorted(300), same, 1, costs));
    }

    @Test
    void eachGroupOfOneHashCodeIsComparedWithin() {
        Object[] two = keys(1_000, i -> new Key(i, i % 2));
        assertEquals(rounded(2 * pairs(500)), steps(unsorted(1_000), two, 1));
    }

    @Test
    void onlyKeysOfAMapAreCharged() {
        int entries = 1_000;
        Object[] valuesAlike = keys(2 * entries, i -> i % 2 == 0 ? new Key(i, i) : new Key(i, 7));
        assertEquals(0, steps(unsorted(entries), valuesAlike, 2));
        Object[] keysAlike = keys(2 * entries, i -> i % 2 == 0 ? new Key(i, 7) : new Key(i, i));
        assertEquals(rounded(pairs(entries)), steps(unsorted(entries), keysAlike, 2));
    }

    @Test
    void aTableThatSortsItsCollisionsIsNotChargedForStringsAndNumbers() {
        String[] halves = {"Aa", "BB"};
        Object[] texts = keys(1 << 10, i -> {
            StringBuilder text = new StringBuilder();
            for (int bit = 0; bit < 10; bit++) {
                text.append(halves[i >> bit & 1]);
            }
            return text.toString();
        });
        Object[] longs = keys(1 << 10, i -> (long) i << 32 | i);
        for (Object[] keys : new Object[][] {texts, longs}) {
            assertEquals(0, steps(new Collisions(budget, keys.length, true), keys, 1));
            assertEquals(rounded(pairs(keys.length)), steps(unsorted(keys.length), keys, 1));
        }
        Object[] others = keys(1 << 10, i -> new Key(i, 7));
        assertEquals(rounded(pairs(1 << 10)), steps(new Collisions(budget, 1 << 10, true), others, 1));
    }

    @Test
    void elementsThatAreComparedWithAllOthersAreChargedWhateverTheirHashCodes() {
        Object[] distinct = keys(1_000, i -> i);
        assertEquals(rounded(5 * pairs(1_000)), steps(Collisions.ofAll(budget, 1_000), distinct, 1, 5));
        assertEquals(0, steps(Collisions.ofAll(budget, 1_000), keys(1_000, i -> null), 1, 5));
    }

    /** One group of a tenth of the keys would cost a million comparisons: a sample must find it. */
    @Test
    void aLargeGroupAmongManyOrdinaryKeysIsFound() {
        int count = 20_000;
        Object[] keys = keys(count, i -> new Key(i, i % 10 == 0 ? 7 : i));
        assertEquals(rounded(pairs(count / 10 + 1)), steps(unsorted(count), keys, 1));
    }
}
