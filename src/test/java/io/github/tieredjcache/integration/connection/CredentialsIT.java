package io.github.tieredjcache.integration.connection;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.Crew;
import io.github.tieredjcache.OutagePolicy;
import io.github.tieredjcache.TieredConfiguration;
import io.github.tieredjcache.TieredSetting;
import io.github.tieredjcache.faults.Covers;
import io.github.tieredjcache.faults.FaultRow;
import io.github.tieredjcache.integration.LogLines;
import io.github.tieredjcache.integration.Node;
import io.github.tieredjcache.testkit.RedisServer;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.output.NestedMultiOutput;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import javax.cache.Cache;
import javax.cache.CacheException;
import javax.cache.configuration.Factory;
import javax.management.JMException;
import javax.management.MBeanAttributeInfo;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Passwords that change, that are odd, and that nobody sees. */
class CredentialsIT {
    private static final String OLD = "s3cret-old";
    private static final String NEW = "s3cret-new";

    private final RedisServer redis = RedisServer.startLocal("--requirepass", OLD);
    private final RedisClient client = RedisClient.create(redis.uri());
    /** On a connection that stays open with any password. */
    private final RedisCommands<String, String> administrator = client.connect().sync();

    @BeforeEach
    void makesAUser() {
        administer("ACL", "SETUSER", "app", "on", ">" + OLD, "~*", "&*", "+@all");
    }

