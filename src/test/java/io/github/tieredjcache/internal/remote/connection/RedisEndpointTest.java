package io.github.tieredjcache.internal.remote.connection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.internal.remote.connection.ClusterTopology.Node;
import java.util.List;
import org.junit.jupiter.api.Test;

class RedisEndpointTest {
    private static final String CLUSTER = "rediss-cluster://us%40er:s3%2Ccret@host_1:7000,10.0.0.1/0?clientName=a,b";

    @Test
    void theUriOfAClusterNamesItsNodes() {
        RedisEndpoint endpoint = endpoint(CLUSTER);
        assertEquals(List.of(new Node("host_1", 7000), new Node("10.0.0.1", 6379)), endpoint.nodes());
        assertEquals(
                "rediss://us%40er:s3%2Ccret@host_1:7000/0?clientName=a,b", RedisEndpoint.withFirstNode(endpoint.uri()));
        assertEquals(
                List.of(new Node("::1", 7001)),
                endpoint("redis-cluster://[::1]:7001").nodes());
        assertEquals("us@er", endpoint.user());
        assertTrue(endpoint.isEncrypted());
        assertTrue(endpoint.address().isCluster());
        assertEquals("RedisEndpoint[host_1:7000,10.0.0.1 (cluster)]", endpoint.toString());
        assertFalse(endpoint.address().uri().contains("s3"), endpoint.address().uri());
    }

    @Test
    void inAClusterEachCacheHasItsOwnEndpoint() {
        RedisEndpoint all = endpoint(CLUSTER);
        RedisEndpoint one = all.forCache("n", "one");
        assertNotEquals(one, all.forCache("n", "other"));
        assertEquals(one, endpoint(CLUSTER).forCache("n", "one"));
        assertEquals("n:on%7Be", all.forCache("n", "on{e").hashTag());
        assertEquals(all, one.withoutHashTag());
    }

    @Test
    void withoutAClusterAllCachesHaveOneEndpoint() {
        RedisEndpoint endpoint = endpoint("redis://host:6379/3");
        assertEquals(endpoint, endpoint.forCache("n", "one"));
        assertNull(endpoint.forCache("n", "one").hashTag());
        assertEquals(endpoint.uri(), RedisEndpoint.withFirstNode(endpoint.uri()));
        assertFalse(endpoint.address().isCluster());
    }

    private static RedisEndpoint endpoint(String uri) {
        return new RedisEndpoint(uri, TlsFiles.NONE, null);
    }
}
