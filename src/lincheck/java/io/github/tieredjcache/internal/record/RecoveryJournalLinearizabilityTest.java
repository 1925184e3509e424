package io.github.tieredjcache.internal.record;

import java.util.Map;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.junit.jupiter.api.Test;

/** A reader that skips the lock of the journal misses no key that was added before. */
@Param(name = "key", gen = IntGen.class, conf = "1:3")
public class RecoveryJournalLinearizabilityTest {
    private final RecoveryJournal<Integer> journal = new RecoveryJournal<>(2);

    @Operation
    public boolean has(@Param(name = "key") int key) {
        return journal.has(key);
    }

    @Operation
    public boolean isEmpty() {
        return journal.isEmpty();
    }

    @Operation
    public int size() {
        return journal.size();
    }

    @Operation
    public void beginChange(@Param(name = "key") int key) {
        journal.beginChange(key);
    }

    @Operation
    public void endChange(@Param(name = "key") int key) {
        journal.endChange(key);
    }

    @Operation
    public int markRemoved(@Param(name = "key") int key, @Param(name = "key") int changes) {
        return journal.markRemoved(Map.of(key, (long) changes)).size();
    }

    @Operation
    public void addAll() {
        journal.addAll();
    }

    @Test
    void theJournalIsLinearizable() {
        new ModelCheckingOptions()
                .threads(2)
                .actorsPerThread(3)
                .iterations(Integer.getInteger("lincheck.iterations", 10))
                .invocationsPerIteration(100)
                .check(RecoveryJournalLinearizabilityTest.class);
    }
}
