package io.github.tieredjcache.internal.engine.common;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.Crew;
import io.github.tieredjcache.FakeClock;
import io.github.tieredjcache.RemoteUnavailableException;
import io.github.tieredjcache.internal.engine.Engine;
import io.github.tieredjcache.internal.engine.SharedEngines;
import io.github.tieredjcache.internal.model.CacheOperation;
import io.github.tieredjcache.internal.port.FakeRedis;
import io.github.tieredjcache.internal.stats.GaugeSources;
import io.github.tieredjcache.internal.stats.Statistics;
import io.github.tieredjcache.internal.stats.TierCounters;
import io.github.tieredjcache.internal.support.NanoClock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import javax.cache.Cache;
import javax.cache.CacheException;
import javax.cache.expiry.EternalExpiryPolicy;
import javax.cache.integration.CacheWriter;
import javax.cache.integration.CacheWriterException;
import javax.cache.processor.EntryProcessor;
import javax.cache.processor.EntryProcessorException;
import org.junit.jupiter.api.Test;

/** Calls of one node on one key that wait for each other share a lease and its commit. */
class InvocationBatchTest {
    private static final EntryProcessor<String, String, String> READ = (entry, arguments) -> entry.getValue();

    private final FakeRedis remote = new FakeRedis(System::nanoTime);
    private final List<String> written = Collections.synchronizedList(new ArrayList<>());
    // A fake clock, except in tests of time: a slow machine ends no batch early.
    private final Engine<String, String> engine = engine(new FakeClock(), null);

    @Test
    void callsThatWaitTogetherShareOneLeaseAndOneCommit() throws Exception {
        List<Crew.Member<String>> calls =
                together(engine, invocations(engine, List.of(append("1"), append("2"), append("3"), append("4"))));
        List<String> results = new ArrayList<>();
        for (Crew.Member<String> each : calls) {
            results.add(each.result());
        }
        // Each call saw the result of the previous one, and none was committed alone.
        assertEquals(List.of("", "1", "12", "123"), results);
        assertCalls("lease a", "commit a 1234");
        assertEquals(0, remote.writeLeases());
    }

    @Test
    void callsThatBeginAfterTheLeaseWasTakenTakeTheirOwn() throws Exception {
        CountDownLatch runs = new CountDownLatch(1);
        CountDownLatch mayEnd = new CountDownLatch(1);
        Crew.Member<String> first = Crew.start(() -> engine.<String>invoke("a", (entry, arguments) -> {
            runs.countDown();
            Crew.await(mayEnd);
            entry.setValue("first");
            return "";
        }));
        Crew.await(runs);
        // A write that overtakes the first call's lease may have returned before the late call, which must see it.
        Crew.Member<String> late =
                Crew.start(() -> engine.invoke("a", append("late"))).untilItWaits();
        remote.otherNodePuts("a", "other");
        mayEnd.countDown();
        assertEquals("", first.result());
        assertEquals("other", late.result());
        assertEquals("otherlate", remote.value("a"));
    }

    @Test
    void aCallThatFailsFailsAlone() throws Exception {
        remote.refused = "1refused";
        List<Crew.Member<String>> calls = together(
                engine,
                invocations(
                        engine,
                        List.of(
                                append("1"),
                                (entry, arguments) -> {
                                    entry.setValue("never seen");
                                    throw new IllegalStateException("on purpose");
                                },
                                append("refused"),
                                append("2"))));
        assertEquals("", calls.get(0).result());
        assertThrows(EntryProcessorException.class, () -> calls.get(1).result());
        assertThrows(CacheException.class, () -> calls.get(2).result());
        assertEquals("1", calls.get(3).result());
        assertCalls("lease a", "commit a 12");
    }

    @Test
    void aFailedCommitFailsForAllCallsWhoseChangesItHas() throws Exception {
        List<Crew.Member<String>> calls =
                together(engine, invocations(engine, List.of(READ, append("1"), append("2"), (entry, arguments) -> {
                    remote.failsCalls(true);
                    return entry.getValue();
                })));
        assertNull(calls.get(0).result(), "the first call saw committed entries only");
        List<CacheException> thrown = new ArrayList<>();
        for (Crew.Member<String> each : calls.subList(1, 4)) {
            thrown.add(assertThrows(CacheException.class, each::result));
        }
        assertNotSame(thrown.get(0), thrown.get(1));
        assertNotSame(thrown.get(1), thrown.get(2));
        assertTrue(thrown.get(2) instanceof RemoteUnavailableException, "the last call made the commit");
        assertTrue(
                thrown.get(0).getMessage().contains("Redis is unavailable"),
                thrown.get(0).getMessage());
        remote.failsCalls(false);
        assertEquals("", engine.invoke("a", append("3")));
    }

    @Test
    void aCallThatHasWaitedForLaterCallsCommitsTheChangesSoFar() throws Exception {
        Engine<String, String> timed = engine(System::nanoTime, null);
        ReentrantLock users = new ReentrantLock();
        // 1. A caller holds a lock of the application, and hands the batch over to a call whose processor needs that
        // lock.
        List<Crew.Member<String>> calls = together(
                timed,
                List.of(
                        () -> {
                            users.lock();
                            try {
                                return timed.invoke("a", append("1"));
                            } finally {
                                users.unlock();
                            }
                        },
                        () -> timed.<String>invoke("a", (entry, arguments) -> {
                            String before = entry.getValue();
                            users.lock();
                            try {
                                entry.setValue(before + "2");
                                return before;
                            } finally {
                                users.unlock();
                            }
                        })));
        // 2. The second call would wait forever if the first did not return before the second ends.
        assertEquals("", calls.get(0).result());
        assertEquals("1", calls.get(1).result());
        assertCalls("lease a", "save a 1", "commit a 12");
        assertEquals("12", timed.get("a"));
    }

