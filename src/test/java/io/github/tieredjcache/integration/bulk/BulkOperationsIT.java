package io.github.tieredjcache.integration.bulk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.Crew;
import io.github.tieredjcache.OutagePolicy;
import io.github.tieredjcache.TierStatistics;
import io.github.tieredjcache.TieredConfiguration;
import io.github.tieredjcache.TieredSetting;
import io.github.tieredjcache.integration.EntryKeys;
import io.github.tieredjcache.integration.Node;
import io.github.tieredjcache.integration.RecordingLoader;
import io.github.tieredjcache.testkit.CommandCounts;
import io.github.tieredjcache.testkit.FaultProxy;
import io.github.tieredjcache.testkit.RedisServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import javax.cache.Cache;
import javax.cache.CacheException;
import javax.cache.expiry.CreatedExpiryPolicy;
import javax.cache.integration.CacheWriter;
import javax.cache.integration.CompletionListenerFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Calls with many keys, large values, and many calls at a time. */
class BulkOperationsIT {
    private static final int BATCH = 500;
    /** How many commands of users may be under way on a connection. */
    private static final int COMMANDS_MAX = 509;

    private static final String NAME = "much";
    private static final Duration HICCUP_TIMEOUT = Duration.ofSeconds(2);

    private final RedisServer redis = RedisServer.startLocal();
    private final FaultProxy proxy = FaultProxy.inFrontOf(redis);
    private final Node node = new Node(redis);
    private final Node other = new Node(redis);
    private final Node proxied = new Node(proxy.uri());

    @AfterEach
    void closes() {
        proxied.close();
        node.close();
        other.close();
        proxy.close();
        redis.close();
    }

    @Test
    void aBulkLoadTakesTheLeasesOfItsBatchAndTheNext() throws Exception {
        long before = redis.number("DBSIZE");
        AtomicInteger asked = new AtomicInteger();
        RecordingLoader loader = new RecordingLoader(key -> "loaded");
        List<Long> reserved = new ArrayList<>();
        Cache<String, String> here = cache(
                node,
                settings -> settings.readThrough(() -> new HookedLoader(loader, keys -> {
                    // What is not loaded yet, without the number of the epoch.
                    reserved.add(redis.number("DBSIZE") - before - asked.getAndAdd(keys) - 1);
                })));
        Set<String> keys = keys(4_300);
        assertEquals(4_300, here.getAll(keys).size());
        here.clear();
        asked.set((int) (redis.number("DBSIZE") - before - 1));
        CompletionListenerFuture done = new CompletionListenerFuture();
        here.loadAll(keys, false, done);
        done.get(2, TimeUnit.MINUTES);
        assertEquals(18, reserved.size());
        reserved.subList(0, 9).forEach(each -> assertTrue(each <= 2 * BATCH, () -> reserved.toString()));
        assertEquals(0, here.unwrap(TierStatistics.class).fillsRefused());
        Cache<String, String> there = cache(other, UnaryOperator.identity());
        assertEquals(4_300, there.getAll(keys).size(), "each value is in Redis");
    }

    /** After a batch without an entry, load leases are requested without a read, and find what is there. */
    @Test
    void aLookupOfManyKeysFindsLargeValuesAfterColdKeys() {
        Map<String, String> large = new LinkedHashMap<>();
        IntStream.range(0, BATCH).forEach(each -> large.put("large " + each, each + "x".repeat(100_000)));
        Cache<String, String> there = cache(other, UnaryOperator.identity());
        there.putAll(large);
        RecordingLoader loader = new RecordingLoader(key -> "loaded");
        Cache<String, String> here = cache(node, settings -> settings.readThrough(() -> loader));
        Set<String> keys = new LinkedHashSet<>(keys(2 * BATCH));
        keys.addAll(large.keySet());
        Map<String, String> found = here.getAll(keys);
        large.forEach((key, value) -> assertEquals(value, found.get(key)));
        assertEquals(3 * BATCH, found.size());
        assertEquals(2 * BATCH, loader.loads().size());
        assertEquals(2 * BATCH, here.unwrap(TierStatistics.class).remoteMisses());
        Map<String, String> small = valuesOf(Set.of("small 1", "small 2"));
        there.putAll(small);
        Set<String> more = new LinkedHashSet<>();
        IntStream.range(0, BATCH).forEach(each -> more.add("cold " + each));
        more.addAll(small.keySet());
        long hits = here.unwrap(TierStatistics.class).remoteHits();
        assertEquals(small.get("small 1"), here.getAll(more).get("small 1"));
        assertEquals(hits + 2, here.unwrap(TierStatistics.class).remoteHits());
    }

