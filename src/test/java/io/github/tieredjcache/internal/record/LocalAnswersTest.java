package io.github.tieredjcache.internal.record;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.tieredjcache.FakeClock;
import io.github.tieredjcache.RemoteUnavailableException;
import io.github.tieredjcache.TierNumber;
import io.github.tieredjcache.internal.coherence.FillTicket;
import io.github.tieredjcache.internal.model.Lifetime;
import io.github.tieredjcache.internal.model.Mutation;
import io.github.tieredjcache.internal.model.Precondition;
import io.github.tieredjcache.internal.port.TierOfRecord;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Each operation while Redis is unavailable, by both outage policies. */
class LocalAnswersTest {
    private static final Mutation<String, String> PUT =
            new Mutation<>("k", Precondition.ALWAYS, "v", Lifetime.ETERNAL, Lifetime.ETERNAL, false, false);

    private final FakeClock clock = new FakeClock();

    private Map<String, Consumer<TierOfRecord<String, String>>> operations() {
        Map<String, Consumer<TierOfRecord<String, String>>> operations = new LinkedHashMap<>();
        operations.put("read", record -> record.read("k", new FillTicket(clock.nanos()), Lifetime.UNCHANGED));
        operations.put("contains", record -> record.contains("k"));
        operations.put("apply", record -> record.apply(PUT));
        operations.put("lease", record -> record.lease("k").release());
        operations.put("awaitLoadGrant", record -> record.awaitLoadGrant("k", () -> new FillTicket(clock.nanos()), 0));
        operations.put("mayRefresh", record -> assertFalse(record.mayRefresh("k"), "Redis decides who refreshes"));
        operations.put("entries", record -> record.entries().forEachRemaining(each -> {}));
        operations.put("entriesToRemove", record -> record.entriesToRemove().forEachRemaining(each -> {}));
        operations.put("clear", TierOfRecord::clear);
        return operations;
    }

    @Test
    void byThePolicyLocalEachCallIsAnsweredAndCountedOnce() {
        RecordChain local = new RecordChain(clock, true, false);
        local.redis.becomesUnavailable();
        operations().forEach((name, call) -> {
            long before = local.counters.get(TierNumber.LOCAL_OPERATIONS);
            call.accept(local.record);
            assertEquals(before + 1, local.counters.get(TierNumber.LOCAL_OPERATIONS), name);
        });
    }

    @Test
    void byThePolicyLocalACallThatRedisFailsIsAnsweredAndCountedOnce() {
        operations().forEach((name, call) -> {
            RecordChain local = new RecordChain(clock, true, false);
            local.redis.failsCalls(true);
            call.accept(local.record);
            assertEquals(1, local.counters.get(TierNumber.LOCAL_OPERATIONS), name);
        });
    }

    @Test
    void byThePolicyFailEachCallThrowsWhatRedisThrows() {
        RecordChain failing = new RecordChain(clock, false, false);
        failing.redis.failsCalls(true);
        operations()
                .forEach((name, call) ->
                        assertThrows(RemoteUnavailableException.class, () -> call.accept(failing.record), name));
        assertEquals(0, failing.counters.get(TierNumber.LOCAL_OPERATIONS));
    }

    @Test
    void aCacheThatIsDestroyedInAnOutageFailsByNoPolicy() {
        for (boolean answersLocally : new boolean[] {true, false}) {
            RecordChain chain = new RecordChain(clock, answersLocally, false);
            chain.redis.failsCalls(true);
            chain.record.purge();
        }
    }
}
