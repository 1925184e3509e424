package io.github.tieredjcache.internal.record;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.github.tieredjcache.FakeClock;
import io.github.tieredjcache.internal.coherence.FillTicket;
import io.github.tieredjcache.internal.model.Entry;
import io.github.tieredjcache.internal.model.Lifetime;
import io.github.tieredjcache.internal.model.Mutation;
import io.github.tieredjcache.internal.model.Precondition;
import io.github.tieredjcache.internal.port.TierOfRecord;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** A call that Redis fails after this node has changed the key in the outage that has begun meanwhile. */
class OutageBeginsInACallTest {
    private final FakeClock clock = new FakeClock();

    /** The calls that go on locally with the near copy from before they were sent. */
    private Map<String, Consumer<TierOfRecord<String, String>>> calls() {
        Map<String, Consumer<TierOfRecord<String, String>>> calls = new LinkedHashMap<>();
        calls.put("read", record -> record.read("k", new FillTicket(clock.nanos()), Lifetime.UNCHANGED));
        calls.put("contains", record -> record.contains("k"));
        calls.put("putIfAbsent", record -> record.apply(set("k", Precondition.ABSENT, "after")));
        return calls;
    }

    @Test
    void aClearedKeyDoesNotComeBack() {
        calls().forEach((name, call) -> assertNotEquals("before", readAfter(call, TierOfRecord::clear), name));
    }

    @Test
    void aRemovedKeyDoesNotComeBackAfterAnOverflow() {
        calls().forEach((name, call) -> assertNotEquals(
                "before",
                readAfter(call, record -> {
                    record.apply(Mutation.removal("k"));
                    for (int i = 0; i <= RecordChain.JOURNAL_KEYS; i++) {
                        record.apply(set("k" + i, Precondition.ALWAYS, "during"));
                    }
                }),
                name));
    }

    /** Returns what is read of a key with a near copy, once the outage has begun in a call. */
    private String readAfter(
            Consumer<TierOfRecord<String, String>> call, Consumer<TierOfRecord<String, String>> meanwhile) {
        RecordChain chain = new RecordChain(clock, true, false);
        chain.proof.recordReply(clock.nanos());
        chain.record.apply(set("k", Precondition.ALWAYS, "before"));
        assertEquals("before", read(chain));
        chain.redis.beforeNextCall = () -> {
            chain.redis.becomesUnavailable();
            meanwhile.accept(chain.record);
        };
        call.accept(chain.record);
        return read(chain);
    }

    private String read(RecordChain chain) {
        Entry<String> entry = chain.record
                .read("k", new FillTicket(clock.nanos()), Lifetime.UNCHANGED)
                .entry();
        return entry == null ? null : entry.value();
    }

    private static Mutation<String, String> set(String key, Precondition precondition, String value) {
        return new Mutation<>(key, precondition, value, Lifetime.ETERNAL, Lifetime.ETERNAL, true, false);
    }
}
