package io.github.tieredjcache.integration.connection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.Crew;
import io.github.tieredjcache.Pages;
import io.github.tieredjcache.faults.Covers;
import io.github.tieredjcache.faults.FaultRow;
import io.github.tieredjcache.integration.LogLines;
import io.github.tieredjcache.integration.Node;
import io.github.tieredjcache.integration.Rows;
import io.github.tieredjcache.testkit.RedisServer;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import javax.cache.Cache;
import javax.cache.CacheException;
import javax.cache.expiry.Duration;
import javax.cache.expiry.TouchedExpiryPolicy;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a cache's user must be allowed to do in Redis, as the page about Redis says it. */
class RightsIT {
    private static final String COMMAND = "ACL SETUSER app on >password ";
    private static final Set<String> CAN_BE_DONE_WITHOUT =
            Set.of("script|load", "client|tracking", "client|info", "client|kill", "info", "dbsize");

    private final RedisServer redis = RedisServer.startLocal();
    private List<String> rights;

    @BeforeEach
    void readsThePage() {
        String line = Pages.read("redis")
                .lines()
                .filter(each -> each.startsWith(COMMAND))
                .findFirst()
                .orElseThrow();
        rights = List.of(line.substring(COMMAND.length()).split(" "));
        allow(rights);
    }

    @AfterEach
    void closes() {
        redis.close();
    }

    @Test
    void thePermissionsOnThePageAreSufficient() {
        try (LogLines log = new LogLines();
                Node node = node()) {
            Rows rows = new Rows();
            use(node.strings("plain"));
            use(rows.cache(node));
            use(node.cache(
                    "touched",
                    String.class,
                    String.class,
                    settings -> settings.expiry(TouchedExpiryPolicy.factoryOf(Duration.ONE_HOUR))
                            .readThrough(() -> rows)
                            .staleFor(java.time.Duration.ofMinutes(1))
                            .refreshAhead(100)
                            .warmKeys(10)));
            assertEquals(List.of(), log.lines());
        }
        // Nothing was even tried.
        assertEquals(List.of(), redis.list("ACL", "LOG"));
    }

    @Test
    @Covers(FaultRow.F39)
    void missingPermissionsAreReportedWhenTheCacheIsCreated() {
        for (String right : rights) {
            String command = right.substring(1);
            if (right.startsWith("~") || CAN_BE_DONE_WITHOUT.contains(command)) {
                continue;
            }
            administer("ACL", "SETUSER", "app", "-" + command);
            try (Node node = node()) {
                CacheException refusal = assertThrows(CacheException.class, () -> node.strings("cache"), command);
                String message = String.valueOf(refusal.getMessage());
                assertTrue(message.contains(" run " + command.toUpperCase(Locale.ROOT) + ","), message);
                assertTrue(message.endsWith("ACL SETUSER <user> +" + command), message);
                assertFalse(message.contains("probe") || message.contains("password"), message);
            }
            administer("ACL", "SETUSER", "app", "+" + command);
        }
    }

    @Test
    void aMissingPermissionForANamespaceIsReportedWithItsName() {
        try (Node node = node()) {
            CacheException refusal = assertThrows(
                    CacheException.class,
                    () -> node.cache("cache", String.class, String.class, settings -> settings.namespace("shop")));
            assertTrue(
                    String.valueOf(refusal.getMessage())
                            .contains("does not let this user use keys of the namespace 'shop', which caches need"),
                    refusal::toString);
            assertTrue(String.valueOf(refusal.getMessage()).endsWith("ACL SETUSER <user> ~shop:*"), refusal::toString);
            // It is a matter of that cache, and nothing of it is left.
            use(node.strings("cache"));
        }
    }

    @Test
    void someMissingPermissionsAreTolerated() {
        allow(rights.stream()
                .filter(each -> !CAN_BE_DONE_WITHOUT.contains(each.substring(1)))
                .toList());
        try (LogLines log = new LogLines();
                Node node = node()) {
            use(node.strings("cache"));
            assertEquals(2, log.lines().size(), () -> log.lines().toString());
            for (String refused : List.of("refuses CLIENT TRACKING", "refuses CLIENT INFO or CLIENT KILL")) {
                assertTrue(
                        log.lines().stream().anyMatch(line -> line.contains(refused)),
                        () -> log.lines().toString());
            }
        }
    }

    private static void use(Cache<String, String> cache) {
        cache.put("a", "1");
        Crew.until(() -> "1".equals(cache.get("a")));
        cache.putAll(Map.of("b", "2", "c", "3"));
        assertEquals(3, cache.getAll(Set.of("a", "b", "c", "none")).size());
        cache.putIfAbsent("d", "4");
        cache.getAndPut("d", "5");
        cache.replace("d", "6");
        cache.replace("d", "6", "7");
        cache.getAndReplace("d", "8");
        cache.containsKey("d");
        cache.invoke("d", (entry, arguments) -> {
            entry.setValue(entry.getValue() + "!");
            return null;
        });
        cache.invokeAll(Set.of("d", "e"), (entry, arguments) -> entry.exists());
        assertEquals("8!", cache.get("d"));
        assertTrue(cache.iterator().hasNext());
        cache.getAndRemove("a");
        cache.remove("b", "2");
        cache.remove("c");
        cache.removeAll(Set.of("d"));
        cache.put("f", "9");
        cache.removeAll();
        cache.clear();
        cache.put("g", "10");
        String name = cache.getName();
        cache.getCacheManager().destroyCache(name);
    }

    private Node node() {
        return new Node("redis://app:password@127.0.0.1:" + redis.port());
    }

    /** Lets the user do this and no more; Redis 6.2 cannot take a part of a command away. */
    private void allow(List<String> permissions) {
        administer(Stream.concat(Stream.of("ACL", "SETUSER", "app", "reset", "on", ">password"), permissions.stream())
                .toArray(String[]::new));
    }

    private void administer(String... words) {
        assertEquals("OK", redis.command(words));
    }
}
