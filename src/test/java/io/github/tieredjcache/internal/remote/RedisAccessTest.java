package io.github.tieredjcache.internal.remote;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.internal.remote.ClusterView.Node;
import java.util.List;
import org.junit.jupiter.api.Test;

class RedisAccessTest {
    private static final String CLUSTER = "rediss-cluster://us%40er:s3%2Ccret@host_1:7000,10.0.0.1/0?clientName=a,b";

    @Test
    void aClusterIsKnownByItsNodes() {
        RedisAccess access = access(CLUSTER);
        assertEquals(List.of(new Node("host_1", 7000), new Node("10.0.0.1", 6379)), access.nodes());
        assertEquals("rediss://us%40er:s3%2Ccret@host_1:7000/0?clientName=a,b", RedisAccess.withOneNode(access.uri()));
        assertEquals(
                List.of(new Node("::1", 7001)),
                access("redis-cluster://[::1]:7001").nodes());
        assertEquals("us@er", access.user());
        assertTrue(access.isEncrypted());
        assertTrue(access.place().isOfCluster());
        assertEquals("RedisAccess[host_1:7000,10.0.0.1 (cluster)]", access.toString());
        assertFalse(access.place().uri().contains("s3"), access.place().uri());
    }

    @Test
    void inAClusterEachCacheHasItsOwnWay() {
        RedisAccess all = access(CLUSTER);
        RedisAccess one = all.forCache("n", "one");
        assertNotEquals(one, all.forCache("n", "other"));
        assertEquals(one, access(CLUSTER).forCache("n", "one"));
        assertEquals("n:on%7Be", all.forCache("n", "on{e").hashTag());
        assertEquals(all, one.forAll());
    }

    @Test
    void elsewhereAllCachesHaveOneWay() {
        RedisAccess access = access("redis://host:6379/3");
        assertEquals(access, access.forCache("n", "one"));
        assertNull(access.forCache("n", "one").hashTag());
        assertEquals(access.uri(), RedisAccess.withOneNode(access.uri()));
        assertFalse(access.place().isOfCluster());
    }

    private static RedisAccess access(String uri) {
        return new RedisAccess(uri, TlsFiles.NONE, null);
    }
}
