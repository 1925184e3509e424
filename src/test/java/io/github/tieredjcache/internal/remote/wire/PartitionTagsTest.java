package io.github.tieredjcache.internal.remote.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PartitionTagsTest {
    private static final int SLOTS = 16_384;

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 64, 256, PartitionTags.COUNT_MAX})
    void theSlotsOfThePartitionsLieEvenlyOverTheCluster(int count) {
        List<String> tags = PartitionTags.of("tiered-jcache", count);
        assertEquals(count, tags.size());
        for (int i = 0; i < count; i++) {
            int distance = HashSlot.of(tags.get(i)).number() - i * SLOTS / count;
            assertTrue(distance >= 0 && distance < 16, tags.get(i) + " is " + distance + " slots beyond its place");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "64, 3, 21, 22",
        "64, 100, 0, 1",
        "64, 10, 6, 7",
        "256, 30, 8, 9",
        "256, 100, 2, 3",
        "512, 100, 4, 6",
        "1024, 100, 9, 11"
    })
    void mastersOfEqualShareHaveAboutAsManyPartitions(int count, int masters, int least, int most) {
        int[] partitions = new int[masters];
        PartitionTags.of("tiered-jcache", count)
                .forEach(each -> partitions[HashSlot.of(each).number() * masters / SLOTS]++);
        assertEquals(least, IntStream.of(partitions).min().getAsInt());
        assertEquals(most, IntStream.of(partitions).max().getAsInt());
    }

    @Test
    void theFirstPartitionHasTheSameTagWhateverTheirNumber() {
        String first = PartitionTags.of("n", 64).get(0);
        for (int count = 1; count <= PartitionTags.COUNT_MAX; count *= 2) {
            assertEquals(first, PartitionTags.of("n", count).get(0));
        }
    }

    /** The tags are a part of the data: other ones would make all entries of a cluster unreadable. */
    @Test
    void theTagsOfANamespaceNeverChange() {
        assertEquals(
                List.of("tiered-jcache:1095", "tiered-jcache:286", "tiered-jcache:78", "tiered-jcache:2739"),
                PartitionTags.of("tiered-jcache", 4));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, 3, 2_048})
    void anotherNumberThanAPowerOfTwoIsRejected(int count) {
        IllegalArgumentException rejected =
                assertThrows(IllegalArgumentException.class, () -> PartitionTags.of("n", count));
        assertEquals(
                "the number of partitions must be a power of two from 1 to 1024, was " + count, rejected.getMessage());
    }

    @Test
    void everyPartitionHasAboutAsManyKeysAsTheOthers() {
        int keys = 64_000;
        int[] texts = new int[64];
        int[] numbers = new int[64];
        IntStream.range(0, keys).forEach(i -> {
            texts[PartitionTags.partition(("order-" + i).getBytes(StandardCharsets.UTF_8), 64)]++;
            numbers[
                    PartitionTags.partition(
                            ByteBuffer.allocate(Long.BYTES).putLong(i).array(), 64)]++;
        });
        for (int i = 0; i < 64; i++) {
            assertTrue(texts[i] > 800 && texts[i] < 1_200, texts[i] + " texts in partition " + i);
            assertTrue(numbers[i] > 800 && numbers[i] < 1_200, numbers[i] + " numbers in partition " + i);
        }
    }

    @Test
    void thePartitionOfAKeyNeverChanges() {
        assertEquals(0, PartitionTags.partition(new byte[0], 64));
        assertEquals(19, PartitionTags.partition("order-1".getBytes(StandardCharsets.UTF_8), 64));
        assertEquals(0, PartitionTags.partition("order-1".getBytes(StandardCharsets.UTF_8), 1));
    }
}
