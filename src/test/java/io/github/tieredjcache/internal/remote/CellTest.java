package io.github.tieredjcache.internal.remote;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.faults.Covers;
import io.github.tieredjcache.faults.FaultRow;
import io.github.tieredjcache.internal.entry.Version;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class CellTest {
    @Test
    void aValueHasItsVersionAndItsDeadline() {
        Cell cell = Cell.of(value('V', 1_234));
        assertEquals(Cell.Kind.VALUE, cell.kind());
        assertEquals(new Version(5, -6), cell.version());
        assertEquals(1_234, cell.deadlineMillis());
        assertEquals(28, cell.bodyOffset());
    }

    @Test
    void aLeaseHidesNothingOfTheOldEntry() {
        Version version = new Version(5, -6);
        assertEquals(new Cell(Cell.Kind.LEASED, version, false, 1_234, 9_999, true, 53), Cell.of(lease(1)));
        assertEquals(new Cell(Cell.Kind.LEASED, version, false, 1_234, 9_999, false, 53), Cell.of(lease(2)));
        assertEquals(Cell.Kind.EMPTY, Cell.of(lease(0)).kind());
    }

    @Test
    void anEntryThatIsKeptWhenItHasEndedSaysSo() {
        byte[] kept = value('V', 1_234);
        assertFalse(Cell.of(kept).keptWhenEnded());
        kept[3] = 1;
        assertTrue(Cell.of(kept).keptWhenEnded());
    }

    @Test
    void aPlaceholderIsEmpty() {
        assertEquals(Cell.Kind.EMPTY, Cell.of(value('L', 0)).kind());
    }

    @Test
    void whatIsNotOursIsUnknown() {
        byte[] ours = value('V', 0);
        for (int at : new int[] {0, 1, 2, 3}) {
            byte[] other = ours.clone();
            other[at] ^= 64;
            assertEquals(Cell.Kind.UNKNOWN, Cell.of(other).kind(), "byte " + at);
        }
        assertEquals(Cell.Kind.UNKNOWN, Cell.of(Arrays.copyOf(ours, 27)).kind());
        assertEquals(
                Cell.Kind.UNKNOWN, Cell.of(Arrays.copyOf(value('W', 0), 52)).kind());
        assertEquals(Cell.Kind.UNKNOWN, Cell.of(new byte[0]).kind());
    }

    @Test
    @Covers(FaultRow.F59)
    void anyBytesAreSomeKind() {
        Random random = new Random(3);
        for (int i = 0; i < 100_000; i++) {
            byte[] bytes = new byte[random.nextInt(80)];
            random.nextBytes(bytes);
            byte[] ours = value("VWLX".charAt(random.nextInt(4)), random.nextLong());
            System.arraycopy(ours, 0, bytes, 0, Math.min(bytes.length, random.nextInt(5)));
            assertNotNull(Cell.of(bytes).kind());
        }
    }

    private static byte[] lease(int old) {
        byte[] bytes = value('W', 1_234);
        ByteBuffer.wrap(bytes).position(28).putLong(7).putLong(8).putLong(9_999).put((byte) old);
        return bytes;
    }

    private static byte[] value(char kind, long deadlineMillis) {
        return ByteBuffer.allocate(60)
                .put((byte) 'T')
                .put((byte) 1)
                .put((byte) kind)
                .put((byte) 0)
                .putLong(5)
                .putLong(-6)
                .putLong(deadlineMillis)
                .array();
    }
}