    @Test
    void aPauseOfRedisCostsABulkReadOneBatchAtMost() {
        RecordingLoader loader = new RecordingLoader(key -> {
            // 2. The batch whose answer did not come goes to the source. By then the hiccup is over.
            proxy.fromServer().forward();
            return "loaded";
        });
        Set<String> keys = keys(10_000);
        cache(node, UnaryOperator.identity()).putAll(valuesOf(keys));
        Cache<String, String> here = cache(
                proxied,
                settings -> settings.outagePolicy(OutagePolicy.LOCAL)
                        .commandTimeout(HICCUP_TIMEOUT)
                        .readThrough(() -> loader));
        here.containsKey("connected");
        // 1. Redis answers nothing.
        proxy.fromServer().hold();
        Map<String, String> found = here.getAll(keys);
        assertEquals(keys, found.keySet());
        assertTrue(loader.loads().size() <= BATCH, () -> loader.loads().size() + " keys were loaded");
    }

    @Test
    void aPauseOfRedisCostsABulkWriteOneBatchAtMostAndOtherKeysNothing() throws Exception {
        Cache<String, String> there = cache(other, UnaryOperator.identity());
        there.put("another", "stays");
        Set<String> keys = keys(15_000);
        Cache<String, String> here = cache(
                proxied, settings -> settings.outagePolicy(OutagePolicy.LOCAL).commandTimeout(HICCUP_TIMEOUT));
        here.containsKey("connected");
        TierStatistics statistics = here.unwrap(TierStatistics.class);
        proxy.fromServer().hold();
        Crew.Member<Void> put = Crew.run(() -> here.putAll(valuesOf(keys)));
        Crew.until(statistics::isRemoteUnavailable);
        proxy.fromServer().forward();
        put.result();
        assertEquals(0, statistics.journalOverflows());
        Crew.until(() -> statistics.journaledKeys() == 0 && !statistics.isRemoteUnavailable());
        assertEquals("stays", there.get("another"));
        long lost = keys.stream().filter(key -> !there.containsKey(key)).count();
        assertTrue(lost <= BATCH, () -> lost + " keys are not in Redis");
    }

    @Test
    void aBulkWriteToARedisWithoutMemoryRemovesItsKeysOnly() {
        Cache<String, String> there = cache(other, UnaryOperator.identity());
        Map<String, String> kept = valuesOf(
                IntStream.range(0, 1_000).mapToObj(each -> "kept " + each).collect(Collectors.toSet()));
        there.putAll(kept);
        Cache<String, String> here = cache(node, settings -> settings.outagePolicy(OutagePolicy.LOCAL));
        here.put("replaced", "old");
        redis.command("CONFIG", "SET", "maxmemory", "1");
        here.put("replaced", "new");
        here.putAll(valuesOf(keys(12_000)));
        assertNull(here.get("replaced"), "neither is the new one stored nor the old one left");
        redis.command("CONFIG", "SET", "maxmemory", "0");
        assertEquals(0, there.getAll(keys(12_000)).size(), "nor is any other stored, though a script has several");
        TierStatistics statistics = here.unwrap(TierStatistics.class);
        assertEquals(0, statistics.journalOverflows());
        assertEquals(0, statistics.journaledKeys());
        assertEquals(kept, there.getAll(kept.keySet()));
        Cache<String, String> strict = cache(proxied, UnaryOperator.identity());
        strict.put("strict", "old");
        redis.command("CONFIG", "SET", "maxmemory", "1");
        assertThrows(CacheException.class, () -> strict.put("strict", "new"));
        assertEquals("old", strict.get("strict"));
    }

