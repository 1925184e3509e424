package io.github.tieredjcache.integration.connection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.Crew;
import io.github.tieredjcache.TieredSetting;
import io.github.tieredjcache.integration.Node;
import io.github.tieredjcache.testkit.FaultProxy;
import io.github.tieredjcache.testkit.RedisServer;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import javax.cache.Cache;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A connection ends after Redis has done what it was asked for and before the answer has come; a new one comes in time. The caches throw
 * if Redis does not reply, so that no result is made up.
 */
class CutAnswersIT {
    private static final Duration LONG = Duration.ofMinutes(10);

    private final RedisServer redis = RedisServer.startLocal();
    private final FaultProxy proxy = FaultProxy.inFrontOf(redis);
    private final Node node = new Node(proxy.uri());
    private final Node other = new Node(redis);
    private final Cache<String, String> here = node.cache(
            "cut",
            String.class,
            String.class,
            settings -> settings.commandTimeout(Duration.ofSeconds(10))
                    // A wait for the end of the lease takes longer than the test.
                    .with(TieredSetting.WRITE_LEASE, LONG)
                    .with(TieredSetting.WRITE_WAIT, Duration.ofSeconds(2)));
    private final Cache<String, String> there = other.strings("cut");

    @BeforeEach
    void learnsTheEpoch() {
        here.put("another", "value");
    }

    @AfterEach
    void closes() {
        node.close();
        other.close();
        proxy.close();
        redis.close();
    }

    @Test
    void aReadWhoseReplyIsLostIsRetried() throws Exception {
        there.put("key", "value");
        assertEquals("value", withoutItsAnswer("getrange", () -> here.get("key")));
    }

    @Test
    void aLeaseWhoseReplyIsLostIsTakenAgainByItsHolderAndTheProcessorRunsOnce() throws Exception {
        here.put("key", "1");
        AtomicInteger runs = new AtomicInteger();
        String answer = withoutItsAnswer(
                "evalsha",
                () -> here.invoke("key", (entry, arguments) -> {
                    runs.incrementAndGet();
                    String old = entry.getValue();
                    entry.setValue(old + "2");
                    return old;
                }));
        assertEquals("1", answer);
        assertEquals(1, runs.get());
        assertEquals("12", there.get("key"));
        assertTrue(there.replace("key", "12", "nobody has the lease any more"));
    }

    @Test
    void aPutIfAbsentWhoseReplyIsLostIsRecognizedByItsVersion() throws Exception {
        assertTrue(withoutItsAnswer("evalsha", () -> here.putIfAbsent("key", "mine")));
        assertFalse(here.putIfAbsent("key", "again"));
        assertEquals("mine", there.get("key"));
    }

    @Test
    void aReplaceWhoseReplyIsLostIsRecognizedByItsVersion() throws Exception {
        here.put("key", "old");
        assertTrue(withoutItsAnswer("evalsha", () -> here.replace("key", "mine")));
        assertEquals("mine", there.get("key"));
    }

    @Test
    void aReplaceOfAnExpectedValueWhoseReplyIsLostIsRecognizedByItsVersion() throws Exception {
        here.put("key", "old");
        assertTrue(withoutItsAnswer("evalsha", () -> here.replace("key", "old", "mine")));
        assertFalse(here.replace("key", "old", "again"));
        assertEquals("mine", there.get("key"));
    }

    @Test
    void aPutWhoseReplyIsLostIsRecognizedByItsVersion() throws Exception {
        withoutItsAnswer("evalsha", () -> {
            here.put("key", "mine");
            return "";
        });
        assertEquals("mine", there.get("key"));
    }

    /** Makes a call, lets Redis execute such a command of it, and ends the connection on which the answer is. */
    private <T> T withoutItsAnswer(String command, Callable<T> call) throws Exception {
        long before = calls(command);
        proxy.fromServer().hold();
        var caller = Crew.start(call);
        Crew.until(() -> {
            LockSupport.parkNanos(1_000_000);
            return calls(command) > before;
        });
        // With what is held.
        proxy.reset();
        proxy.fromServer().forward();
        return caller.result();
    }

    private long calls(String command) {
        String prefix = "cmdstat_" + command + ":calls=";
        return redis.command("INFO", "commandstats")
                .lines()
                .filter(line -> line.startsWith(prefix))
                .mapToLong(line -> Long.parseLong(line.substring(prefix.length(), line.indexOf(','))))
                .sum();
    }
}
