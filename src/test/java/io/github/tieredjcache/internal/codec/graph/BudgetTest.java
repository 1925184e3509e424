package io.github.tieredjcache.internal.codec.graph;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.tieredjcache.UndecodableReason;
import io.github.tieredjcache.internal.codec.api.MalformedException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The limits of a graph are exact, a writer knows the bytes that its graph needs, and no graph inherits costs. */
class BudgetTest {
    private final Budget budget = new Budget();

    private static void assertLimit(String words, Runnable step) {
        MalformedException limit = assertThrows(MalformedException.class, step::run);
        assertEquals(UndecodableReason.LIMIT, limit.reason());
        assertEquals(words, limit.text().substring(0, words.length()));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 1_000, Integer.MAX_VALUE / Budget.PARTS_A_BYTE})
    void eachByteAllows32Parts(int bytes) {
        budget.resetForReading(bytes);
        budget.claimParts(32 * bytes);
        assertLimit("the value has more than 32 parts for each byte in Redis", () -> budget.claimParts(1));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 1_000})
    void aMillionStepsAreFreeAndEachByteAllows64More(int bytes) {
        budget.resetForReading(bytes);
        budget.charge(1_000_000 + 64L * bytes);
        assertLimit("hashing and comparing its keys takes more than 1000000 steps and 64 for", () -> budget.charge(1));
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0, 0",
        "1, 0, 1",
        "32, 0, 1",
        "33, 0, 2",
        "0, 1000000, 0",
        "0, 1000001, 1",
        "0, 1000064, 1",
        "0, 1000065, 2",
        "64, 1000065, 2",
        "96, 1000065, 3"
    })
    void theNeededBytesAreTheLeastThatAReaderAccepts(int parts, int steps, int bytes) {
        budget.reset();
        budget.claimParts(parts);
        budget.charge(steps);
        assertEquals(bytes, budget.bytesNeeded());
        assertDoesNotThrow(() -> read(parts, steps, bytes));
        if (bytes > 0) {
            assertThrows(MalformedException.class, () -> read(parts, steps, bytes - 1));
        }
    }

    private static void read(int parts, int steps, int bytes) {
        Budget reader = new Budget();
        reader.resetForReading(bytes);
        reader.claimParts(parts);
        reader.charge(steps);
    }

    @Test
    void aWriterIsLimitedOnlyWhileItReadsASectionBack() {
        budget.reset();
        budget.claimParts(Integer.MAX_VALUE);
        budget.charge(2_000_000);
        budget.limitTo(15_626);
        budget.charge(64);
        assertLimit("hashing", () -> budget.charge(1));
        budget.unlimited();
        budget.charge(Integer.MAX_VALUE - 1);
        assertLimit("hashing", () -> budget.charge(Integer.MAX_VALUE));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 63, 64, 65, 200, 10_000})
    void anObjectCostsItsPartsAndThoseOfEachReference(int number) {
        budget.reset();
        budget.countPart();
        budget.beginObject(number);
        assertEquals(1, budget.cost(number), "while it is incomplete");
        budget.countPart();
        budget.countPart();
        budget.completeObject(number);
        assertEquals(3, budget.cost(number));
        budget.addCost(budget.cost(number));
        budget.completeObject(number);
        assertEquals(6, budget.cost(number), "it refers to itself");
        assertEquals(1, budget.cost(number + 1), "never written");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 64, 8_192, 10_000})
    void theNextGraphDoesNotInheritCosts(int number) {
        budget.reset();
        budget.countPart();
        budget.beginObject(number);
        budget.countPart();
        budget.completeObject(number);
        budget.claimParts(33);
        budget.charge(2_000_000);
        budget.reset();
        assertEquals(0, budget.bytesNeeded());
        assertEquals(0, budget.costSoFar());
        budget.countPart();
        budget.beginObject(number);
        assertEquals(1, budget.cost(number));
    }

    @Test
    void costsAreCappedSoThatTheirSumsDoNotOverflow() {
        long most = Integer.MAX_VALUE;
        assertEquals(most, Budget.sum(most, most));
        assertEquals(5, Budget.sum(2, 3));
        assertEquals(most, Budget.product(most, most));
        assertEquals(6, Budget.product(2, 3));
        budget.reset();
        budget.addCost(5 * most);
        assertEquals(most, budget.costSince(0));
        assertEquals(most - 1, budget.costSince(4 * most + 1));
    }
}
