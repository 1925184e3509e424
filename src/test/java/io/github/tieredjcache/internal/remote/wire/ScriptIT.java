package io.github.tieredjcache.internal.remote.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.tieredjcache.testkit.CommandCounts;
import io.github.tieredjcache.testkit.RedisServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What the scripts cost the server beside the commands that every call needs: nobody else asks this server for the time. */
class ScriptIT {
    private static final String ETERNAL = "-2";
    private static final String HOUR = "3600000";

    private static RedisServer redis;

    @BeforeAll
    static void starts() {
        redis = RedisServer.startLocal();
        redis.command("SET", "epoch", "1");
    }

    @AfterAll
    static void ends() {
        redis.close();
    }

    @Test
    void theTimeIsReadOnceAndForNoEternalEntry() {
        assertEquals(0, timesRead(() -> put("eternal", ETERNAL)));
        assertEquals(0, timesRead(() -> put("eternal", ETERNAL)));
        assertEquals(1, timesRead(() -> put("expiring", HOUR)));
        assertEquals(1, timesRead(() -> put("expiring", ETERNAL)), "whether it has expired");
        assertEquals(0, timesRead(() -> put("expiring", ETERNAL)));
    }

    private static long timesRead(Runnable calls) {
        return CommandCounts.during(redis, calls).of("time");
    }

    private static void put(String key, String lifetime) {
        redis.list(
                "EVAL",
                Script.MUTATE.text(),
                "2",
                key,
                "epoch",
                "A",
                "S",
                "v".repeat(16),
                lifetime,
                lifetime,
                "",
                "value",
                "0",
                "1000",
                "1");
        assertEquals("value", redis.command("GETRANGE", key, "28", "100"));
    }
}
