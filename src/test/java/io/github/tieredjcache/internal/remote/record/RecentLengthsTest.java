package io.github.tieredjcache.internal.remote.record;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.tieredjcache.internal.remote.wire.Flush;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RecentLengthsTest {
    private final RecentLengths lengths = new RecentLengths();

    @Test
    void nothingIsExpectedBeforeAnEntryIsKnown() {
        add(Arrays.asList(null, null));
        assertEquals(0, lengths.expectedPerFlush(100));
        assertEquals(0, lengths.average());
    }

    @Test
    void noMoreEntriesAreExpectedThanAreKnown() {
        add(entries(99, 10));
        assertEquals(0, lengths.expectedPerFlush(100));
        assertEquals(99, lengths.expectedPerFlush(99));
        add(entries(1, 10));
        assertEquals(100, lengths.expectedPerFlush(100));
    }

    @Test
    void theLongestEntryDecidesHowManyFitIntoAFlush() {
        add(entries(1_000, 100));
        assertEquals(Flush.COMMANDS_MAX, lengths.expectedPerFlush(10_000));
        add(entries(1, (int) Flush.BYTES_MAX / 4));
        assertEquals(4, lengths.expectedPerFlush(10_000));
        add(entries(1, (int) Flush.BYTES_MAX + 1));
        assertEquals(0, lengths.expectedPerFlush(10_000));
    }

    @Test
    void theLongestEntryIsForgottenAfterAWhile() {
        add(entries(1, (int) Flush.BYTES_MAX));
        add(entries(999, 100));
        add(entries(999, 100));
        assertEquals(1, lengths.expectedPerFlush(10_000));
        add(entries(1, 100));
        assertEquals(Flush.COMMANDS_MAX, lengths.expectedPerFlush(10_000));
    }

    @Test
    void theAverageIsThatOfTheLastCallThatFoundEntries() {
        add(entries(10, 1_000));
        List<byte @Nullable []> some = new ArrayList<>(entries(1, 100));
        some.add(null);
        some.addAll(entries(1, 300));
        add(some);
        add(Collections.singletonList(null));
        assertEquals(200, lengths.average());
    }

    @Test
    void anEntryThatWasNotReadWholeCountsToo() {
        add(entries(100, 10));
        lengths.add(Collections.singletonList(null), Flush.BYTES_MAX + 1);
        assertEquals(0, lengths.expectedPerFlush(100));
    }

    private void add(List<byte @Nullable []> entries) {
        lengths.add(
                entries,
                entries.stream()
                        .mapToLong(each -> each == null ? 0 : each.length)
                        .max()
                        .orElse(0));
    }

    private static List<byte @Nullable []> entries(int count, int bytes) {
        return Collections.nCopies(count, new byte[bytes]);
    }
}
