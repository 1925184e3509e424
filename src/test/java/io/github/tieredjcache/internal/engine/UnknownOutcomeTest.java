package io.github.tieredjcache.internal.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.FakeClock;
import io.github.tieredjcache.OutcomeUnknownException;
import io.github.tieredjcache.RemoteUnavailableException;
import io.github.tieredjcache.RemoteUnavailableException.Kind;
import io.github.tieredjcache.internal.model.CacheOperation;
import io.github.tieredjcache.internal.port.FakeRedis;
import io.github.tieredjcache.internal.record.RecoveryJournal;
import io.github.tieredjcache.internal.stats.GaugeSources;
import io.github.tieredjcache.internal.stats.Statistics;
import io.github.tieredjcache.internal.stats.TierCounters;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.cache.Cache;
import javax.cache.integration.CacheWriter;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** Operations on a key after a write of it had an unknown outcome, with the outage policy {@code FAIL} and a writer. */
class UnknownOutcomeTest {
    private final FakeClock clock = new FakeClock();
    private final FakeRedis remote = new FakeRedis(clock).withoutInvalidations();
    private final RecoveryJournal<String> journal = new RecoveryJournal<>(10);
    private final TierCounters counters = new TierCounters(
            GaugeSources.none("test"), new Statistics(System::nanoTime, true).latencies(), System::nanoTime);
    private final Map<String, String> source = new HashMap<>();
    private final Engine<String, String> engine = SharedEngines.failing(remote, journal, counters, clock, writer());

    @BeforeEach
    void aWriteOfTheKeyHasAnUnknownOutcome() {
        loseNextReply();
        assertThrows(OutcomeUnknownException.class, () -> engine.write("a", CacheOperation.put("1")));
        assertEquals("1", source.get("a"));
        assertEquals(1, journal.size());
        remote.calls.clear();
    }

    @Test
    void anEntryProcessorRunsAfterTheKeyWasRemovedFromRedis() {
        assertNull(engine.<String>invoke("a", (entry, arguments) -> {
            String before = entry.getValue();
            entry.setValue("2");
            return before;
        }));
        assertEquals("2", source.get("a"));
        assertEquals("2", engine.get("a"));
        assertEquals(0, journal.size());
        assertEquals(List.of("discardAll 1", "lease a", "commit a 2"), remote.calls.subList(0, 3));
    }

    @Test
    void noOperationReportsAnUnknownOutcomeIfTheKeyCouldNotBeRemoved() {
        List<Executable> operations = List.of(
                () -> engine.get("a"),
                () -> engine.getAll(Set.of("a")),
                () -> engine.contains("a"),
                () -> engine.write("a", CacheOperation.put("2")),
                () -> engine.putAll(Map.of("a", "2")),
                () -> engine.invoke("a", (entry, arguments) -> {
                    entry.setValue("2");
                    return null;
                }));
        for (Executable each : operations) {
            remote.calls.clear();
            loseNextReply();
            RemoteUnavailableException thrown = assertThrows(RemoteUnavailableException.class, each);
            assertFalse(thrown instanceof OutcomeUnknownException, thrown.toString());
            assertEquals(Kind.TIMEOUT, thrown.kind());
            assertTrue(String.valueOf(thrown.getMessage()).startsWith("nothing was done"), thrown.getMessage());
            assertInstanceOf(OutcomeUnknownException.class, thrown.getCause());
            assertEquals("1", source.get("a"));
            assertEquals(1, journal.size());
        }
    }

    private void loseNextReply() {
        remote.afterNextReply = () -> {
            throw new OutcomeUnknownException(Kind.TIMEOUT, "no reply, so the outcome of the change is unknown", null);
        };
    }

    private CacheWriter<String, String> writer() {
        return new CacheWriter<>() {
            @Override
            public void write(Cache.Entry<? extends String, ? extends String> entry) {
                source.put(entry.getKey(), entry.getValue());
            }

            @Override
            public void writeAll(Collection<Cache.Entry<? extends String, ? extends String>> entries) {
                entries.forEach(this::write);
                entries.clear();
            }

            @Override
            public void delete(Object key) {
                source.remove(key);
            }

            @Override
            public void deleteAll(Collection<?> keys) {
                keys.forEach(source::remove);
                keys.clear();
            }
        };
    }
}
