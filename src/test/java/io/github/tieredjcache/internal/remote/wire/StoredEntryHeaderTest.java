package io.github.tieredjcache.internal.remote.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.faults.Covers;
import io.github.tieredjcache.faults.FaultRow;
import io.github.tieredjcache.internal.model.Version;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class StoredEntryHeaderTest {
    @Test
    void aValueHasItsVersionAndItsDeadline() {
        StoredEntryHeader header = StoredEntryHeader.of(value('V', 1_234));
        assertEquals(StoredEntryHeader.Kind.VALUE, header.kind());
        assertEquals(new Version(5, -6), header.version());
        assertEquals(1_234, header.deadlineMillis());
        assertEquals(28, header.valueOffset());
    }

    @Test
    void aWriteLeaseKeepsVersionAndDeadlineOfTheOldEntry() {
        Version version = new Version(5, -6);
        assertEquals(
                new StoredEntryHeader(StoredEntryHeader.Kind.LEASED, version, false, 1_234, 9_999, true),
                StoredEntryHeader.of(lease(1)));
        assertEquals(
                new StoredEntryHeader(StoredEntryHeader.Kind.LEASED, version, false, 1_234, 9_999, false),
                StoredEntryHeader.of(lease(2)));
        assertEquals(53, StoredEntryHeader.of(lease(1)).valueOffset());
        assertEquals(
                StoredEntryHeader.Kind.EMPTY, StoredEntryHeader.of(lease(0)).kind());
    }

    @Test
    void theHeaderStatesWhetherAnExpiredEntryIsKept() {
        byte[] kept = value('V', 1_234);
        assertFalse(StoredEntryHeader.of(kept).keptWhenExpired());
        kept[3] = 1;
        assertTrue(StoredEntryHeader.of(kept).keptWhenExpired());
    }

    @Test
    void aLoadLeaseIsNoEntry() {
        assertEquals(
                StoredEntryHeader.Kind.EMPTY,
                StoredEntryHeader.of(value('L', 0)).kind());
    }

    @Test
    void otherBytesAreOfUnknownKind() {
        byte[] ours = value('V', 0);
        for (int at : new int[] {0, 1, 2, 3}) {
            byte[] other = ours.clone();
            other[at] ^= 64;
            assertEquals(
                    StoredEntryHeader.Kind.UNKNOWN, StoredEntryHeader.of(other).kind(), "byte " + at);
        }
        assertEquals(
                StoredEntryHeader.Kind.UNKNOWN,
                StoredEntryHeader.of(Arrays.copyOf(ours, 27)).kind());
        assertEquals(
                StoredEntryHeader.Kind.UNKNOWN,
                StoredEntryHeader.of(Arrays.copyOf(value('W', 0), 52)).kind());
        assertEquals(
                StoredEntryHeader.Kind.UNKNOWN,
                StoredEntryHeader.of(new byte[0]).kind());
    }

    @Test
    @Covers(FaultRow.F59)
    void anyBytesAreReadWithoutAnException() {
        Random random = new Random(3);
        for (int i = 0; i < 100_000; i++) {
            byte[] bytes = new byte[random.nextInt(80)];
            random.nextBytes(bytes);
            byte[] ours = value("VWLX".charAt(random.nextInt(4)), random.nextLong());
            System.arraycopy(ours, 0, bytes, 0, Math.min(bytes.length, random.nextInt(5)));
            assertNotNull(StoredEntryHeader.of(bytes).kind());
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
