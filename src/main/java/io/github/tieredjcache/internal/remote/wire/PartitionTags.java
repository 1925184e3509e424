package io.github.tieredjcache.internal.remote.wire;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.zip.CRC32C;

/**
 * The hash tags of the partitions of a Redis Cluster: each puts the keys of one partition into a slot of its own, and
 * the slots lie evenly over all slots of the cluster. All caches of a namespace have the same.
 *
 * <p>A tag is the namespace and the smallest number whose slot is among the first ones of the partition's share. So the
 * first partition has the same tag whatever the number of partitions.
 */
public final class PartitionTags {
    /** The maximum number of partitions. */
    public static final int COUNT_MAX = 1_024;

    private static final int SLOTS = 16_384;
    private static final int WINDOW = SLOTS / COUNT_MAX;

    private PartitionTags() {}

    /**
     * Returns the tags, in the order of the partitions.
     *
     * @param count the number of partitions: a power of two, at most {@link #COUNT_MAX}
     * @throws IllegalArgumentException if there cannot be that many
     */
    public static List<String> of(String namespace, int count) {
        if (Integer.bitCount(count) != 1 || count > COUNT_MAX) {
            throw new IllegalArgumentException(
                    "the number of partitions must be a power of two from 1 to " + COUNT_MAX + ", was " + count);
        }
        int share = SLOTS / count;
        String[] tags = new String[count];
        String prefix = KeySpace.escape(namespace) + ":";
        int missing = count;
        for (int number = 0; missing > 0; number++) {
            String tag = prefix + number;
            int slot = HashSlot.numberOf(tag);
            if (slot % share < WINDOW && tags[slot / share] == null) {
                tags[slot / share] = tag;
                missing--;
            }
        }
        return Arrays.stream(tags).map(Objects::requireNonNull).toList();
    }

    /** Returns the partition of a key, by its encoded form. */
    public static int partition(byte[] encodedKey, int count) {
        CRC32C crc = new CRC32C();
        crc.update(encodedKey, 0, encodedKey.length);
        return (int) ((crc.getValue() * count) >>> Integer.SIZE);
    }
}
