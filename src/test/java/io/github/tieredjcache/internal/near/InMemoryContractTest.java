package io.github.tieredjcache.internal.near;

import io.github.tieredjcache.internal.port.TierOfRecord;
import io.github.tieredjcache.internal.port.TierOfRecordContract;
import java.time.Duration;

/** The tier of record of a cache without Redis keeps what each tier of record promises. */
class InMemoryContractTest extends TierOfRecordContract {
    @Override
    protected TierOfRecord<String, String> newTier() {
        return new InMemoryTierOfRecord<>(
                new NearStore<>(NearCapacity.entries(10_000), System::nanoTime, null, () -> {}),
                new SingleFlights<String, String>(System::nanoTime, null),
                new KeyLocks<>(Duration.ofSeconds(20).toNanos()),
                (key, value) -> 0,
                new Expiration<>(true, 0, (key, entry) -> {}));
    }
}
