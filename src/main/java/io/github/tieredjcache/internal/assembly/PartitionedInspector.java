package io.github.tieredjcache.internal.assembly;

import io.github.tieredjcache.internal.port.RemoteEntryInfo;
import io.github.tieredjcache.internal.port.RemoteInspector;
import java.util.List;
import java.util.function.ToIntFunction;

/**
 * Reads the entries of a cache with several partitions.
 *
 * @param partitions the inspectors of the partitions
 * @param partitionOf returns the index of the partition of a key
 */
record PartitionedInspector<K>(List<RemoteInspector<K>> partitions, ToIntFunction<K> partitionOf)
        implements RemoteInspector<K> {
    /** Returns the inspector of a cache; that of its partition if there is only one. */
    static <K> RemoteInspector<K> of(List<RemoteInspector<K>> partitions, ToIntFunction<K> partitionOf) {
        return partitions.size() == 1 ? partitions.get(0) : new PartitionedInspector<>(partitions, partitionOf);
    }

    @Override
    public RemoteEntryInfo inspect(K key) {
        return partitions.get(partitionOf.applyAsInt(key)).inspect(key);
    }

    @Override
    public KeyCount count(long keysMax) {
        long keys = 0;
        for (RemoteInspector<K> each : partitions) {
            KeyCount counted = each.count(keysMax - keys);
            keys += counted.keys();
            if (!counted.complete()) {
                return new KeyCount(keys, false);
            }
        }
        return new KeyCount(keys, true);
    }
}
