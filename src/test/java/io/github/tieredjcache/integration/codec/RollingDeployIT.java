package io.github.tieredjcache.integration.codec;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.testkit.CommandCounts;
import io.github.tieredjcache.testkit.RedisServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import javax.cache.Cache;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two nodes of a rolling deploy, each with its version of a class in its own class loader, share one Redis: to each
 * operation of the one, a value of the other is not there. What they make of each other's values is written to
 * {@code target/codec-rolling-deploy.txt}.
 */
class RollingDeployIT {
    private static final Path TABLE = Path.of("target", "codec-rolling-deploy.txt");
    private static final String OLD =
            "public class Order { public int a; public Order(int a) { this.a = a; } public String toString() { return \"old \" + a; } }";
    private static final String RECENT =
            "public class Order { public int a; public long b; public Order(int a) { this.a = a; }"
                    + " public String toString() { return \"recent \" + a; } }";
    private static final int ROUNDS = 10;
    private static final long IDLE_NANOS = 500_000_000;
    private static final long PATIENCE_NANOS = 300_000_000_000L;

    @TempDir
    private Path folder;

    private final RedisServer redis = RedisServer.start();
    private final String name = "rolling-deploy-" + System.nanoTime();
    private DeployedNode old;
    private DeployedNode recent;

    @BeforeEach
    void deploysBoth() throws Exception {
        old = new DeployedNode(folder.resolve("old"), OLD, redis.uri());
        recent = new DeployedNode(folder.resolve("recent"), RECENT, redis.uri());
    }

    @AfterEach
    void closesBoth() throws Exception {
        old.close();
        recent.close();
        redis.close();
    }

    /**
     * What an operation of one version answers where the other has stored a value.
     *
     * @param call on a cache, with a value of its own version
     * @param absent what it answers where nothing is stored
     */
    private record Operation(Function<Target, Object> call, Object absent) {}

    private record Target(Cache<String, Object> cache, String key, Object own) {}

    private static Map<String, Operation> operations() {
        Map<String, Operation> operations = new LinkedHashMap<>();
        operations.put("get", of(target -> target.cache.get(target.key), null));
        operations.put("getAll", of(target -> target.cache.getAll(Set.of(target.key)), Map.of()));
        operations.put("iterator", of(target -> target.cache.iterator().hasNext(), false));
        operations.put("putIfAbsent", of(target -> target.cache.putIfAbsent(target.key, target.own), true));
        operations.put("getAndPut", of(target -> target.cache.getAndPut(target.key, target.own), null));
        operations.put("replace(old)", of(target -> target.cache.replace(target.key, target.own, target.own), false));
        operations.put("getAndReplace", of(target -> target.cache.getAndReplace(target.key, target.own), null));
        operations.put("remove(old)", of(target -> target.cache.remove(target.key, target.own), false));
        operations.put("getAndRemove", of(target -> target.cache.getAndRemove(target.key), null));
        operations.put(
                "invoke", of(target -> target.cache.invoke(target.key, (entry, arguments) -> entry.exists()), false));
        operations.put(
                "invoke, sets",
                of(
                        target -> target.cache.invoke(target.key, (entry, arguments) -> {
                            boolean existed = entry.exists();
                            entry.setValue(target.own);
                            return existed;
                        }),
                        false));
        return operations;
    }

    private static Operation of(Function<Target, Object> call, Object absent) {
        return new Operation(call, absent);
    }

    @Test
    void aValueOfTheOtherVersionIsAbsentToEachOperation() throws Exception {
        Cache<String, Object> olds = old.cache(name);
        Cache<String, Object> recents = recent.cache(name);
        List<String> lines = new ArrayList<>();
        lines.add("%-14s | %-6s | %-6s | %-6s | %s | %s"
                .formatted("operation", "stored", "caller", "answer", "undecodable", "caller sees afterwards"));
        for (Map.Entry<String, Operation> each : operations().entrySet()) {
            lines.add(meets(each.getKey(), each.getValue(), old, olds, recent, recents));
            lines.add(meets(each.getKey(), each.getValue(), recent, recents, old, olds));
        }
        Files.write(TABLE, lines, UTF_8);
        System.out.println(lines.size() - 1 + " meetings of two versions; see " + TABLE);
    }