    @Test
    void manyLargeValuesCauseNoOutage() {
        Map<String, byte[]> values = new HashMap<>();
        for (int i = 0; i < 400; i++) {
            values.put("large " + i, new byte[300_000]);
        }
        Cache<String, byte[]> here = node.cache(
                "large",
                String.class,
                byte[].class,
                settings -> settings.outagePolicy(OutagePolicy.LOCAL).commandTimeout(Duration.ofSeconds(5)));
        here.putAll(values);
        assertEquals(400, redis.number("DBSIZE") - 1);
        Cache<String, byte[]> there = other.cache("large", String.class, byte[].class, settings -> settings);
        assertEquals(values.keySet(), there.getAll(values.keySet()).keySet());
        assertEquals(0, here.unwrap(TierStatistics.class).remoteOutages());
    }

    @Test
    void aValueOverTheLimitIsRemovedWithoutATransfer() {
        Cache<String, String> here = cache(
                node,
                settings -> settings.with(TieredSetting.CODEC_MAXIMUM_VALUE_SIZE, 10_000)
                        .statistics(true));
        here.put("key", "value");
        for (Runnable access : List.<Runnable>of(
                () -> assertNull(here.get("key")),
                () -> assertEquals(Map.of(), here.getAll(Set.of("key", "another"))),
                () -> assertNull(here.getAndPut("key", "new")),
                () -> assertNull(here.<String>invoke("key", (entry, arguments) -> entry.getValue())))) {
            here.put("key", "value");
            String redisKey = EntryKeys.redisKey(redis, NAME, "key");
            redis.command("SETRANGE", redisKey, "3000000", "x");
            here.containsKey("another");
            long sent = sent();
            access.run();
            assertTrue(sent() - sent < 200_000, () -> (sent() - sent) + " bytes were sent");
        }
        assertNull(here.get("gone"));
        Cache<String, String> touching = node.cache(
                "touching",
                String.class,
                String.class,
                settings -> settings.with(TieredSetting.CODEC_MAXIMUM_VALUE_SIZE, 10_000)
                        .nearTimeToLive(Duration.ZERO)
                        .expiry(javax.cache.expiry.AccessedExpiryPolicy.factoryOf(
                                javax.cache.expiry.Duration.ONE_HOUR)));
        touching.put("key", "value");
        String redisKey = EntryKeys.redisKey(redis, "touching", "key");
        redis.command("SETRANGE", redisKey, "3000000", "x");
        assertNull(touching.get("key"));
        Crew.until(() -> redis.number("EXISTS", redisKey) == 0);
    }

    @Test
    void aFrozenRedisCostsAThreadOneTimeout() {
        Cache<String, String> here = cache(
                proxied, settings -> settings.outagePolicy(OutagePolicy.LOCAL).commandTimeout(HICCUP_TIMEOUT));
        here.put("key", "value");
        TierStatistics statistics = here.unwrap(TierStatistics.class);
        proxy.fromServer().hold();
        assertNull(here.get("absent"));
        assertTrue(statistics.isRemoteUnavailable(), "nobody waits after the first");
        proxy.fromServer().forward();
        Crew.until(() -> !statistics.isRemoteUnavailable());
        assertEquals("value", here.get("key"));
    }

    @Test
    void aCacheWithALongTimeoutWaitsBesideOneWithAShortTimeout() throws Exception {
        Cache<String, String> hasty = proxied.cache(
                "hasty", String.class, String.class, settings -> settings.commandTimeout(Duration.ofMillis(50)));
        Cache<String, String> patient = cache(proxied, UnaryOperator.identity());
        patient.put("key", "value");
        proxy.fromServer().hold();
        Crew.until(() -> hasty.unwrap(TierStatistics.class).isRemoteUnavailable());
        Crew.Member<String> waiting = Crew.start(() -> patient.get("absent"));
        assertThrows(CacheException.class, () -> hasty.get("absent"));
        proxy.fromServer().forward();
        assertNull(waiting.result());
        assertEquals(0, patient.unwrap(TierStatistics.class).remoteOutages());
    }

