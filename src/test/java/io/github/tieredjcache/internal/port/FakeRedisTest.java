package io.github.tieredjcache.internal.port;

/** The fake keeps what the tier of record in Redis keeps. */
class FakeRedisTest extends TierOfRecordContract {
    @Override
    protected TierOfRecord<String, String> newTier() {
        return new FakeRedis(System::nanoTime);
    }
}