    private String meets(
            String operation,
            Operation tried,
            DeployedNode storing,
            Cache<String, Object> stored,
            DeployedNode calling,
            Cache<String, Object> called) {
        // A key of its own, so that nothing of an earlier meeting is still near.
        String key = operation + " of " + version(calling);
        stored.put(key, storing.order(1));
        assertEquals(storing.order(1).toString(), String.valueOf(stored.get(key)));
        long before = DeployedNode.undecodable(called);
        Object answer = tried.call.apply(new Target(called, key, calling.order(2)));
        assertEquals(tried.absent, answer, operation);
        long counted = DeployedNode.undecodable(called) - before;
        assertEquals(1, counted, operation + " counts it");
        Object own = called.get(key);
        assertTrue(own == null || own.toString().equals(calling.order(2).toString()), operation + " left " + own);
        stored.remove(key);
        return "%-14s | %-6s | %-6s | %-6s | %d | %s"
                .formatted(operation, version(storing), version(calling), answer, counted, own);
    }

    private String version(DeployedNode node) {
        return node == old ? "old" : "recent";
    }

    /** Redis alone decides these, as it does between nodes of one version; nothing of the other version is answered. */
    @Test
    void operationsThatNeedNoValueFindTheEntryOfTheOtherVersion() {
        Cache<String, Object> olds = old.cache(name);
        Cache<String, Object> recents = recent.cache(name);
        olds.put("seen", old.order(1));
        assertTrue(recents.containsKey("seen"));
        olds.put("replaced", old.order(1));
        assertTrue(recents.replace("replaced", recent.order(2)));
        assertEquals("recent 2", recents.get("replaced").toString());
        awaitMiss(olds, "replaced");
        olds.put("removed", old.order(1));
        assertTrue(recents.remove("removed"));
        awaitMiss(olds, "removed");
        olds.put("put", old.order(1));
        recents.put("put", recent.order(2));
        assertEquals("recent 2", recents.get("put").toString());
        awaitMiss(olds, "put");
    }

    /** A node learns of what the other did within the staleness bound. */
    private static void awaitMiss(Cache<String, Object> cache, String key) {
        long began = System.nanoTime();
        while (cache.get(key) != null) {
            assertTrue(System.nanoTime() - began < PATIENCE_NANOS, "still there: " + key);
            LockSupport.parkNanos(1_000_000);
        }
    }

    /**
     * A node voids an entry of the other version when it reads it, and only then: reads by turns are loads by turns, and
     * when nobody reads, nobody voids.
     */
    @Test
    void alternatingReadsOfTwoVersionsLoadOnceEachAndIdleNodesSendNothing() throws Exception {
        Cache<String, Object> olds = old.loadingCache(name);
        Cache<String, Object> recents = recent.loadingCache(name);
        CommandCounts turns = CommandCounts.during(redis, () -> {
            for (int i = 0; i < ROUNDS; i++) {
                assertEquals("old 7", olds.get("7").toString());
                assertSame(old.order(7).getClass(), olds.get("7").getClass());
                assertEquals("recent 7", recents.get("7").toString());
            }
        });
        assertTrue(old.loads() <= ROUNDS, old.loads() + " loads of the old version");
        assertTrue(recent.loads() <= ROUNDS, recent.loads() + " loads of the recent version");
        CommandCounts idle = CommandCounts.during(redis, () -> {
            long began = System.nanoTime();
            while (System.nanoTime() - began < IDLE_NANOS) {
                LockSupport.parkNanos(IDLE_NANOS);
            }
        });
        System.out.println(
                ROUNDS + " turns: " + (old.loads() + recent.loads()) + " loads, " + turns + "; idle: " + idle);
        assertEquals(0, idle.of("evalsha") + idle.of("set") + idle.of("del") + idle.of("unlink"), idle.toString());
        int loads = recent.loads();
        for (int i = 0; i < ROUNDS; i++) {
            assertEquals("recent 7", recents.get("7").toString());
        }
        assertEquals(loads, recent.loads(), "once the old version is gone, an entry stays");
    }

    @Test
    void bothVersionsReadOnlyTheirOwnValuesUnderLoad() throws Exception {
        Cache<String, Object> olds = old.loadingCache(name);
        Cache<String, Object> recents = recent.loadingCache(name);
        ExecutorService executor = Executors.newFixedThreadPool(4);
        List<Future<?>> readers = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            boolean isOld = i % 2 == 0;
            readers.add(executor.submit(() -> {
                for (int n = 0; n < 200; n++) {
                    String key = Integer.toString(n % 3);
                    Object read = (isOld ? olds : recents).get(key);
                    assertEquals((isOld ? "old " : "recent ") + key, String.valueOf(read));
                }
                return null;
            }));
        }
        for (Future<?> reader : readers) {
            reader.get();
        }
        executor.shutdown();
        System.out.println("800 reads of 3 keys by 2 threads of each version: " + old.loads() + " and " + recent.loads()
                + " loads");
    }
}
