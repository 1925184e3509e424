package io.github.tieredjcache.faults;

import static io.github.tieredjcache.faults.FaultSite.KEY;
import static io.github.tieredjcache.faults.FaultSite.thrown;
import static io.github.tieredjcache.faults.FaultSite.untilSettled;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.Crew;
import io.github.tieredjcache.OutagePolicy;
import io.github.tieredjcache.TieredConfiguration;
import io.github.tieredjcache.TieredSetting;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.cache.Cache;
import javax.cache.CacheException;
import javax.management.ObjectName;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The rows of the matrix about what befalls a node, or a thread of it, in the middle of something. */
class NodeFaultsIT {
    private static final int THREADS = 4;

    private final FaultSite site = new FaultSite();

    @AfterEach
    void closes() {
        site.close();
    }

    /** Whose code fails. */
    enum Whose {
        LOADER,
        WRITER,
        PROCESSOR
    }

    @ParameterizedTest
    @EnumSource
    @Covers(FaultRow.F71)
    void anErrorOfUserCodeIsRethrownAndLeavesNoKeyLocked(Whose whose) throws Exception {
        // A wait for a lease that is never released would take too long.
        Cache<String, String> here = site.here(OutagePolicy.FAIL, this::withLongLeases);
        Cache<String, String> there = site.there(this::withLongLeases);
        OutOfMemoryError error = new OutOfMemoryError("on purpose");
        Runnable failing = () -> {
            throw error;
        };
        switch (whose) {
            case LOADER -> {
                site.rows.afterRead = failing;
                assertEquals(error, assertThrows(OutOfMemoryError.class, () -> here.get(KEY)));
            }
            case WRITER -> {
                site.rows.beforeWrite = failing;
                assertEquals(error, assertThrows(OutOfMemoryError.class, () -> here.put(KEY, "new")));
            }
            case PROCESSOR ->
                assertEquals(
                        error,
                        assertThrows(
                                OutOfMemoryError.class,
                                () -> here.invoke(KEY, (entry, arguments) -> {
                                    failing.run();
                                    return null;
                                })));
        }
        site.rows.afterRead = () -> {};
        site.rows.beforeWrite = () -> {};
        for (Cache<String, String> each : List.of(there, here)) {
            assertEquals(
                    each == there,
                    Crew.start(() -> each.putIfAbsent(KEY, "value")).result());
            assertEquals("value", Crew.start(() -> each.get(KEY)).result());
        }
    }

    private TieredConfiguration.Builder<String, String> withLongLeases(
            TieredConfiguration.Builder<String, String> settings) {
        Duration tooLong = Duration.ofMinutes(2);
        return site.through(settings)
                .with(TieredSetting.WRITE_LEASE, tooLong)
                .with(TieredSetting.WRITE_WAIT, tooLong)
                .with(TieredSetting.LOAD_LEASE, tooLong)
                .with(TieredSetting.LOAD_WAIT, tooLong);
    }

    @ParameterizedTest
    @EnumSource
    @Covers(FaultRow.F72)
    void anInterruptedPutReportsAnUnknownOutcome(OutagePolicy policy) throws Exception {
        Cache<String, String> here = site.here(policy);
        Cache<String, String> there = site.there();
        here.put(KEY, "old");
        assertEquals("old", there.get(KEY));
        site.redis.pause();
        AtomicBoolean marked = new AtomicBoolean();
        Crew.Member<CacheException> put = Crew.start(() -> {
            CacheException thrown = thrown(() -> here.put(KEY, "new"));
            marked.set(Thread.currentThread().isInterrupted());
            return thrown;
        });
        put.untilItWaits().interrupt();
        CacheException thrown = put.result();
        assertNotNull(thrown);
        assertTrue(String.valueOf(thrown.getMessage()).contains("unknown"), thrown.getMessage());
        assertTrue(marked.get(), "it stays interrupted");
        site.redis.resume();
        untilSettled(here);
        // It was on its way.
        Crew.until(() -> "new".equals(there.get(KEY)));
        assertEquals("new", here.get(KEY));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @Covers(FaultRow.F73)
    void aSharedCacheThatIsClosedOrDestroyedUnderLoadLeavesNothing(boolean destroys) throws Exception {
        Cache<String, String> here = site.here(OutagePolicy.FAIL, settings -> settings.management(true));
        CountDownLatch going = new CountDownLatch(THREADS);
        List<Crew.Member<Void>> members = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            String key = "key " + i % 2;
            members.add(Crew.run(() -> {
                try {
                    for (int n = 0; ; n++) {
                        here.put(key, "value");
                        var unused = here.get(key);
                        here.invoke(key, (entry, arguments) -> {
                            entry.remove();
                            return null;
                        });
                        if (n == 10) {
                            going.countDown();
                        }
                    }
                } catch (IllegalStateException | CacheException e) {
                    // Closed, or in the middle of it.
                }
            }));
        }
        Crew.await(going);
        if (destroys) {
            site.hereNode.manager().destroyCache(FaultSite.NAME);
        } else {
            here.close();
        }
        for (Crew.Member<Void> each : members) {
            each.result();
        }
        assertThrows(IllegalStateException.class, () -> here.get(KEY));
        assertEquals(
                Set.of(),
                ManagementFactory.getPlatformMBeanServer()
                        .queryNames(new ObjectName("javax.cache:Cache=" + FaultSite.NAME + ",*"), null));
        site.hereNode.close();
        site.thereNode.close();
        // But for the one that asks.
        Crew.until(() ->
                String.valueOf(site.redis.command("CLIENT", "LIST")).lines().count() == 1);
        Crew.until(() -> Thread.getAllStackTraces().keySet().stream()
                .noneMatch(each -> each.getName().startsWith("tiered-jcache")));
    }
}
