package io.github.tieredjcache.internal.remote.connection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import org.junit.jupiter.api.Test;

class RedisEndpointTest {
    private static final String CLUSTER = "rediss-cluster://us%40er:s3%2Ccret@host_1:7000,10.0.0.1/0?clientName=a,b";

    @Test
    void inAClusterEachCacheHasItsOwnEndpoint() {
        RedisEndpoint all = endpoint(CLUSTER);
        RedisEndpoint one = all.forCache("n", "one");
        assertNotEquals(one, all.forCache("n", "other"));
        assertEquals(one, endpoint(CLUSTER).forCache("n", "one"));
        assertEquals("n:on%7Be", all.forCache("n", "on{e").hashTag());
        assertEquals(all, one.withoutHashTag());
        assertEquals("RedisEndpoint[host_1:7000,10.0.0.1 (cluster)]", one.toString());
    }

    @Test
    void withoutAClusterAllCachesHaveOneEndpoint() {
        RedisEndpoint endpoint = endpoint("redis://host:6379/3");
        assertEquals(endpoint, endpoint.forCache("n", "one"));
        assertNull(endpoint.forCache("n", "one").hashTag());
        assertFalse(endpoint.address().isCluster());
    }

    @Test
    void endpointsOfDifferentNamesHaveConnectionsOfTheirOwn() {
        RedisEndpoint one = endpoint(CLUSTER).named("one");
        assertNotEquals(one, endpoint(CLUSTER).named("other"));
        assertEquals(
                "one", one.forCache("n", "c").withoutHashTag().withoutPassword().clientName());
    }

    private static RedisEndpoint endpoint(String uri) {
        return new RedisEndpoint(uri, TlsFiles.NONE, null);
    }
}