    @Test
    void cachesWithTheSameNameInTwoManagersKeepTheirCopies() {
        Cache<String, String> one = cache(node, UnaryOperator.identity());
        Cache<String, String> two = node.stringsOfAnotherManager(NAME);
        one.put("key", "value");
        assertEquals("value", one.get("key"));
        assertEquals("value", two.get("key"));
        CommandCounts counts = CommandCounts.during(redis, () -> {
            for (int i = 0; i < 100; i++) {
                assertEquals("value", one.get("key"));
                assertEquals("value", two.get("key"));
            }
        });
        assertTrue(counts.of("getrange") + counts.of("get") <= 2, counts.toString());
        two.put("key", "new");
        Crew.until(() -> "new".equals(one.get("key")));
    }

    @Test
    void aBulkWriteThroughPipelinesItsLeasesAndCommits() throws Exception {
        Map<String, String> entries = valuesOf(keys(BATCH));
        Map<String, String> source = new ConcurrentHashMap<>();
        CountDownLatch written = new CountDownLatch(1);
        CountDownLatch mayCommit = new CountDownLatch(1);
        Cache<String, String> here = cache(
                proxied,
                settings -> settings.writeThrough(() -> new MapWriter<>(source, () -> {
                    written.countDown();
                    Crew.await(mayCommit);
                })));
        here.containsKey("connected");
        // 1. No answer comes, and many leases are asked for all the same.
        proxy.fromServer().hold();
        long before = stored();
        Crew.Member<Void> put = Crew.run(() -> here.putAll(entries));
        Crew.until(() -> stored() - before >= 10);
        proxy.fromServer().forward();
        // 2. The source has all. Again no answer comes, and all is committed all the same.
        Crew.await(written);
        proxy.fromServer().hold();
        long leased = stored();
        mayCommit.countDown();
        Crew.until(() -> stored() - leased >= BATCH);
        proxy.fromServer().forward();
        put.result();
        assertEquals(entries, source);
        assertEquals(entries, cache(other, UnaryOperator.identity()).getAll(entries.keySet()));
    }

    @Test
    void manyLargeValuesAreSentInFlushesOfOneMegabyte() throws Exception {
        Map<String, byte[]> large = new HashMap<>();
        keys(20).forEach(key -> large.put(key, new byte[300_000]));
        CountDownLatch told = new CountDownLatch(1);
        Cache<String, byte[]> plain = proxied.cache("plain", String.class, byte[].class, settings -> settings);
        Cache<String, byte[]> written = proxied.cache(
                "written",
                String.class,
                byte[].class,
                settings -> settings.writeThrough(() -> new MapWriter<>(new ConcurrentHashMap<>(), () -> {
                    proxy.fromServer().hold();
                    told.countDown();
                })));
        plain.containsKey("connected");
        written.containsKey("connected");
        // No reply arrives until the test says so.
        proxy.fromServer().hold();
        long before = stored();
        Crew.Member<Void> put = Crew.run(() -> plain.putAll(large));
        hasAMegabyteOnTheWay(put, before);
        before = stored();
        Crew.Member<Void> write = Crew.run(() -> written.putAll(large));
        Crew.await(told);
        // Each lease stores its key, too.
        hasAMegabyteOnTheWay(write, before + large.size());
        assertEquals(large.keySet(), plain.getAll(large.keySet()).keySet());
        assertEquals(large.keySet(), written.getAll(large.keySet()).keySet());
    }

    private void hasAMegabyteOnTheWay(Crew.Member<Void> call, long before) throws Exception {
        Crew.until(() -> stored() - before >= 3);
        call.untilItWaits();
        for (int i = 0; i < 20; i++) {
            assertTrue(stored() - before <= 4, () -> stored() - before + " values are on the way");
        }
        proxy.fromServer().forward();
        call.result();
    }

    /** Returns how many values the scripts of the server have stored. */
    private long stored() {
        return CommandCounts.of(redis).of("set");
    }