    @AfterEach
    void closes() {
        client.shutdown(Duration.ZERO, Duration.ofSeconds(2));
        redis.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"app", ""})
    @Covers(FaultRow.F38)
    void anInvalidPasswordIsAnOutageUntilItIsValidAgain(String user) {
        try (LogLines log = new LogLines();
                Node node = new Node("redis://" + user + ":" + OLD + "@127.0.0.1:" + redis.port())) {
            Cache<String, String> failing = node.strings("failing");
            Cache<String, String> local = node.cache(
                    "local", String.class, String.class, settings -> settings.outagePolicy(OutagePolicy.LOCAL));
            failing.put("key", "value");
            change(user, NEW);
            cut();
            Crew.until(() -> failure(failing).contains("WRONGPASS"));
            assertTrue(failure(failing).contains("has been unavailable for"), () -> failure(failing));
            assertFalse(failure(failing).contains("s3cret"), () -> failure(failing));
            local.put("key", "value");
            assertEquals("value", local.get("key"));
            assertEquals(1, log.lines().size(), () -> log.lines().toString());
            change(user, OLD);
            Crew.until(() -> failure(failing).isEmpty());
            assertEquals("value", failing.get("key"));
            Crew.until(() -> log.lines().size() >= 2);
            assertTrue(
                    log.lines().get(0).startsWith("WARNING"), () -> log.lines().toString());
            assertFalse(
                    log.lines().toString().contains("s3cret"), () -> log.lines().toString());
            assertTrue(
                    log.lines().get(1).contains("is back after"),
                    () -> log.lines().toString());
        }
    }

    @Test
    void theStartOfACacheIsLoggedWithoutThePassword() {
        try (LogLines log = LogLines.ofStarts();
                Node node = new Node("redis://app:" + OLD + "@127.0.0.1:" + redis.port())) {
            Cache<String, String> cache = node.cache(
                    "started", String.class, String.class, settings -> settings.with(TieredSetting.NODE_NAME, "web-1"));
            assertEquals(
                    List.of(
                            "INFO cache 'started' has started: near.maximum-size 10000; Redis at 127.0.0.1:"
                                    + redis.port()
                                    + " (tracking on, redis.uri from the configuration); node web-1 (…); expiry eternal; no loader"),
                    log.lines().stream()
                            .map(line -> line.replaceFirst("\\(\\p{XDigit}{16}\\)", "(…)"))
                            .toList());
            assertFalse(cache.toString().contains("s3cret"), cache::toString);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"app@", ""})
    void theFactoryIsCalledForThePasswordOfEachConnection(String user) {
        AtomicReference<String> password = new AtomicReference<>(OLD);
        try (LogLines log = new LogLines();
                Node node = new Node("redis://" + user + "127.0.0.1:" + redis.port())) {
            Cache<String, String> cache =
                    node.cache("cache", String.class, String.class, settings -> settings.redisPassword(password::get));
            cache.put("key", "value");
            assertTrue(cache.iterator().hasNext());
            change(user.replace("@", ""), NEW);
            password.set(NEW);
            cut();
            Crew.until(() -> failure(cache).isEmpty());
            assertEquals("value", cache.get("key"));
            assertTrue(cache.iterator().hasNext());
            assertFalse(
                    log.lines().toString().contains("WRONGPASS"),
                    () -> log.lines().toString());
        }
    }

    @Test
    void aFactoryThatReturnsNoPasswordIsAnOutage() {
        CountDownLatch told = new CountDownLatch(1);
        AtomicReference<Factory<String>> source = new AtomicReference<>(() -> {
            throw new IllegalStateException(OLD);
        });
        try (LogLines log = new LogLines();
                Node node = new Node("redis://app@127.0.0.1:" + redis.port())) {
            Cache<String, String> cache = node.cache(
                    "cache",
                    String.class,
                    String.class,
                    settings -> settings.with(TieredSetting.REDIS_CONNECT_TIMEOUT, Duration.ofSeconds(1))
                            .redisPassword(() -> source.get().create()));
            assertTrue(
                    failure(cache).contains("the factory of redisPassword threw java.lang.IllegalStateException"),
                    () -> failure(cache));
            source.set(() -> null);
            Crew.until(() -> failure(cache).contains("redisPassword returned null"));
            source.set(() -> {
                Crew.await(told);
                return OLD;
            });
            Crew.until(() -> failure(cache).contains("did not answer within"));
            told.countDown();
            Crew.until(() -> failure(cache).isEmpty());
            assertFalse(
                    log.lines().toString().contains("s3cret"), () -> log.lines().toString());
        } finally {
            told.countDown();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "s3cret:with:colons",
                "s3cret@at@signs",
                "s3cret/slash?question#hash",
                "s3cret%25percent%zz",
                "s3cret+plus&and;semicolon=equals",
                "s3cret with blanks",
                "s3cret'quotes\"and\\backslash",
                "s3cret[brackets]{braces}|bar^caret`tick",
                "s3cret-\u00e4\u20ac\ud83d\ude00"
            })
    @Covers(FaultRow.F103)
    void aPasswordOfSpecialCharactersIsUsedAndNeverShown(String password) throws JMException {
        change("app", password);
        List<String> seen = new ArrayList<>();
        try (LogLines log = new LogLines()) {
            for (String each : List.of(encoded(password), encoded(password + "!"), password, password + "@")) {
                String uri = "redis://app:" + each + "@127.0.0.1:" + redis.port();
                try (Node node = new Node(redis)) {
                    Cache<String, String> cache = node.cache(
                            "odd",
                            String.class,
                            String.class,
                            settings -> settings.redisUri(uri).management(true).statistics(true));
                    String failure = failure(cache);
                    if (each.startsWith("%")) {
                        assertEquals(each.equals(encoded(password)), failure.isEmpty(), failure);
                    }
                    seen.add(failure);
                    seen.add(cache.toString());
                    seen.add(inForce(cache).toString());
                    seen.add(cache.getCacheManager().toString());
                    beans(seen);
                } catch (IllegalArgumentException e) {
                    // One that is not encoded makes no URI as a rule.
                    seen.add(withCauses(e));
                }
            }
            seen.addAll(log.lines());
        }
        seen.forEach(each -> assertFalse(each.contains("s3cret"), each));
    }

    @SuppressWarnings("unchecked")
    private static TieredConfiguration<String, String> inForce(Cache<String, String> cache) {
        return cache.getConfiguration(TieredConfiguration.class);
    }

    private static void beans(List<String> seen) throws JMException {
        MBeanServer server = ManagementFactory.getPlatformMBeanServer();
        for (ObjectName name : server.queryNames(new ObjectName("*:*,Cache=odd"), null)) {
            for (MBeanAttributeInfo each : server.getMBeanInfo(name).getAttributes()) {
                seen.add(name + " " + server.getAttribute(name, each.getName()));
            }
        }
        assertFalse(seen.isEmpty());
    }

    private static String encoded(String password) {
        StringBuilder text = new StringBuilder();
        for (byte each : password.getBytes(UTF_8)) {
            text.append('%').append(String.format("%02X", each));
        }
        return text.toString();
    }

    /** Returns why a read fails, nothing if it does not. */
    private static String failure(Cache<String, String> cache) {
        try {
            cache.containsKey("another");
            return "";
        } catch (CacheException e) {
            return withCauses(e);
        }
    }

    private static String withCauses(Exception failure) {
        StringWriter text = new StringWriter();
        failure.printStackTrace(new PrintWriter(text));
        return text.toString();
    }

    private void change(String user, String password) {
        if (user.isEmpty()) {
            administer("CONFIG", "SET", "requirepass", password);
        } else {
            administer("ACL", "SETUSER", user, "resetpass", ">" + password);
        }
    }

    private void cut() {
        administer("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes");
    }

    private void administer(String name, String... words) {
        CommandArgs<String, String> arguments = new CommandArgs<>(StringCodec.UTF8);
        for (String each : words) {
            arguments.add(each);
        }
        var unused =
                administrator.dispatch(CommandType.valueOf(name), new NestedMultiOutput<>(StringCodec.UTF8), arguments);
    }
}
