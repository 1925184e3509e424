package io.github.tieredjcache.internal.record;

import io.github.tieredjcache.internal.port.Leases;
import io.github.tieredjcache.internal.port.TierOfRecord;
import io.github.tieredjcache.internal.port.TierOfRecordContract;
import org.junit.jupiter.api.Nested;

/** The outage-tolerant tier of record keeps what each tier of record promises, by either policy, in an outage, without, and after one. */
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

    /** Redis is available again and has not removed the journaled keys yet. */
    @Nested
    class BeforeTheRecoveryOfSomeKeys extends TierOfRecordContract {
        @Override
        protected TierOfRecord<String, String> newTier() {
            RecordChain chain = afterAnOutage(true);
            chain.redis.becomesAvailable();
            return chain.record;
        }
    }

    /** Redis is available again and has not removed the journaled keys yet; the journal stands for all keys. */
    @Nested
    class BeforeTheRecovery extends TierOfRecordContract {
        @Override
        protected TierOfRecord<String, String> newTier() {
            RecordChain chain = afterAnOutage(true);
            chain.record.clear();
            chain.redis.becomesAvailable();
            return chain.record;
        }
    }

    @Nested
    class AfterTheRecovery extends TierOfRecordContract {
        @Override
        protected TierOfRecord<String, String> newTier() {
            RecordChain chain = afterAnOutage(true);
            chain.redis.becomesAvailable();
            chain.recovery.run();
            return chain.record;
        }
    }

    @Nested
    class AfterTheRecoveryOfACacheWhoseOutagesFail extends TierOfRecordContract {
        @Override
        protected TierOfRecord<String, String> newTier() {
            RecordChain chain = new RecordChain(System::nanoTime, false, true);
            chain.journal.beginChange("k");
            chain.journal.endChange("k");
            return chain.record;
        }
    }

    /** Returns a chain whose keys were changed during an outage that has not ended. */
    private static RecordChain afterAnOutage(boolean local) {
        RecordChain chain = new RecordChain(System::nanoTime, local, false);
        Leases.commit(chain.record.lease("k"), "before");
        chain.redis.becomesUnavailable();
        Leases.commit(chain.record.lease("k"), "during");
        Leases.commit(chain.record.lease("k"), null);
        return chain;
    }
}
