package io.github.tieredjcache.jcache;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.Crew;
import io.github.tieredjcache.TierStatus;
import io.github.tieredjcache.TieredConfiguration;
import io.github.tieredjcache.Undeclared;
import io.github.tieredjcache.faults.Covers;
import io.github.tieredjcache.faults.FaultRow;
import io.github.tieredjcache.integration.LogLines;
import io.github.tieredjcache.internal.assembly.ManagerExecutors;
import java.io.Closeable;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import javax.cache.Cache;
import javax.cache.CacheException;
import javax.cache.CacheManager;
import javax.cache.Caching;
import javax.cache.configuration.MutableConfiguration;
import javax.cache.expiry.CreatedExpiryPolicy;
import javax.cache.expiry.Duration;
import javax.cache.expiry.ExpiryPolicy;
import javax.cache.integration.CacheLoader;
import javax.cache.integration.CacheWriter;
import javax.cache.integration.CompletionListener;
import javax.cache.integration.CompletionListenerFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LifeCycleTest {
    /** Threads of earlier tests that are about to end. */
    private final Set<Thread> others = Set.copyOf(allThreads());

    private final NearOnly node = new NearOnly();

    @AfterEach
    void close() {
        node.close();
    }

    @Test
    void theStartOfACacheIsLoggedInOneLine() {
        try (LogLines log = LogLines.ofStarts()) {
            node.strings(builder -> builder);
            node.cache(
                    "weighed",
                    String.class,
                    String.class,
                    builder -> builder.nearMaximumWeight(64 << 20)
                            .expiry(CreatedExpiryPolicy.factoryOf(new Duration(TimeUnit.MINUTES, 10)))
                            .writeThrough(NearOnly.factory(new Silent()))
                            .readThrough(NearOnly.factory(new Silent())));
            assertEquals(
                    List.of(
                            "INFO cache 'cache' has started: near.maximum-size 10000; no Redis; expiry eternal; no loader",
                            "INFO cache 'weighed' has started: near.maximum-weight 64MiB; no Redis; expiry"
                                    + " CreatedExpiryPolicy PT10M; loader " + Silent.class.getName() + ", writer "
                                    + Silent.class.getName()),
                    log.lines());
        }
    }

    @Test
    void cacheAndManagerShowWhatHolds() {
        TieredCache<String, String> cache = node.strings(builder -> builder.nearMaximumSize(77));
        assertEquals(TierStatus.OK, cache.unwrap(TierStatus.class));
        assertTrue(cache.toString()
                .startsWith("TieredCache[cache, status OK, {redis.uri=, redis.namespace=tiered-jcache, "));
        assertTrue(cache.toString().contains(", near.maximum-size=77, "), cache::toString);
        assertTrue(cache.toString().contains(", load.timeout=36500d, "), cache::toString);
        CacheManager manager = node.manager();
        assertEquals(TierStatus.OK, manager.unwrap(TierStatus.class));
        assertEquals(
                "TieredCacheManager[" + manager.getURI() + ", no file, caches [cache], status OK]", manager.toString());
        manager.close();
        assertEquals("TieredCacheManager[" + manager.getURI() + ", no file, caches [], closed]", manager.toString());
        assertTrue(cache.toString().startsWith("TieredCache[cache, closed, {redis.uri="), cache::toString);
    }

    @Test
    @Covers(FaultRow.F73)
    void aClosedCacheThrowsBeforeItChecksArguments() {
        TieredCache<String, String> cache = node.strings(builder -> builder);
        cache.put("a", "1");
        Iterator<Cache.Entry<String, String>> entries = cache.iterator();
        cache.close();
        cache.close();
        assertTrue(cache.isClosed());
        List<Consumer<Cache<String, String>>> operations = List.of(
                c -> c.get(null),
                c -> c.getAll(null),
                c -> c.containsKey(null),
                c -> c.loadAll(null, true, null),
                c -> c.put(null, null),
                c -> c.getAndPut(null, null),
                c -> c.putAll(null),
                c -> c.putIfAbsent(null, null),
                c -> c.remove(null),
                c -> c.remove(null, null),
                c -> c.getAndRemove(null),
                c -> c.replace(null, null, null),
                c -> c.replace(null, null),
                c -> c.getAndReplace(null, null),
                c -> c.removeAll(null),
                Cache::removeAll,
                Cache::clear,
                c -> c.invoke(null, null),
                c -> c.invokeAll(null, null),
                c -> c.registerCacheEntryListener(null),
                c -> c.deregisterCacheEntryListener(null),
                c -> discard(c.iterator()),
                c -> discard(entries.hasNext()),
                c -> discard(entries.next()),
                c -> entries.remove());
        for (Consumer<Cache<String, String>> each : operations) {
            var refused = assertThrows(IllegalStateException.class, () -> each.accept(cache));
            assertTrue(refused.getMessage().contains("'cache' is closed"), refused.getMessage());
        }
        assertEquals("cache", cache.getName());
        assertSame(node.manager(), cache.getCacheManager());
    }

    @Test
    void aClosedManagerThrowsBeforeItChecksArguments() {
        CacheManager manager = node.manager();
        TieredCache<String, String> cache = node.strings(builder -> builder);
        manager.close();
        manager.close();
        assertTrue(manager.isClosed());
        assertTrue(cache.isClosed());
        List<Consumer<CacheManager>> operations = List.of(
                m -> m.createCache(null, null),
                m -> m.getCache(null),
                m -> m.getCache(null, null, null),
                m -> m.destroyCache(null),
                CacheManager::getCacheNames,
                m -> m.enableManagement(null, true),
                m -> m.enableStatistics(null, true));
        for (Consumer<CacheManager> each : operations) {
            assertThrows(IllegalStateException.class, () -> each.accept(manager));
        }
    }

    @Test
    void managersAndCachesCanBeReopenedAnyNumberOfTimes() {
        TieredCachingProvider provider = new TieredCachingProvider();
        CacheManager previous = null;
        for (int i = 0; i < 50; i++) {
            CacheManager manager = provider.getCacheManager(null, null, NearOnly.properties());
            assertNotSame(previous, manager);
            previous = manager;
            for (int j = 0; j < 3; j++) {
                Cache<String, String> cache = manager.createCache("c", new MutableConfiguration<>());
                assertNull(cache.get("a"));
                cache.put("a", "1");
                cache.close();
                assertNull(manager.getCache("c"));
            }
            if (i % 2 == 0) {
                manager.close();
            } else {
                provider.close();
            }
        }
    }

    @Test
    void theSameManagerAndCacheAreReturnedUntilTheyAreClosed() {
        TieredCachingProvider provider = new TieredCachingProvider();
        CacheManager manager = provider.getCacheManager();
        assertSame(manager, provider.getCacheManager());
        assertSame(manager, provider.getCacheManager(null, null, null));
        assertSame(manager, provider.getCacheManager(provider.getDefaultURI(), provider.getDefaultClassLoader()));
        provider.close(manager.getURI(), manager.getClassLoader());
        assertTrue(manager.isClosed());
        CacheManager next = provider.getCacheManager();
        assertNotSame(manager, next);
        provider.close(next.getClassLoader());
        assertTrue(next.isClosed());
        provider.close();
        assertSame(Caching.getCachingProvider(), Caching.getCachingProvider());
        assertInstanceOf(TieredCachingProvider.class, Caching.getCachingProvider());
    }

    @ParameterizedTest
    @ValueSource(strings = {"cache", "destroy", "manager"})
    void closeableUserObjectsAreClosedOnce(String how) {
        Closeables users = new Closeables();
        Recording<String, String> listener = new Recording<>();
        TieredCache<String, String> cache = node.strings(builder -> builder.readThrough(NearOnly.factory(users.loader))
                .writeThrough(NearOnly.factory(users.writer))
                .expiry(NearOnly.factory(users.policy))
                .listener(listener.registered(true, false)));
        switch (how) {
            case "cache" -> cache.close();
            case "destroy" -> node.manager().destroyCache("cache");
            default -> node.manager().close();
        }
        cache.close();
        assertEquals(Set.of("loader", "writer", "policy"), Set.copyOf(users.closed));
        assertEquals(3, users.closed.size());
        assertEquals(1, listener.timesClosed());
    }

    @ParameterizedTest
    @ValueSource(classes = {IOException.class, NoClassDefFoundError.class})
    void aFailedCloseDoesNotPreventOthers(Class<? extends Throwable> failure) throws Exception {
        Closeables users = new Closeables();
        users.failure = failure.getConstructor(String.class).newInstance("close");
        Recording<String, String> failing = new Recording<String, String>().failingToClose(users.failure);
        Recording<String, String> listener = new Recording<>();
        TieredCache<String, String> cache = closeable("cache", users, failing, listener);
        CacheException reported = assertThrows(CacheException.class, cache::close);
        assertTrue(reported.getMessage().contains("closed"), reported.getMessage());
        assertSame(users.failure, reported.getCause());
        assertTrue(cache.isClosed());
        assertEquals(Set.of("loader", "writer", "policy"), Set.copyOf(users.closed));
        assertEquals(1, failing.timesClosed());
        assertEquals(1, listener.timesClosed());
        assertNull(node.manager().getCache("cache"));
        assertDoesNotThrow(() -> node.strings(builder -> builder));
    }

    @ParameterizedTest
    @ValueSource(classes = {IOException.class, NoClassDefFoundError.class})
    void aCacheThatFailsToCloseDoesNotPreventTheCloseOfItsManager(Class<? extends Throwable> failure) throws Exception {
        Closeables users = new Closeables();
        users.failure = failure.getConstructor(String.class).newInstance("close");
        Recording<String, String> listener = new Recording<>();
        List<TieredCache<String, String>> caches =
                List.of(closeable("first", users, listener), closeable("second", users, listener));
        caches.get(0).loadAll(Set.of("a"), true, null);
        Crew.until(() -> threads().size() > 0);
        try (LogLines log = new LogLines()) {
            node.manager().close();
            assertEquals(2, log.lines().size(), log.lines()::toString);
        }
        assertTrue(caches.stream().allMatch(Cache::isClosed));
        assertEquals(6, users.closed.size());
        assertEquals(2, listener.timesClosed());
        Crew.until(() -> threads().isEmpty());
        assertFalse(Caching.getCachingProvider()
                .getCacheManager(node.manager().getURI(), node.manager().getClassLoader(), NearOnly.properties())
                .isClosed());
        Caching.getCachingProvider()
                .close(node.manager().getURI(), node.manager().getClassLoader());
    }

    @SafeVarargs
    private TieredCache<String, String> closeable(
            String name, Closeables users, Recording<String, String>... listeners) {
        return node.cache(name, String.class, String.class, builder -> {
            for (Recording<String, String> each : listeners) {
                builder.listener(each.registered(true, false));
            }
            return builder.readThrough(NearOnly.factory(users.loader))
                    .writeThrough(NearOnly.factory(users.writer))
                    .expiry(NearOnly.factory(users.policy));
        });
    }

    /** For each component whose creation fails: earlier components are closed, and the name of the cache is free. */
    @ParameterizedTest
    @ValueSource(strings = {"loader", "writer", "policy", "listener", "filter"})
    void aCacheThatCannotBeCreatedLeavesNothingOpen(String failing) {
        for (Exception failure : List.of(new IllegalStateException("factory"), new IOException("factory"))) {
            Closeables users = new Closeables();
            Recording<String, String> listener = new Recording<>();
            assertThrows(
                    failure.getClass(),
                    () -> node.strings(builder -> builder.statistics(true)
                            .management(true)
                            .readThrough(() -> made(users.loader, failing.equals("loader"), failure))
                            .writeThrough(() -> made(users.writer, failing.equals("writer"), failure))
                            .expiry(() -> made(users.policy, failing.equals("policy"), failure))
                            .listener(new javax.cache.configuration.MutableCacheEntryListenerConfiguration<>(
                                    () -> made(listener, failing.equals("listener"), failure),
                                    () -> made(event -> true, failing.equals("filter"), failure),
                                    false,
                                    true))));
            users.assertAllThatWereMadeAreClosed();
            assertNull(node.manager().getCache("cache"));
            assertFalse(node.manager().getCacheNames().iterator().hasNext());
        }
        assertDoesNotThrow(() -> node.strings(builder -> builder.statistics(true)));
    }

    @Test
    @Covers(FaultRow.F73)
    void noThreadIsLeftAfterTheManagerIsClosed() throws Exception {
        Recording<String, String> listener = new Recording<>();
        TieredCache<String, String> cache = node.strings(builder -> builder.expiry(
                        javax.cache.expiry.CreatedExpiryPolicy.factoryOf(new Duration(TimeUnit.HOURS, 1)))
                .listener(listener.registered(false, false)));
        cache.put("a", "1");
        CompletionListenerFuture ended = new CompletionListenerFuture();
        cache.loadAll(Set.of("a"), false, ended);
        ended.get();
        Crew.until(() -> listener.events().size() == 1);
        assertTrue(threads().size() > 0);
        assertTrue(threads().stream().allMatch(Thread::isDaemon));
        node.manager().close();
        Crew.until(() -> threads().isEmpty());
    }

    @Test
    void aCacheWithoutBackgroundTasksHasNoThreads() {
        TieredCache<String, String> cache = node.strings(builder -> builder);
        cache.put("a", "1");
        cache.get("a");
        cache.removeAll();
        assertEquals(List.of(), threads());
    }

    @Test
    void closingTheManagerDiscardsAWaitingLoadAndNotifiesItsListener() throws Exception {
        Holding loader = new Holding();
        TieredCache<String, String> cache = node.strings(builder -> builder.loader(NearOnly.factory(loader)));
        loader.occupyWorkers(cache);
        Notified listener = new Notified(null);
        cache.loadAll(Set.of("waiting"), true, listener);
        Crew.Member<Void> closing = Crew.run(node.manager()::close);
        Crew.await(listener.ended);
        loader.goOn.countDown();
        closing.result();
        assertInstanceOf(CacheException.class, listener.failure.get());
        assertFalse(loader.loaded.contains("waiting"));
        Crew.until(() -> threads().isEmpty());
    }

    @ParameterizedTest
    @ValueSource(classes = {IllegalStateException.class, NoClassDefFoundError.class})
    void aCompletionListenerThatThrowsDoesNotPreventTheCloseOfItsManagerAndOfOthers(Class<? extends Throwable> failure)
            throws Exception {
        TieredCachingProvider provider = new TieredCachingProvider();
        List<Notified> listeners = new ArrayList<>();
        List<Holding> loaders = List.of(new Holding(), new Holding());
        for (Holding loader : loaders) {
            Cache<String, String> cache = provider.getCacheManager(
                            URI.create("manager-" + listeners.size()), null, NearOnly.properties())
                    .createCache(
                            "cache",
                            TieredConfiguration.builder(String.class, String.class)
                                    .loader(NearOnly.factory(loader))
                                    .build());
            loader.occupyWorkers(cache);
            Notified listener =
                    new Notified(failure.getConstructor(String.class).newInstance("listener"));
            cache.loadAll(Set.of("waiting"), true, listener);
            listeners.add(listener);
        }
        try (LogLines log = new LogLines()) {
            Crew.Member<Void> closing = Crew.run(provider::close);
            for (Notified each : listeners) {
                Crew.await(each.ended);
            }
            loaders.forEach(each -> each.goOn.countDown());
            closing.result();
            assertEquals(
                    Collections.nCopies(
                            2,
                            "WARNING loadAll of the cache 'cache' has ended, but its CompletionListener threw;"
                                    + " fix the listener"),
                    log.lines().stream()
                            .filter(line -> line.contains("its CompletionListener"))
                            .toList());
        }
        Crew.until(() -> threads().isEmpty());
    }

    @Test
    void aCompletionListenerThatThrowsIsLogged() {
        TieredCache<String, String> cache = node.strings(builder -> builder);
        Notified listener = new Notified(new IllegalStateException("listener"));
        try (LogLines log = new LogLines()) {
            cache.loadAll(Set.of("a"), true, listener);
            Crew.until(() -> !log.lines().isEmpty());
            assertTrue(log.lines().get(0).contains("its CompletionListener threw"), log.lines()::toString);
        }
        assertNull(listener.failure.get());
    }

    @Test
    void aPeriodicTaskContinuesAfterItThrows() throws Exception {
        CountDownLatch thrice = new CountDownLatch(3);
        try (ManagerExecutors executors = new ManagerExecutors(getClass().getClassLoader())) {
            AutoCloseable work = executors.every(java.time.Duration.ofMillis(1), () -> {
                thrice.countDown();
                if (thrice.getCount() == 2) {
                    throw new IllegalStateException("once");
                }
                throw new NoClassDefFoundError("again");
            });
            Crew.await(thrice);
            work.close();
        }
    }

    @Test
    void aProgramThatClosesNothingExits() throws Exception {
        Process child = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx64m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Unclosed.class.getName())
                .redirectErrorStream(true)
                .start();
        try {
            String output = new String(child.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
            assertTrue(child.waitFor(60, TimeUnit.SECONDS), "it does not end; it printed " + output);
            assertEquals(0, child.exitValue(), output);
            assertTrue(output.contains("the program is at its end"), output);
        } finally {
            child.destroyForcibly();
        }
    }

    /** Uses every feature with threads, and closes nothing. */
    static final class Unclosed {
        private Unclosed() {}

        public static void main(String[] arguments) throws Exception {
            CacheManager manager = Caching.getCachingProvider().getCacheManager(null, null, NearOnly.properties());
            Recording<String, String> listener = new Recording<>();
            Cache<String, String> cache = manager.createCache(
                    "unclosed",
                    new MutableConfiguration<String, String>()
                            .setTypes(String.class, String.class)
                            .setExpiryPolicyFactory(javax.cache.expiry.CreatedExpiryPolicy.factoryOf(Duration.ONE_DAY))
                            .setStatisticsEnabled(true)
                            .addCacheEntryListenerConfiguration(listener.registered(false, false)));
            cache.put("a", "1");
            CompletionListenerFuture ended = new CompletionListenerFuture();
            cache.loadAll(Set.of("a"), false, ended);
            ended.get();
            Crew.until(() -> !listener.events().isEmpty());
            System.out.println("the program is at its end");
        }
    }

    @Test
    void destroyingRemovesTheCacheAndIgnoresUnknownNames() {
        TieredCache<String, String> cache = node.strings(builder -> builder);
        cache.put("a", "1");
        node.manager().destroyCache("no such cache");
        node.manager().destroyCache("cache");
        assertTrue(cache.isClosed());
        assertNull(node.strings(builder -> builder).get("a"));
        assertThrows(NullPointerException.class, () -> node.manager().destroyCache(null));
    }

    @Test
    void cacheNamesAreAnImmutableSnapshot() {
        node.strings(builder -> builder);
        Iterable<String> names = node.manager().getCacheNames();
        node.cache("other", String.class, String.class, builder -> builder);
        List<String> seen = new ArrayList<>();
        names.forEach(seen::add);
        assertEquals(List.of("cache"), seen);
        Iterator<String> iterator = names.iterator();
        iterator.next();
        assertThrows(UnsupportedOperationException.class, iterator::remove);
    }

    @Test
    @Covers(FaultRow.F73)
    void operationsDuringACloseCompleteOrThrowThatTheCacheIsClosed() throws Exception {
        for (int round = 0; round < 20; round++) {
            TieredCache<Integer, Integer> cache =
                    node.cache("round" + round, Integer.class, Integer.class, builder -> builder);
            CountDownLatch going = new CountDownLatch(3);
            List<Crew.Member<Void>> members = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                int key = i;
                members.add(Crew.run(() -> {
                    int n = 0;
                    try {
                        while (true) {
                            cache.invoke(key, (entry, arguments) -> {
                                entry.setValue(1);
                                return null;
                            });
                            cache.putAll(Map.of(key, 2));
                            if (n++ == 10) {
                                going.countDown();
                            }
                        }
                    } catch (IllegalStateException e) {
                        assertTrue(e.getMessage().contains("closed"), e.getMessage());
                    }
                }));
            }
            Crew.await(going);
            cache.close();
            for (Crew.Member<Void> each : members) {
                each.result();
            }
        }
    }

    private static void discard(Object answer) {
        assertNull(answer, "there was an answer");
    }

    /** Returns the threads that this test has started. */
    private List<Thread> threads() {
        return allThreads().stream().filter(thread -> !others.contains(thread)).toList();
    }

    private static List<Thread> allThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("tiered-jcache-"))
                .toList();
    }

    private static <T> T made(T instance, boolean failing, Exception failure) {
        if (failing) {
            throw Undeclared.thrown(failure);
        }
        if (instance instanceof Closeables.Part part) {
            part.wasMade();
        }
        return instance;
    }

    /** A loader, a writer and a policy that record their close. */
    private static final class Closeables {
        private final List<String> made = new ArrayList<>();
        private final List<String> closed = Collections.synchronizedList(new ArrayList<>());
        private final Loader loader = new Loader();
        private final Writer writer = new Writer();
        private final Policy policy = new Policy();
        private volatile @Nullable Throwable failure;

        void assertAllThatWereMadeAreClosed() {
            assertEquals(Set.copyOf(made), Set.copyOf(closed));
            assertEquals(made.size(), closed.size());
        }

        private abstract class Part implements Closeable {
            private final String name;

            Part(String name) {
                this.name = name;
            }

            void wasMade() {
                made.add(name);
            }

            @Override
            public void close() {
                closed.add(name);
                Throwable thrown = failure;
                if (thrown != null) {
                    throw Undeclared.thrown(thrown);
                }
            }
        }

        private final class Loader extends Part implements CacheLoader<String, String> {
            Loader() {
                super("loader");
            }

            @Override
            public String load(String key) {
                return null;
            }

            @Override
            public Map<String, String> loadAll(Iterable<? extends String> keys) {
                return Map.of();
            }
        }

        private final class Writer extends Part implements CacheWriter<String, String> {
            Writer() {
                super("writer");
            }

            @Override
            public void write(Cache.Entry<? extends String, ? extends String> entry) {}

            @Override
            public void writeAll(Collection<Cache.Entry<? extends String, ? extends String>> entries) {}

            @Override
            public void delete(Object key) {}

            @Override
            public void deleteAll(Collection<?> keys) {}
        }

        private final class Policy extends Part implements ExpiryPolicy {
            Policy() {
                super("policy");
            }

            @Override
            public Duration getExpiryForCreation() {
                return Duration.ONE_DAY;
            }

            @Override
            public Duration getExpiryForAccess() {
                return null;
            }

            @Override
            public Duration getExpiryForUpdate() {
                return null;
            }
        }
    }

    /** A loader whose calls wait for a permission to end. */
    private static final class Holding implements CacheLoader<String, String> {
        private final CountDownLatch goOn = new CountDownLatch(1);
        private final List<String> loaded = Collections.synchronizedList(new ArrayList<>());

        /** Makes each thread of the cache's manager wait in a load. */
        void occupyWorkers(Cache<String, String> cache) {
            int workers = Math.max(4, Runtime.getRuntime().availableProcessors());
            for (int i = 0; i < workers; i++) {
                cache.loadAll(Set.of("busy" + i), true, null);
            }
            Crew.until(() -> loaded.size() == workers);
        }

        @Override
        public String load(String key) {
            throw new AssertionError("asked one by one");
        }

        @Override
        public Map<String, String> loadAll(Iterable<? extends String> keys) {
            loaded.add(keys.iterator().next());
            Crew.await(goOn);
            return Map.of();
        }
    }

    /** Records how a load ends, and then throws, if there is something to throw. */
    private static final class Notified implements CompletionListener {
        private final AtomicReference<Exception> failure = new AtomicReference<>();
        private final CountDownLatch ended = new CountDownLatch(1);
        private final @Nullable Throwable thrown;

        Notified(@Nullable Throwable thrown) {
            this.thrown = thrown;
        }

        @Override
        public void onCompletion() {
            end();
        }

        @Override
        public void onException(Exception e) {
            failure.set(e);
            end();
        }

        private void end() {
            ended.countDown();
            if (thrown != null) {
                throw Undeclared.thrown(thrown);
            }
        }
    }

    /** Has no values and writes nothing. */
    private static final class Silent implements CacheLoader<String, String>, CacheWriter<String, String> {
        @Override
        public @Nullable String load(String key) {
            return null;
        }

        @Override
        public Map<String, String> loadAll(Iterable<? extends String> keys) {
            return Map.of();
        }

        @Override
        public void write(Cache.Entry<? extends String, ? extends String> entry) {}

        @Override
        public void writeAll(Collection<Cache.Entry<? extends String, ? extends String>> entries) {}

        @Override
        public void delete(Object key) {}

        @Override
        public void deleteAll(Collection<?> keys) {}
    }
}
