package io.github.tieredjcache.internal.record;

import io.github.tieredjcache.internal.port.TierOfRecord;
import io.github.tieredjcache.internal.port.TierOfRecordContract;

/** The near-cached tier of record keeps what each tier of record promises. */
class NearCachedTierOfRecordTest extends TierOfRecordContract {
    @Override
    protected TierOfRecord<String, String> newTier() {
        return new RecordChain(System::nanoTime, true, false).nearCached;
    }
}
