package io.github.tieredjcache.integration.connection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.Crew;
import io.github.tieredjcache.TieredConfiguration;
import io.github.tieredjcache.TieredSetting;
import io.github.tieredjcache.integration.LogLines;
import io.github.tieredjcache.integration.Node;
import io.github.tieredjcache.management.TieredCacheMXBean;
import io.github.tieredjcache.testkit.RedisServer;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.cache.Cache;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Redis and the log know a node by its name. */
class NodeNameIT {
    private static final RedisServer REDIS = RedisServer.startLocal();
    private static final Pattern CONNECTION = Pattern.compile("(?m)^.* name=(\\S+) .*$");
    private static final Pattern NODE = Pattern.compile("; node web-1 \\((\\p{XDigit}{16})\\); ");

    @BeforeEach
    void empties() {
        REDIS.command("FLUSHALL");
    }

    @AfterAll
    static void stops() {
        REDIS.close();
    }

    private static Cache<String, String> cache(
            Node node, String name, UnaryOperator<TieredConfiguration.Builder<String, String>> settings) {
        return node.cache(name, String.class, String.class, settings);
    }

    private static UnaryOperator<TieredConfiguration.Builder<String, String>> named(String name) {
        return settings -> settings.with(TieredSetting.NODE_NAME, name);
    }

    /** Returns the names of the open connections to Redis. */
    private static List<String> connections() {
        return CONNECTION
                .matcher(REDIS.command("CLIENT", "LIST"))
                .results()
                .map(found -> found.group(1))
                .sorted()
                .toList();
    }

    /** Waits until these are all; connections of an earlier test may be about to close. */
    private static void awaitConnections(String... names) {
        Crew.until(() -> connections().equals(List.of(names)));
    }

    @Test
    void connectionsHaveHostAndProcessAsTheirName() {
        try (Node node = new Node(REDIS)) {
            Cache<String, String> cache = node.strings("cache");
            String name = cache.unwrap(TieredCacheMXBean.class).getNodeName();
            assertTrue(name.endsWith("-" + ProcessHandle.current().pid()), name);
            awaitConnections(name);
        }
    }

    @Test
    void theNameCostsNoCommand() {
        REDIS.command("CONFIG", "RESETSTAT");
        try (Node node = new Node(REDIS)) {
            cache(node, "cache", named("web-1")).put("key", "value");
            awaitConnections("web-1");
        }
        assertFalse(REDIS.command("INFO", "commandstats").contains("setname"));
    }

    @Test
    void cachesOfOneNameShareAConnectionAndOthersDoNot() {
        try (Node node = new Node(REDIS)) {
            cache(node, "one", named("web-1"));
            cache(node, "other", named("web-1"));
            awaitConnections("web-1");
            cache(node, "third", named("web-2"));
            awaitConnections("web-1", "web-2");
        }
    }

    @Test
    void connectionsWhosePasswordIsOfAFactoryHaveTheName() {
        try (RedisServer protectedRedis = RedisServer.startLocal("--requirepass", "s3cret");
                Node node = new Node("redis://127.0.0.1:" + protectedRedis.port())) {
            cache(node, "cache", settings -> named("web-1").apply(settings.redisPassword(() -> "s3cret")));
            assertTrue(protectedRedis.command("CLIENT", "LIST").contains(" name=web-1 "));
        }
    }

    @Test
    void aClientNameInTheUriGoesBeforeTheNameOfTheNode() {
        try (Node node = new Node(REDIS.uri() + "?clientName=of-the-uri")) {
            cache(node, "cache", named("web-1"));
            awaitConnections("of-the-uri");
        }
    }

    @Test
    void theLogOfAStartHasTheNumberThatEntriesNameAsTheirLastWriter() {
        try (LogLines log = LogLines.ofStarts();
                Node node = new Node(REDIS);
                Node other = new Node(REDIS)) {
            cache(node, "cache", named("web-1")).put("key", "value");
            Matcher number = NODE.matcher(log.lines().get(0));
            assertTrue(number.find(), () -> log.lines().toString());
            TieredCacheMXBean elsewhere = cache(other, "cache", named("web-2")).unwrap(TieredCacheMXBean.class);
            assertEquals(number.group(1), elsewhere.explain("key").getLastWriter());
        }
    }
}
