package io.github.tieredjcache.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class CommandCountsTest {

    private static RedisServer redis;

    @BeforeAll
    static void start() {
        redis = RedisServer.startLocal();
    }

    @AfterAll
    static void close() {
        redis.close();
    }

    @Test
    void onlyTheCommandsOfTheActionAreCounted() {
        redis.command("SET", "before", "1");

        CommandCounts counts = CommandCounts.during(redis, () -> {
            redis.command("SET", "key", "1");
            redis.command("GET", "key");
            redis.command("GET", "key");
            redis.list("CONFIG", "GET", "maxmemory");
        });

        assertEquals(Map.of("set", 1L, "get", 2L, "config|get", 1L), counts.asMap());
        assertEquals(2, counts.of("GET"));
        assertEquals(0, counts.of("del"));
        assertEquals(4, counts.total());
        assertEquals("{get=2, set=1}", counts.without("CONFIG|GET").toString());
    }

    @Test
    void anActionWithoutCommandsCountsNothing() {
        assertEquals(Map.of(), CommandCounts.during(redis, () -> {}).asMap());
    }

    @Test
    void anInfoOfTheActionIsCountedAndThatOfTheKitIsNot() {
        CommandCounts counts = CommandCounts.during(redis, () -> redis.command("INFO", "server"));

        assertEquals(Map.of("info", 1L), counts.asMap());
    }

    @Test
    void theCommandsOfAScriptAreCountedBesideTheScript() {
        CommandCounts counts = CommandCounts.during(
                redis, () -> redis.command("EVAL", "return redis.call('GET', KEYS[1])", "1", "key"));

        assertEquals(Map.of("eval", 1L, "get", 1L), counts.asMap());
    }

    @Test
    void anExceptionOfTheActionIsRethrown() {
        assertThrows(
                ArithmeticException.class,
                () -> CommandCounts.during(redis, () -> {
                    throw new ArithmeticException();
                }));
    }
}
