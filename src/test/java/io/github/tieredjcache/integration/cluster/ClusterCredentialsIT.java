package io.github.tieredjcache.integration.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.Crew;
import io.github.tieredjcache.RemoteUnavailableException;
import io.github.tieredjcache.integration.Attempt;
import io.github.tieredjcache.integration.LogLines;
import io.github.tieredjcache.integration.Node;
import io.github.tieredjcache.integration.PartitionKeys;
import io.github.tieredjcache.testkit.RedisCluster;
import io.github.tieredjcache.testkit.RedisServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import javax.cache.Cache;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A Redis Cluster of which one master refuses the password. */
class ClusterCredentialsIT {
    private static final String PASSWORD = "s3cret-w0rd";
    private static final Duration IMPATIENCE = Duration.ofSeconds(2);

    private final RedisCluster redis = RedisCluster.start(3, 0);
    private final RedisServer refusing = redis.masters().get(0);
    private final String refused = PartitionKeys.on(redis, refusing);
    private final String elsewhere = PartitionKeys.on(redis, redis.other(refusing));
    private final List<String> messages = new ArrayList<>();

    @AfterEach
    void closes() {
        redis.close();
    }

    @Test
    void onlyThePartitionsOfTheMasterThatRefusesThePasswordAreUnavailable() {
        redis.masters().forEach(each -> password(each, PASSWORD));
        String uri = redis.uri().replace("://", "://app:" + PASSWORD + "@");
        try (LogLines log = new LogLines();
                Node node = new Node(uri)) {
            Cache<String, String> cache = node.cache(
                    "orders",
                    String.class,
                    String.class,
                    settings -> settings.nearTimeToLive(Duration.ZERO).commandTimeout(IMPATIENCE));
            Crew.until(() -> Attempt.succeeds(() -> cache.put(refused, "value")));
            password(refusing, "another");
            refusing.command("CLIENT", "KILL", "USER", "app");
            Crew.until(() -> refusal(cache).contains("WRONGPASS"));
            // A busy machine may answer too late, but not each time.
            Crew.until(() -> Attempt.succeeds(() -> cache.put(elsewhere, "value")));
            password(refusing, PASSWORD);
            Crew.until(() -> Attempt.succeeds(() -> assertEquals("value", cache.get(refused))));
            messages.addAll(log.lines());
        }
        assertTrue(messages.stream().anyMatch(each -> each.contains("WRONGPASS")), messages::toString);
        messages.forEach(each -> assertFalse(each.contains(PASSWORD), each));
    }

    private static void password(RedisServer server, String password) {
        server.command("ACL", "SETUSER", "app", "reset", "on", ">" + password, "~*", "&*", "+@all");
    }

    /** Returns the message of the exception that a read throws; an empty one if it throws none. */
    private String refusal(Cache<String, String> cache) {
        try {
            cache.get(refused);
            return "";
        } catch (RemoteUnavailableException e) {
            messages.add(String.valueOf(e.getMessage()));
            return String.valueOf(e.getMessage());
        }
    }
}
