package io.github.tieredjcache.internal.near;

import io.github.tieredjcache.internal.coherence.FillTicket;
import io.github.tieredjcache.internal.model.Entry;
import io.github.tieredjcache.internal.model.Lifetime;
import io.github.tieredjcache.internal.model.Mutation;
import io.github.tieredjcache.internal.model.Outcome;
import io.github.tieredjcache.internal.model.Precondition;
import io.github.tieredjcache.internal.port.Lease;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.StressOptions;
import org.junit.jupiter.api.Test;

/** The operations on entries in memory are linearizable, those under a lease included. Real threads: Caffeine is too large to be model checked. */
@Param(name = "key", gen = IntGen.class, conf = "1:2")
@Param(name = "value", gen = IntGen.class, conf = "1:3")
public class InMemoryTierLinearizabilityTest {
    private final NearStore<Integer, Integer> store =
            new NearStore<>(NearCapacity.entries(100), () -> 0, null, () -> {});
    private final InMemoryTierOfRecord<Integer, Integer> tier = new InMemoryTierOfRecord<>(
            store,
            new SingleFlights<>(() -> 0, null),
            new KeyLocks<>(TimeUnit.DAYS.toNanos(1)),
            (key, value) -> 0,
            new Expiration<>(false, 0, (key, entry) -> {}));

    @Operation
    public Integer get(@Param(name = "key") int key) {
        Entry<Integer> entry =
                tier.read(key, FillTicket.unfillable(), Lifetime.UNCHANGED).entry();
        return entry == null ? null : entry.value();
    }

    @Operation
    public Integer getAndPut(@Param(name = "key") int key, @Param(name = "value") int value) {
        return before(change(key, Precondition.ALWAYS, value));
    }

    @Operation
    public boolean putIfAbsent(@Param(name = "key") int key, @Param(name = "value") int value) {
        return change(key, Precondition.ABSENT, value).applied();
    }

    @Operation
    public boolean replace(@Param(name = "key") int key, @Param(name = "value") int value) {
        return change(key, Precondition.PRESENT, value).applied();
    }

    @Operation
    public Integer getAndRemove(@Param(name = "key") int key) {
        return before(change(key, Precondition.ALWAYS, null));
    }

    @Operation
    public int increment(@Param(name = "key") int key) {
        Lease<Integer, Integer> lease = tier.leaseAll(List.of(key)).get(0);
        Entry<Integer> before = lease.before();
        int next = before == null ? 1 : before.value() + 1;
        lease.commit(lease.prepare(next), Lifetime.ETERNAL);
        return next;
    }

    private Outcome<Integer> change(int key, Precondition precondition, Integer value) {
        return tier.apply(new Mutation<>(key, precondition, value, Lifetime.ETERNAL, Lifetime.ETERNAL, true, true));
    }

    private static Integer before(Outcome<Integer> outcome) {
        Entry<Integer> before = outcome.before();
        return before == null ? null : before.value();
    }

    @Test
    void operationsOnAKeyAreLinearizable() {
        new StressOptions()
                .threads(2)
                .actorsPerThread(3)
                .iterations(Integer.getInteger("lincheck.iterations", 10))
                .invocationsPerIteration(200)
                .check(InMemoryTierLinearizabilityTest.class);
    }
}