    @Test
    void aBatchWithoutChangesAfterASaveIsReleased() throws Exception {
        Engine<String, String> timed = engine(System::nanoTime, null);
        CountDownLatch first = new CountDownLatch(1);
        List<Crew.Member<String>> calls = together(
                timed,
                List.of(
                        () -> {
                            String result = timed.invoke("a", append("1"));
                            first.countDown();
                            return result;
                        },
                        () -> timed.<String>invoke("a", (entry, arguments) -> {
                            Crew.await(first);
                            return entry.getValue();
                        })));
        assertEquals("", calls.get(0).result());
        assertEquals("1", calls.get(1).result());
        assertCalls("lease a", "save a 1", "release a");
    }

    @Test
    void theWriterIsCalledOnceACallInTheOrderOfTheCalls() throws Exception {
        Engine<String, String> writing = engine(new FakeClock(), new Writer());
        List<Crew.Member<String>> calls = together(
                writing,
                invocations(
                        writing,
                        List.of(append("1"), append("refused by the writer"), append("2"), (entry, arguments) -> {
                            entry.remove();
                            return "";
                        })));
        assertEquals("", calls.get(0).result());
        assertThrows(CacheWriterException.class, () -> calls.get(1).result());
        assertEquals("1", calls.get(2).result());
        assertEquals("", calls.get(3).result());
        assertEquals(List.of("1", "12", "deleted"), written);
        assertCalls("lease a", "commit a null");
    }

    @Test
    void aMutationWaitsForTheEndOfABatch() throws Exception {
        List<Crew.Member<String>> calls = together(
                engine,
                List.of(
                        () -> engine.invoke("a", append("1")),
                        () -> engine.write("a", CacheOperation.getAndPut("put")).old(),
                        () -> engine.invoke("a", append("2"))));
        assertEquals("", calls.get(0).result());
        assertEquals("1", calls.get(1).result());
        assertEquals("put", calls.get(2).result());
        assertEquals("put2", engine.get("a"));
    }

    @Test
    void manyThreadsLoseNoUpdate() throws Exception {
        AtomicInteger runs = new AtomicInteger();
        Crew.together(16, () -> {
            for (int i = 0; i < 500; i++) {
                engine.invoke("n", (entry, arguments) -> {
                    runs.incrementAndGet();
                    entry.setValue(entry.exists() ? String.valueOf(Integer.parseInt(entry.getValue()) + 1) : "1");
                    return null;
                });
            }
            return null;
        });
        assertEquals("8000", remote.value("n"));
        assertEquals(8_000, runs.get());
        assertEquals(0, remote.writeLeases());
    }

    private Engine<String, String> engine(NanoClock clock, CacheWriter<String, String> writer) {
        return SharedEngines.engine(
                remote,
                new TierCounters(GaugeSources.none("test"), new Statistics(clock, true).latencies(), clock),
                clock,
                new EternalExpiryPolicy(),
                null,
                writer);
    }

    private static List<Callable<String>> invocations(
            Engine<String, String> own, List<EntryProcessor<String, String, String>> processors) {
        return processors.stream()
                .<Callable<String>>map(each -> () -> own.invoke("a", each))
                .toList();
    }

    /** Makes calls wait in this order for a call that has the key; when that call ends they form one batch. */
    private List<Crew.Member<String>> together(Engine<String, String> own, List<Callable<String>> calls)
            throws Exception {
        CountDownLatch runs = new CountDownLatch(1);
        CountDownLatch mayEnd = new CountDownLatch(1);
        Crew.Member<String> before = Crew.start(() -> own.<String>invoke("a", (entry, arguments) -> {
            runs.countDown();
            Crew.await(mayEnd);
            return "";
        }));
        Crew.await(runs);
        List<Crew.Member<String>> members = new ArrayList<>();
        for (Callable<String> each : calls) {
            members.add(Crew.start(each).untilItWaits());
        }
        remote.calls.clear();
        mayEnd.countDown();
        assertEquals("", before.result());
        return members;
    }

    /** Checks the calls of the remote tier, beginning with the release of the call that the others waited for. */
    private void assertCalls(String... calls) {
        List<String> expected = new ArrayList<>(List.of("release a"));
        expected.addAll(List.of(calls));
        assertEquals(expected, remote.calls);
    }

    private static EntryProcessor<String, String, String> append(String text) {
        return (entry, arguments) -> {
            String before = entry.exists() ? entry.getValue() : "";
            entry.setValue(before + text);
            return before;
        };
    }

    private final class Writer implements CacheWriter<String, String> {
        @Override
        public void write(Cache.Entry<? extends String, ? extends String> entry) {
            if (entry.getValue().contains("refused")) {
                throw new CacheWriterException("refused");
            }
            written.add(entry.getValue());
        }

        @Override
        public void writeAll(Collection<Cache.Entry<? extends String, ? extends String>> entries) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void delete(Object key) {
            written.add("deleted");
        }

        @Override
        public void deleteAll(Collection<?> keys) {
            throw new UnsupportedOperationException();
        }
    }
}
