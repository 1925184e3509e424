package io.github.tieredjcache.integration.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.Crew;
import io.github.tieredjcache.TieredSetting;
import io.github.tieredjcache.faults.Covers;
import io.github.tieredjcache.faults.FaultRow;
import io.github.tieredjcache.integration.Node;
import io.github.tieredjcache.integration.RecordingLoader;
import io.github.tieredjcache.testkit.RedisServer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import javax.cache.Cache;
import javax.cache.expiry.CreatedExpiryPolicy;
import javax.cache.integration.CompletionListenerFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What may happen to a key while one node loads it, and what is there when that load has ended: never what it brought, unless
 * nothing had changed. The first load of each test is held and brings "old"; later ones bring "new" at once.
 */
class LoadOrdersIT {
    private static final String KEY = "key";
    private static final String CACHE = "orders";
    /** Nothing here waits for the end of a lease or of patience; if something did, the test would take too long for it. */
    private static final Duration LONG = Duration.ofMinutes(10);

    private static RedisServer redis;
    private static Node node;
    private static Node other;
    private static Node third;

    private final CountDownLatch loading = new CountDownLatch(1);
    private final CountDownLatch mayEnd = new CountDownLatch(1);
    private final AtomicInteger loads = new AtomicInteger();
    private final RecordingLoader loader = new RecordingLoader(key -> {
        if (loads.incrementAndGet() > 1) {
            return "new";
        }
        loading.countDown();
        Crew.await(mayEnd);
        return "old";
    });
    private final Cache<String, String> here = reading(node);
    private final Cache<String, String> there = reading(other);
    /** Shows what Redis holds, and nothing else. */
    private final Cache<String, String> witness =
            third.cache(CACHE, String.class, String.class, settings -> settings.nearTimeToLive(Duration.ZERO));

    @BeforeAll
    static void start() {
        redis = RedisServer.startLocal();
        node = new Node(redis);
        other = new Node(redis);
        third = new Node(redis);
    }

    @AfterEach
    void ends() {
        mayEnd.countDown();
        for (Node each : List.of(node, other, third)) {
            each.manager().destroyCache(CACHE);
        }
    }

    @AfterAll
    static void stop() {
        node.close();
        other.close();
        third.close();
        redis.close();
    }

    /** What remains of a load that is under way when the key changes. */
    enum Effect {
        /** There is another value; nothing is loaded. */
        STORES("put", 1),
        /** There is no entry; the next read loads again. */
        REMOVES("new", 2),
        /** Nothing has happened; what is loaded is kept. */
        NOTHING("old", 1);

        final String then;
        final int loads;

        Effect(String then, int loads) {
            this.then = then;
            this.loads = loads;
        }
    }

    enum Change {
        PUT(Effect.STORES),
        PUT_ALL(Effect.STORES),
        PUT_IF_ABSENT(Effect.STORES),
        GET_AND_PUT(Effect.STORES),
        INVOKE_THAT_SETS(Effect.STORES),
        REMOVE(Effect.REMOVES),
        GET_AND_REMOVE(Effect.REMOVES),
        REMOVE_ALL(Effect.REMOVES),
        REMOVE_ALL_OF_KEYS(Effect.REMOVES),
        CLEAR(Effect.REMOVES),
        INVOKE_THAT_REMOVES(Effect.REMOVES),
        INVOKE_THAT_LOADS(Effect.REMOVES),
        PUT_AND_REMOVE(Effect.REMOVES),
        PUT_AND_CLEAR(Effect.REMOVES),
        REPLACE(Effect.NOTHING),
        REPLACE_OLD(Effect.NOTHING),
        GET_AND_REPLACE(Effect.NOTHING),
        REMOVE_OLD(Effect.NOTHING),
        LOOK(Effect.NOTHING);

        final Effect effect;

        Change(Effect effect) {
            this.effect = effect;
        }

