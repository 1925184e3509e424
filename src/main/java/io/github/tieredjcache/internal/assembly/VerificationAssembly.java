package io.github.tieredjcache.internal.assembly;

import io.github.tieredjcache.TieredSetting;
import io.github.tieredjcache.internal.coherence.FillTicket;
import io.github.tieredjcache.internal.engine.load.LoadOptions;
import io.github.tieredjcache.internal.engine.verification.NearVerification;
import io.github.tieredjcache.internal.engine.verification.SourceVerification;
import io.github.tieredjcache.internal.engine.verification.Verification;
import io.github.tieredjcache.internal.model.Entry;
import io.github.tieredjcache.internal.model.Lifetime;
import io.github.tieredjcache.internal.near.NearTier;
import io.github.tieredjcache.internal.source.Source;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Creates the verifications of a cache with Redis. Each key is read in its own partition, so an outage of one partition
 * pauses the verification of no other.
 *
 * @param parts of the cache
 * @param partitionOf returns the partition of a key
 */
record VerificationAssembly<K, V>(RecordParts<K, V> parts, Function<K, Partition<K, V>> partitionOf) {
    /**
     * Creates the verifications that the settings ask for; null if that is none.
     *
     * @param loads how the source is loaded
     * @param node the number of this node
     */
    @Nullable
    Verification<K, V> verification(NearTier<K, V> near, Source<K, V> source, LoadOptions loads, long node) {
        return Verification.of(near(near), source(source, loads, node));
    }

    private @Nullable NearVerification<K, V> near(NearTier<K, V> near) {
        return NearVerification.of(
                new NearVerification.Components<>(
                        parts.cacheName(),
                        near,
                        (key, version) -> partitionOf.apply(key).redis().holds(key, version),
                        parts.executors()::upkeep),
                parts.settings().get(TieredSetting.NEAR_VERIFY_SAMPLE),
                parts.counters(),
                parts.clock());
    }

    private @Nullable SourceVerification<K, V> source(Source<K, V> source, LoadOptions loads, long node) {
        SourceVerification<K, V> verification = SourceVerification.of(
                new SourceVerification.Components<>(
                        source,
                        this::entry,
                        parts.codecs().keys(),
                        parts.codecs().values(),
                        parts.storeByValue()::key,
                        loads.executor()::execute,
                        loads.bulkhead()::runIfFree,
                        node),
                parts.settings().get(TieredSetting.LOAD_VERIFY_PER_MINUTE),
                parts.counters(),
                parts.clock());
        if (verification != null) {
            parts.closeables().add(parts.executors().every(SourceVerification.TICK, verification::tick));
        }
        return verification;
    }

    /** Reads an entry in Redis as a read that fills no near copy and moves no deadline; null if Redis has none to use. */
    private @Nullable Entry<V> entry(K key) {
        Partition<K, V> partition = partitionOf.apply(key);
        return partition.isUsable(key)
                ? partition
                        .redis()
                        .read(key, FillTicket.unfillable(), Lifetime.UNCHANGED)
                        .entry()
                : null;
    }
}