    @Test
    void aLeaseIsReleasedEvenIfTheConnectionIsFull() throws Exception {
        Cache<String, String> here = cache(proxied, UnaryOperator.identity());
        Cache<String, String> there = cache(other, UnaryOperator.identity());
        there.put("key", "value");
        CountDownLatch runs = new CountDownLatch(1);
        CountDownLatch mayEnd = new CountDownLatch(1);
        // 1. A processor has the key. 2. All room on the connection is taken, and nothing is answered.
        Crew.Member<Void> holder = Crew.run(() -> here.invoke("key", (entry, arguments) -> {
            runs.countDown();
            Crew.await(mayEnd);
            return null;
        }));
        Crew.await(runs);
        proxy.fromServer().hold();
        List<Crew.Member<Void>> others = new ArrayList<>();
        for (int i = 0; i < COMMANDS_MAX / 100; i++) {
            int me = i;
            others.add(Crew.run(() -> here.putAll(valuesOf(
                    IntStream.range(0, 100).mapToObj(each -> me + " " + each).collect(Collectors.toSet())))));
        }
        for (int i = 0; i < COMMANDS_MAX % 100; i++) {
            String absent = "absent " + i;
            others.add(Crew.run(() -> assertNull(here.get(absent))));
        }
        others.forEach(Crew.Member::untilItWaits);
        // 3. The processor ends and gives the key back.
        mayEnd.countDown();
        holder.result();
        // 4. Another node gets it at once, not when the lease runs out.
        assertEquals("value", reader(there).result());
        proxy.fromServer().forward();
        for (Crew.Member<Void> each : others) {
            each.result();
        }
    }

    @Test
    void aLeaseWhoseReplyIsLostIsReleasedOnTheNextConnection() throws Exception {
        Cache<String, String> here = cache(
                proxied,
                settings ->
                        settings.commandTimeout(HICCUP_TIMEOUT).with(TieredSetting.LOAD_LEASE, Duration.ofSeconds(3)));
        Cache<String, String> there = cache(other, UnaryOperator.identity());
        there.put("key", "value");
        here.containsKey("connected");
        // 1. Redis gives the lease, and the answer stays on the way. 2. The connection ends, and there is no next one
        // yet.
        proxy.fromServer().hold();
        Crew.Member<String> holder = Crew.start(() -> here.invoke("key", (entry, arguments) -> entry.getValue()));
        String redisKey = EntryKeys.redisKey(redis, NAME, "key");
        Crew.until(() -> "W".equals(redis.command("GETRANGE", redisKey, "2", "2")));
        proxy.refuse();
        proxy.reset();
        assertThrows(CacheException.class, holder::result);
        // 3. There is one. 4. Another node gets the key long before the lease runs out.
        proxy.fromServer().forward();
        proxy.accept();
        assertEquals("value", reader(there).result());
    }

    @Test
    void closingACacheReleasesTheLeasesOfItsRunningCalls() throws Exception {
        CountDownLatch loading = new CountDownLatch(1);
        CountDownLatch mayEnd = new CountDownLatch(1);
        RecordingLoader slow = new RecordingLoader(key -> {
            loading.countDown();
            Crew.await(mayEnd);
            return "slow";
        });
        Cache<String, String> here = cache(node, settings -> settings.readThrough(() -> slow));
        Cache<String, String> there =
                cache(other, settings -> settings.readThrough(() -> new RecordingLoader(key -> "quick")));
        CountDownLatch runs = new CountDownLatch(1);
        Crew.Member<String> load = Crew.start(() -> here.get("loaded"));
        Crew.Member<Void> processor = Crew.run(() -> here.invoke("processed", (entry, arguments) -> {
            runs.countDown();
            Crew.await(mayEnd);
            return null;
        }));
        Crew.await(loading);
        Crew.await(runs);
        // A wait for the lease to run out would exceed the test.
        node.close();
        assertEquals("quick", there.get("loaded"));
        there.invoke("processed", (entry, arguments) -> {
            entry.setValue("there");
            return null;
        });
        mayEnd.countDown();
        assertEquals("slow", load.result());
        try {
            processor.result();
        } catch (CacheException | IllegalStateException e) {
            // Its cache is closed.
        }
        assertEquals("there", there.get("processed"));
    }

