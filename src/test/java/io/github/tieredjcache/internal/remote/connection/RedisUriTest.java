package io.github.tieredjcache.internal.remote.connection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.internal.remote.connection.ClusterTopology.Node;
import io.lettuce.core.RedisURI;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RedisUriTest {
    @Test
    void theUriOfAServerNamesHostAndUser() {
        RedisUri uri = RedisUri.parse("redis://us%3Aer:s3cret@host/3");
        assertEquals(new RedisAddress("host:6379", "redis://host:6379", false), uri.address());
        assertEquals("us:er", uri.user());
        assertEquals(uri.text(), uri.withFirstNode());
        assertFalse(uri.isEncrypted());
        assertNull(uri.sentinelPassword());
        assertEquals("host:6379", uri.toString());
        assertEquals(
                new RedisAddress("[::1]:7000", "redis://[::1]:7000", false),
                RedisUri.parse("redis://[::1]:7000").address());
    }

    @Test
    void theHostOfAServerMayHaveAnUnderscore() {
        RedisUri uri = RedisUri.parse("rediss://us%40er:s3%3Acret@my_redis:7000/3");
        assertEquals(new RedisAddress("my_redis:7000", "rediss://my_redis:7000", false), uri.address());
        assertEquals("us@er", uri.user());
        RedisURI parsed = LettuceOptions.parse(uri);
        assertEquals("my_redis", parsed.getHost());
        assertEquals(7000, parsed.getPort());
        assertEquals(3, parsed.getDatabase());
        assertEquals(
                "my_redis:6379", RedisUri.parse("redis://my_redis").address().name());
        assertEquals(
                6379, LettuceOptions.parse(RedisUri.parse("redis://my_redis")).getPort());
    }

    @Test
    void theUriOfSentinelsNamesTheMasterAndThePasswordOfTheSentinels() {
        RedisUri uri =
                RedisUri.parse("rediss-sentinel://:s3cret@a:1,b/0?sentinelPassword=s3%26+t&sentinelMasterId=main");
        assertEquals(new RedisAddress("main (sentinels a:1,b)", "rediss-sentinel://a:1,b#main", false), uri.address());
        assertNull(uri.user());
        assertEquals("s3&+t", uri.sentinelPassword());
        assertTrue(uri.isEncrypted());
        assertFalse(uri.toString().contains("s3"), uri.toString());
        assertEquals(
                "main (sentinels a)",
                RedisUri.parse("redis-sentinel://a#main").address().name());
    }

    @Test
    void theUriOfAClusterNamesItsNodes() {
        RedisUri uri = RedisUri.parse("rediss-cluster://us%40er:s3%2Ccret@host_1:7000,10.0.0.1/0?clientName=a,b");
        assertEquals(List.of(new Node("host_1", 7000), new Node("10.0.0.1", 6379)), uri.nodes());
        assertEquals("rediss://us%40er:s3%2Ccret@host_1:7000/0?clientName=a,b", uri.withFirstNode());
        assertEquals(
                List.of(new Node("::1", 7001)),
                RedisUri.parse("redis-cluster://[::1]:7001").nodes());
        assertEquals("us@er", uri.user());
        assertTrue(uri.isEncrypted());
        assertEquals(
                new RedisAddress("host_1:7000,10.0.0.1 (cluster)", "rediss-cluster://host_1:7000,10.0.0.1", true),
                uri.address());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "s3cret",
                "redis://:s3 cret@host",
                "redis://:s3#cret",
                "redis-sentinel://:s3cret@a,b",
                "redis://:s3cret@a,b"
            })
    void aTextThatIsNoUriOfARedisIsRefusedAndNotQuoted(String text) {
        var refused = assertThrows(IllegalArgumentException.class, () -> RedisUri.parse(text));
        assertEquals("the Redis URI must be like redis://user:password@host:port/database", refused.getMessage());
        assertNull(refused.getCause());
    }
}
