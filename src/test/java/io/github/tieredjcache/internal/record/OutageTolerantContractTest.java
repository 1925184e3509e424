package io.github.tieredjcache.internal.record;

import io.github.tieredjcache.internal.port.TierOfRecord;
import io.github.tieredjcache.internal.port.TierOfRecordContract;
import org.junit.jupiter.api.Nested;

/** The outage-tolerant tier of record keeps what each tier of record promises, by either policy, in an outage and without. */
class OutageTolerantContractTest {
    @Nested
    class WhileRedisIsAvailable extends TierOfRecordContract {
        @Override
        protected TierOfRecord<String, String> newTier() {
            return new RecordChain(System::nanoTime, true, false).record;
        }
    }

    @Nested
    class WhileRedisIsAvailableAndAnOutageWouldFail extends TierOfRecordContract {
        @Override
        protected TierOfRecord<String, String> newTier() {
            return new RecordChain(System::nanoTime, false, true).record;
        }
    }

    @Nested
    class WhileRedisIsUnavailable extends TierOfRecordContract {
        @Override
        protected TierOfRecord<String, String> newTier() {
            RecordChain chain = new RecordChain(System::nanoTime, true, false);
            chain.redis.becomesUnavailable();
            return chain.record;
        }
    }
}