    @Test
    void recoveryWaitsForNoLoadAndForNoListener() throws Exception {
        CountDownLatch mayEnd = new CountDownLatch(1);
        int workers = Math.max(4, Runtime.getRuntime().availableProcessors());
        CountDownLatch loading = new CountDownLatch(workers);
        Cache<String, String> here = cache(
                proxied,
                settings -> settings.outagePolicy(OutagePolicy.LOCAL)
                        .commandTimeout(HICCUP_TIMEOUT)
                        .readThrough(() -> new RecordingLoader(key -> {
                            loading.countDown();
                            Crew.await(mayEnd);
                            return "loaded";
                        })));
        Cache<String, String> there = cache(other, UnaryOperator.identity());
        here.put("key", "old");
        TierStatistics statistics = here.unwrap(TierStatistics.class);
        List<CompletionListenerFuture> loads = new ArrayList<>();
        // 1. All threads for users' code are taken.
        for (int i = 0; i < workers; i++) {
            CompletionListenerFuture done = new CompletionListenerFuture();
            here.loadAll(Set.of("load " + i), false, done);
            loads.add(done);
        }
        Crew.await(loading);
        // 2. A put is made without Redis. 3. Redis is back, and another node puts.
        proxy.fromServer().hold();
        here.put("key", "own");
        Crew.until(statistics::isRemoteUnavailable);
        proxy.fromServer().forward();
        Crew.until(() -> statistics.journaledKeys() == 0 && !statistics.isRemoteUnavailable());
        there.put("key", "new");
        Crew.until(() -> "new".equals(here.get("key")));
        mayEnd.countDown();
        for (CompletionListenerFuture each : loads) {
            each.get(2, TimeUnit.MINUTES);
        }
    }

    @Test
    void aCopyReadAtTheMomentOfAnOutageIsKeptForIt() {
        Duration bound = Duration.ofSeconds(1);
        Cache<String, String> here = cache(
                proxied,
                settings -> settings.outagePolicy(OutagePolicy.LOCAL)
                        .commandTimeout(HICCUP_TIMEOUT)
                        .stalenessBound(bound)
                        .expiry(CreatedExpiryPolicy.factoryOf(javax.cache.expiry.Duration.ONE_HOUR)));
        here.put("key", "value");
        assertEquals("value", here.get("key"));
        TierStatistics statistics = here.unwrap(TierStatistics.class);
        // 1. Redis falls silent. 2. The copy is older than the bound, and the read from Redis fails.
        proxy.fromServer().hold();
        Crew.until(() -> statistics.coherenceProofAgeMillis() > bound.toMillis());
        String first = here.get("key");
        // 3. From then on memory answers.
        Crew.until(statistics::isRemoteUnavailable);
        assertEquals("value", here.get("key"), () -> "the first look found " + first);
        assertEquals("value", here.get("key"));
        proxy.fromServer().forward();
    }

    /** Reads the key exclusively; less patient than a lease lasts. */
    private static Crew.Member<String> reader(Cache<String, String> cache) {
        return Crew.start(() -> cache.invoke("key", (entry, arguments) -> entry.getValue()));
    }

    private long sent() {
        return redis.info("stats", "total_net_output_bytes");
    }

    private static Set<String> keys(int count) {
        return IntStream.range(0, count).mapToObj(each -> "key " + each).collect(Collectors.toSet());
    }

    private static Map<String, String> valuesOf(Set<String> keys) {
        return keys.stream().collect(Collectors.toMap(key -> key, key -> "value of " + key));
    }

    private static Cache<String, String> cache(
            Node where, UnaryOperator<TieredConfiguration.Builder<String, String>> settings) {
        return where.cache(
                NAME, String.class, String.class, builder -> settings.apply(builder.nearMaximumSize(100_000)));
    }

    /**
     * A map as the source.
     *
     * @param written runs when a call has written all
     */
    private record MapWriter<V>(Map<String, V> source, Runnable written) implements CacheWriter<String, V> {
        @Override
        public void write(Cache.Entry<? extends String, ? extends V> entry) {
            source.put(entry.getKey(), entry.getValue());
            written.run();
        }

        @Override
        public void writeAll(Collection<Cache.Entry<? extends String, ? extends V>> entries) {
            entries.forEach(each -> source.put(each.getKey(), each.getValue()));
            entries.clear();
            written.run();
        }

        @Override
        public void delete(Object key) {
            source.remove(key);
            written.run();
        }

        @Override
        public void deleteAll(Collection<?> keys) {
            source.keySet().removeAll(keys);
            keys.clear();
            written.run();
        }
    }
}