        /** Changes the key, for which no operation but a load has anything. */
        void happen(Cache<String, String> cache) {
            switch (this) {
                case PUT -> cache.put(KEY, "put");
                case PUT_ALL -> cache.putAll(Map.of(KEY, "put", "a third", "put"));
                case PUT_IF_ABSENT -> assertTrue(cache.putIfAbsent(KEY, "put"));
                case GET_AND_PUT -> assertNull(cache.getAndPut(KEY, "put"));
                case INVOKE_THAT_SETS ->
                    cache.invoke(KEY, (entry, arguments) -> {
                        assertFalse(entry.exists());
                        entry.setValue("put");
                        return null;
                    });
                case REMOVE -> assertFalse(cache.remove(KEY));
                case GET_AND_REMOVE -> assertNull(cache.getAndRemove(KEY));
                case REMOVE_ALL -> cache.removeAll();
                case REMOVE_ALL_OF_KEYS -> cache.removeAll(Set.of(KEY, "a third"));
                case CLEAR -> cache.clear();
                case INVOKE_THAT_REMOVES ->
                    cache.invoke(KEY, (entry, arguments) -> {
                        entry.remove();
                        return null;
                    });
                case INVOKE_THAT_LOADS ->
                    assertEquals("new", cache.invoke(KEY, (entry, arguments) -> entry.getValue()));
                case PUT_AND_REMOVE -> {
                    cache.put(KEY, "put");
                    assertTrue(cache.remove(KEY));
                }
                case PUT_AND_CLEAR -> {
                    cache.put(KEY, "put");
                    cache.clear();
                }
                case REPLACE -> assertFalse(cache.replace(KEY, "put"));
                case REPLACE_OLD -> assertFalse(cache.replace(KEY, "old", "put"));
                case GET_AND_REPLACE -> assertNull(cache.getAndReplace(KEY, "put"));
                case REMOVE_OLD -> assertFalse(cache.remove(KEY, "old"));
                case LOOK -> {
                    assertFalse(cache.containsKey(KEY));
                    assertFalse(cache.iterator().hasNext());
                }
            }
        }
    }

    static Stream<Arguments> changes() {
        return Stream.of(Change.values())
                .flatMap(change -> Stream.of(Arguments.of(change, true), Arguments.of(change, false)));
    }

    @ParameterizedTest
    @Covers({FaultRow.F79, FaultRow.F80})
    @MethodSource("changes")
    void aLoadThatEndsAfterAChangeIsNotKept(Change change, boolean byAnotherNode) throws Exception {
        // 1. A load begins.
        Crew.Member<String> first = Crew.start(() -> here.get(KEY));
        Crew.await(loading);
        // 2. The key changes.
        change.happen(byAnotherNode ? there : here);
        // 3. The load ends.
        mayEnd.countDown();
        assertEquals("old", first.result());
        boolean reloaded = change == Change.INVOKE_THAT_LOADS;
        assertEquals(change.effect == Effect.REMOVES && !reloaded ? null : change.effect.then, witness.get(KEY));
        assertAllRead(change.effect);
    }

    static Stream<Arguments> newsworthyChanges() {
        // A clear does not wake those who wait on the node that makes it.
        return changes().filter(each -> !(each.get()[0] == Change.CLEAR && each.get()[1].equals(true)));
    }

    @ParameterizedTest
    @MethodSource("newsworthyChanges")
    void aChangeEndsTheWaitForALoad(Change change, boolean byAnotherNode) throws Exception {
        // 1. A load begins, and another node waits for it.
        Crew.Member<String> first = Crew.start(() -> here.get(KEY));
        Crew.await(loading);
        Crew.Member<String> waiting = WaitingLookup.of(KEY, there, redis);
        // 2. The key changes.
        change.happen(byAnotherNode ? there : here);
        if (change.effect != Effect.NOTHING) {
            // 3. All others continue.
            String then = waiting.result();
            assertTrue(then.equals(change.effect.then) || (isPut(change) && then.equals("put")), then);
            hearOfIt();
            assertEquals(change.effect.then, settled(here, change.effect));
            assertEquals(change.effect.then, settled(there, change.effect));
        }
        // 4. The load ends.
        mayEnd.countDown();
        assertEquals("old", first.result());
        if (change.effect == Effect.NOTHING) {
            assertEquals("old", waiting.result());
        }
        assertEquals(change.effect.then, witness.get(KEY));
        assertAllRead(change.effect);
    }

    /** A node that has not received the invalidation yet joins the load that is under way: later replies come after the invalidation. */
    private void hearOfIt() {
        assertFalse(here.containsKey("another"));
        assertFalse(there.containsKey("another"));
    }

    private static boolean isPut(Change change) {
        return change == Change.PUT_AND_REMOVE || change == Change.PUT_AND_CLEAR;
    }

