package io.github.tieredjcache.jcache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.Crew;
import io.github.tieredjcache.Undeclared;
import io.github.tieredjcache.faults.Covers;
import io.github.tieredjcache.faults.FaultRow;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import javax.cache.CacheException;
import javax.cache.configuration.CacheEntryListenerConfiguration;
import javax.cache.configuration.CompleteConfiguration;
import javax.cache.event.CacheEntryEvent;
import javax.cache.event.CacheEntryListenerException;
import javax.cache.expiry.CreatedExpiryPolicy;
import javax.cache.expiry.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ListenersTest {
    private final NearOnly node = new NearOnly();
    private final Recording<String, String> recording = new Recording<>();

    @AfterEach
    void close() {
        node.close();
    }

    @Test
    void everyChangeIsDeliveredOnceWithTheOldValueIfRequired() {
        TieredCache<String, String> cache = node.strings(builder -> builder.listener(recording.registered(true, true)));
        cache.put("a", "1");
        cache.put("a", "1");
        cache.getAndPut("a", "2");
        cache.putIfAbsent("a", "no");
        cache.putIfAbsent("b", "1");
        cache.replace("b", "2");
        cache.replace("b", "2", "3");
        cache.replace("b", "no", "no");
        cache.getAndReplace("b", "4");
        cache.remove("b", "no");
        cache.remove("b", "4");
        cache.remove("b");
        cache.putAll(new TreeMap<>(Map.of("a", "3", "c", "1")));
        cache.getAndRemove("c");
        cache.invoke("a", (entry, arguments) -> entry.getValue());
        cache.invoke("a", (entry, arguments) -> {
            entry.setValue("4");
            return null;
        });
        cache.get("a");
        cache.removeAll(Set.of("a", "absent"));
        cache.put("d", "1");
        cache.removeAll();
        cache.put("e", "1");
        cache.clear();
        assertEquals(
                List.of(
                        "CREATED a=1",
                        "UPDATED a=1 (1)",
                        "UPDATED a=2 (1)",
                        "CREATED b=1",
                        "UPDATED b=2 (1)",
                        "UPDATED b=3 (2)",
                        "UPDATED b=4 (3)",
                        "REMOVED b=4 (4)",
                        "UPDATED a=3 (2)",
                        "CREATED c=1",
                        "REMOVED c=1 (1)",
                        "UPDATED a=4 (3)",
                        "REMOVED a=4 (4)",
                        "CREATED d=1",
                        "REMOVED d=1 (1)",
                        "CREATED e=1"),
                recording.events());
    }

    @Test
    void aListenerThatDoesNotRequireOldValuesGetsNoneEvenBesideOneThatDoes() {
        Recording<String, String> other = new Recording<>();
        TieredCache<String, String> cache = node.strings(
                builder -> builder.listener(recording.registered(true, false)).listener(other.registered(true, true)));
        cache.put("a", "1");
        cache.put("a", "2");
        cache.remove("a");
        assertEquals(List.of("CREATED a=1", "UPDATED a=2", "REMOVED a=null"), recording.events());
        assertEquals(List.of("CREATED a=1", "UPDATED a=2 (1)", "REMOVED a=2 (2)"), other.events());
    }

    @Test
    @Covers(FaultRow.F91)
    void afterAListenerThrowsTheOthersAreNotifiedAndTheChangeStays() {
        Recording<String, String> throwing = new Recording<String, String>().throwing(true);
        TieredCache<String, String> cache = node.strings(builder -> builder.statistics(true)
                .listener(throwing.registered(true, false))
                .listener(recording.registered(true, false)));
        List<Runnable> changes = List.of(
                () -> cache.put("a", "1"),
                () -> cache.getAndPut("a", "2"),
                () -> cache.invoke("a", (entry, arguments) -> {
                    entry.setValue("3");
                    return null;
                }),
                () -> cache.remove("a"),
                () -> cache.putAll(new TreeMap<>(Map.of("a", "4", "b", "4"))),
                () -> cache.removeAll(Set.of("a", "b")));
        for (Runnable change : changes) {
            var failure = assertThrows(CacheEntryListenerException.class, change::run);
            assertInstanceOf(IllegalStateException.class, failure.getCause());
        }
        assertEquals(
                List.of("CREATED a=1", "UPDATED a=2", "UPDATED a=3", "REMOVED a=null", "CREATED a=4", "CREATED b=4"),
                recording.events().subList(0, 6));
        assertEquals(8, recording.events().size());
        assertFalse(cache.containsKey("a"));
    }

    @Test
    @Covers(FaultRow.F91)
    void afterAListenerThrowsAnUndeclaredCheckedExceptionTheOthersAreNotified() {
        IOException users = new IOException("listener");
        Recording<String, String> throwing = new Recording<String, String>().reacting(event -> {
            throw Undeclared.thrown(users);
        });
        TieredCache<String, String> cache = node.strings(builder ->
                builder.listener(throwing.registered(true, false)).listener(recording.registered(true, false)));
        var failure = assertThrows(CacheEntryListenerException.class, () -> cache.put("a", "1"));
        assertSame(users, failure.getCause());
        assertEquals(List.of("CREATED a=1"), recording.events());
    }

    @Test
    void aFilterDecidesOnTheEventThatWouldBeDelivered() {
        TieredCache<String, String> cache = node.strings(builder -> builder.listener(recording.registered(
                true, true, event -> event.getKey().startsWith("a") && !"no".equals(event.getValue()))));
        cache.put("a", "1");
        cache.put("b", "1");
        cache.put("a", "no");
        cache.put("a", "2");
        assertEquals(List.of("CREATED a=1", "UPDATED a=2 (no)"), recording.events());
    }

    @Test
    @Covers(FaultRow.F93)
    void aFilterThatThrowsIsReportedAndTheOthersAreNotified() {
        TieredCache<String, String> cache = node.strings(builder -> builder.listener(
                        new Recording<String, String>().registered(true, false, event -> {
                            throw new IllegalStateException("filter");
                        }))
                .listener(recording.registered(true, false)));
        assertThrows(CacheException.class, () -> cache.put("a", "1"));
        assertEquals(List.of("CREATED a=1"), recording.events());
    }

    @Test
    void aListenerMayUseTheCache() {
        TieredCache<String, String> cache = node.strings(builder -> builder.listener(recording.registered(true, true)));
        recording.reacting(event -> {
            if (event.getKey().equals("a")) {
                assertEquals(event.getValue(), cache.get("a"));
                cache.put("copy of a", event.getValue());
                cache.invoke("a", (entry, arguments) -> entry.getValue());
            }
        });
        cache.put("a", "1");
        cache.invoke("a", (entry, arguments) -> {
            entry.setValue("2");
            return null;
        });
        assertEquals("2", cache.get("copy of a"));
    }

    @Test
    void asynchronousListenersAreNotifiedInOrderOnThreadsOfTheManager() {
        TieredCache<String, String> cache =
                node.strings(builder -> builder.listener(recording.registered(false, false)));
        List<String> threads = new ArrayList<>();
        recording.reacting(event -> threads.add(Thread.currentThread().getName()));
        List<String> expected = new ArrayList<>();
        cache.put("a", "0");
        expected.add("CREATED a=0");
        for (int i = 1; i < 500; i++) {
            cache.put("a", String.valueOf(i));
            expected.add("UPDATED a=" + i);
        }
        Crew.until(() -> recording.events().size() == 500);
        assertEquals(expected, recording.events());
        assertTrue(threads.stream().allMatch(name -> name.startsWith("tiered-jcache-")), threads::toString);
    }

    @Test
    @Covers(FaultRow.F92)
    void anAsynchronousListenerThatHangsDelaysNoCallerAndLosesItsOldestEvents() {
        CountDownLatch hanging = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        recording.reacting(event -> {
            hanging.countDown();
            Crew.await(goOn);
        });
        AtomicReference<String> last = new AtomicReference<>();
        Recording<String, String> other = new Recording<String, String>().reacting(event -> last.set(event.getValue()));
        TieredCache<String, String> cache = node.strings(builder ->
                builder.listener(recording.registered(false, false)).listener(other.registered(false, false)));
        cache.put("first", "1");
        Crew.await(hanging);
        int more = 10_010;
        IntStream.range(0, more).forEach(i -> cache.put("a", String.valueOf(i)));
        Crew.until(() -> String.valueOf(more - 1).equals(last.get()));
        goOn.countDown();
        Crew.until(() -> recording.events().size() == 1 + 10_000);
        assertEquals("UPDATED a=10", recording.events().get(1));
        assertEquals("UPDATED a=" + (more - 1), recording.events().get(10_000));
    }

    @Test
    @Covers(FaultRow.F92)
    void anAsynchronousListenerThatThrowsIsStillNotified() {
        Map<String, Throwable> thrown = Map.of(
                "1", new IllegalStateException("listener"),
                "2", new NoClassDefFoundError("listener"),
                "3", new IOException("listener"));
        recording.reacting(event -> {
            Throwable failure = thrown.get(event.getValue());
            if (failure != null) {
                throw Undeclared.thrown(failure);
            }
        });
        TieredCache<String, String> cache =
                node.strings(builder -> builder.listener(recording.registered(false, false)));
        for (int i = 1; i <= 4; i++) {
            cache.put("a", String.valueOf(i));
            int number = i;
            Crew.until(() -> recording.events().size() == number);
        }
        assertEquals(List.of("CREATED a=1", "UPDATED a=2", "UPDATED a=3", "UPDATED a=4"), recording.events());
    }

    @Test
    void aListenerIsNotNotifiedAfterTheCacheHasClosedIt() throws Exception {
        CountDownLatch hanging = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        recording.reacting(event -> {
            hanging.countDown();
            Crew.await(goOn);
        });
        Recording<String, String> other = new Recording<>();
        TieredCache<String, String> cache = node.strings(builder ->
                builder.listener(recording.registered(false, false)).listener(other.registered(false, false)));
        cache.put("a", "1");
        Crew.await(hanging);
        cache.put("a", "2");
        Crew.until(() -> other.events().size() == 2);
        Crew.Member<Void> closing = Crew.run(cache::close);
        Crew.until(() -> recording.timesClosed() == 1 || cache.isClosed());
        closing.untilItWaits();
        goOn.countDown();
        closing.result();
        node.manager().close();
        assertEquals(List.of("CREATED a=1"), recording.events());
        assertEquals(1, recording.timesClosed());
    }

    @Test
    void aDeregisteredListenerIsNotNotified() {
        CacheEntryListenerConfiguration<String, String> registration = recording.registered(true, false);
        TieredCache<String, String> cache = node.strings(builder -> builder);
        cache.registerCacheEntryListener(registration);
        assertThrows(IllegalArgumentException.class, () -> cache.registerCacheEntryListener(registration));
        assertEquals(Set.of(registration), Set.copyOf(listenersOf(cache)));
        cache.put("a", "1");
        cache.deregisterCacheEntryListener(registration);
        cache.deregisterCacheEntryListener(registration);
        assertEquals(List.of(), listenersOf(cache));
        cache.put("a", "2");
        assertEquals(List.of("CREATED a=1"), recording.events());
        assertThrows(NullPointerException.class, () -> cache.registerCacheEntryListener(null));
        assertThrows(NullPointerException.class, () -> cache.deregisterCacheEntryListener(null));
    }

    @Test
    void anExpiryIsDeliveredOnce() {
        TieredCache<String, String> cache = node.strings(builder -> builder.listener(recording.registered(true, true))
                .expiry(CreatedExpiryPolicy.factoryOf(new Duration(TimeUnit.MILLISECONDS, 1))));
        cache.put("a", "1");
        Crew.until(() -> !cache.containsKey("a"));
        assertNull(cache.get("a"));
        cache.remove("a");
        assertEquals(List.of("CREATED a=1", "EXPIRED a=1 (1)"), recording.events());
    }

    @Test
    void anErrorOfAListenerOfAnExpiryDoesNotReachTheCallerThatFindsIt() {
        recording.reacting(event -> {
            if (event.getEventType() == javax.cache.event.EventType.EXPIRED) {
                throw new NoClassDefFoundError("a class of the listener");
            }
        });
        TieredCache<String, String> cache = node.strings(builder -> builder.listener(recording.registered(true, false))
                .expiry(CreatedExpiryPolicy.factoryOf(new Duration(TimeUnit.MILLISECONDS, 1))));
        cache.put("a", "1");
        Crew.until(() -> cache.get("a") == null);
        assertEquals(1, expiries());
    }

    @Test
    void aListenerOfAnExpiryMayUseTheKey() {
        AtomicReference<TieredCache<String, String>> itself = new AtomicReference<>();
        recording.reacting(event -> {
            if (event.getEventType() == javax.cache.event.EventType.EXPIRED) {
                itself.get().get(event.getKey());
                itself.get().putIfAbsent("saw " + event.getKey(), "yes");
            }
        });
        TieredCache<String, String> cache = node.strings(builder -> builder.listener(recording.registered(true, false))
                .expiry(CreatedExpiryPolicy.factoryOf(new Duration(TimeUnit.MILLISECONDS, 1))));
        itself.set(cache);
        List<Runnable> noticing = List.of(
                () -> cache.get("a"),
                () -> cache.getAll(Set.of("a")),
                () -> cache.putIfAbsent("a", "2"),
                () -> cache.invoke("a", (entry, arguments) -> {
                    entry.setValue("2");
                    return null;
                }));
        for (Runnable each : noticing) {
            cache.put("a", "1");
            long before = expiries();
            Crew.until(() -> {
                each.run();
                return expiries() > before;
            });
        }
    }

    @Test
    void aListenerThatModifiesTheValueOfAnEventDoesNotChangeTheCache() {
        @SuppressWarnings({"unchecked", "rawtypes"})
        Class<List<String>> lists = (Class) List.class;
        Recording<List<String>, List<String>> changing = new Recording<List<String>, List<String>>().reacting(event -> {
            event.getKey().set(0, "changed");
            event.getValue().set(0, "changed");
            if (event.isOldValueAvailable()) {
                event.getOldValue().set(0, "changed");
            }
        });
        TieredCache<List<String>, List<String>> cache =
                node.cache(lists, lists, builder -> builder.listener(changing.registered(true, true)));
        List<String> key = new ArrayList<>(List.of("k"));
        List<String> value = new ArrayList<>(List.of("v"));
        cache.put(key, value);
        cache.put(key, value);
        assertEquals(List.of("k"), key);
        assertEquals(List.of("v"), value);
        assertEquals(List.of("v"), cache.get(new ArrayList<>(List.of("k"))));
        assertEquals(List.of("k"), cache.iterator().next().getKey());
    }

    @Test
    void anEventNamesItsCacheAndUnwrapsToItself() {
        AtomicReference<CacheEntryEvent<? extends String, ? extends String>> seen = new AtomicReference<>();
        recording.reacting(seen::set);
        TieredCache<String, String> cache =
                node.strings(builder -> builder.listener(recording.registered(true, false)));
        cache.put("a", "1");
        assertSame(cache, seen.get().getSource());
        assertSame(seen.get(), seen.get().unwrap(CacheEntryEvent.class));
        assertThrows(IllegalArgumentException.class, () -> seen.get().unwrap(String.class));
        assertNull(seen.get().getOldValue());
        assertFalse(seen.get().isOldValueAvailable());
    }

    private long expiries() {
        return recording.events().stream()
                .filter(event -> event.startsWith("EXPIRED a"))
                .count();
    }

    @SuppressWarnings("unchecked")
    private static List<CacheEntryListenerConfiguration<String, String>> listenersOf(
            TieredCache<String, String> cache) {
        List<CacheEntryListenerConfiguration<String, String>> all = new ArrayList<>();
        CompleteConfiguration<String, String> configuration = cache.getConfiguration(CompleteConfiguration.class);
        configuration.getCacheEntryListenerConfigurations().forEach(all::add);
        return all;
    }
}
