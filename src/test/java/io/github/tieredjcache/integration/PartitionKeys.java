package io.github.tieredjcache.integration;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.tieredjcache.internal.remote.wire.HashSlot;
import io.github.tieredjcache.internal.remote.wire.PartitionTags;
import io.github.tieredjcache.testkit.RedisCluster;
import io.github.tieredjcache.testkit.RedisServer;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/** Where the entries of a cache with the default namespace and number of partitions lie in a Redis Cluster. */
public final class PartitionKeys {
    private static final List<String> TAGS = PartitionTags.of("tiered-jcache", 64);

    private PartitionKeys() {}

    /** Returns the hash slot of the entry with a text as its key. */
    public static int slot(String key) {
        return HashSlot.of(TAGS.get(PartitionTags.partition(key.getBytes(UTF_8), TAGS.size())))
                .number();
    }

    /** Returns a key whose entry is on a server. */
    public static String on(RedisCluster redis, RedisServer owner) {
        return first(each -> redis.owner(slot(each)) == owner);
    }

    /** Returns a key of the partition with a number, counted round. */
    public static String ofPartition(int number) {
        int slot = HashSlot.of(TAGS.get(number % TAGS.size())).number();
        return first(each -> slot(each) == slot);
    }

    private static String first(Predicate<String> condition) {
        return IntStream.range(0, 100_000)
                .mapToObj(i -> "key-" + i)
                .filter(condition)
                .findFirst()
                .orElseThrow();
    }
}