    /** A processor that only looks takes the key for itself: what is loaded beside is not needed to be kept, but may be. */
    @ParameterizedTest
    @EnumSource
    void allNodesAgreeAfterAReadOnlyInvoke(Where where) throws Exception {
        Crew.Member<String> first = Crew.start(() -> here.get(KEY));
        Crew.await(loading);
        Cache<String, String> looking = where == Where.THERE ? there : here;
        assertEquals(false, looking.invoke(KEY, (entry, arguments) -> entry.exists()));
        mayEnd.countDown();
        assertEquals("old", first.result());
        String then = here.get(KEY);
        assertEquals(loads.get() == 1 ? "old" : "new", then);
        assertEquals(then, there.get(KEY));
        assertEquals(then, witness.get(KEY));
        assertTrue(loads.get() <= 2);
    }

    enum Where {
        HERE,
        THERE
    }

    @Test
    void aLoadDuringWhichAnEntryWasPutAndExpiredIsRepeated() throws Exception {
        Crew.Member<String> first = Crew.start(() -> here.get(KEY));
        Crew.await(loading);
        try (Node passing = new Node(redis)) {
            Cache<String, String> brief = passing.cache(
                    CACHE,
                    String.class,
                    String.class,
                    settings -> settings.expiry(
                            CreatedExpiryPolicy.factoryOf(new javax.cache.expiry.Duration(TimeUnit.MILLISECONDS, 50))));
            brief.put(KEY, "put");
            Crew.until(() -> !witness.containsKey(KEY));
        }
        mayEnd.countDown();
        assertEquals("old", first.result());
        assertNull(witness.get(KEY));
        assertAllRead(Effect.REMOVES);
    }

    /** What may happen to an entry while it is loaded anew. */
    enum EntryChange {
        PUT("put"),
        REPLACED("put"),
        PROCESSED("put"),
        REMOVED("new"),
        ALL_REMOVED("new"),
        CLEARED("new"),
        REMOVED_AND_PUT("put"),
        UNCHANGED("old");

        final String then;

        EntryChange(String then) {
            this.then = then;
        }

        void happen(Cache<String, String> cache) {
            switch (this) {
                case PUT -> cache.put(KEY, "put");
                case REPLACED -> assertTrue(cache.replace(KEY, "first", "put"));
                case PROCESSED ->
                    cache.invoke(KEY, (entry, arguments) -> {
                        entry.setValue("put");
                        return null;
                    });
                case REMOVED -> assertTrue(cache.remove(KEY));
                case ALL_REMOVED -> cache.removeAll();
                case CLEARED -> cache.clear();
                case REMOVED_AND_PUT -> {
                    assertTrue(cache.remove(KEY));
                    assertTrue(cache.putIfAbsent(KEY, "put"));
                }
                case UNCHANGED -> assertFalse(cache.remove(KEY, "another"));
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void aReplacingLoadOfAnEntryThatChangesIsNotKept(EntryChange change) throws Exception {
        there.put(KEY, "first");
        // 1. The entry is loaded anew. 2. It changes. 3. The load ends.
        CompletionListenerFuture loaded = new CompletionListenerFuture();
        here.loadAll(Set.of(KEY), true, loaded);
        Crew.await(loading);
        assertEquals("first", there.get(KEY));
        change.happen(there);
        mayEnd.countDown();
        loaded.get();
        assertEquals(change.then.equals("new") ? null : change.then, witness.get(KEY));
        for (Cache<String, String> each : List.of(here, there)) {
            Crew.until(() -> change.then.equals(each.get(KEY)));
        }
        assertEquals(change.then, witness.get(KEY));
    }

    private void assertAllRead(Effect effect) {
        for (Cache<String, String> each : List.of(here, there)) {
            assertEquals(effect.then, settled(each, effect));
            assertEquals(effect.then, each.get(KEY));
        }
        assertEquals(effect.then, witness.get(KEY));
        assertEquals(effect.loads, loads.get());
    }

    /** Reads until the node has received the invalidation; a value loaded before it must never be read. */
    private static String settled(Cache<String, String> cache, Effect effect) {
        String[] seen = new String[1];
        Crew.until(() -> {
            seen[0] = cache.get(KEY);
            if (effect != Effect.NOTHING) {
                assertNotEquals("old", seen[0]);
            }
            return effect.then.equals(seen[0]);
        });
        return seen[0];
    }

    private Cache<String, String> reading(Node where) {
        return where.cache(
                CACHE,
                String.class,
                String.class,
                settings -> settings.with(TieredSetting.LOAD_LEASE, LONG)
                        .with(TieredSetting.LOAD_WAIT, LONG)
                        .commandTimeout(Node.PATIENCE)
                        .readThrough(() -> loader));
    }
}
