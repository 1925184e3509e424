package io.github.tieredjcache.internal.remote.connection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RedisEndpointTest {
    private static final String CLUSTER = "rediss-cluster://us%40er:s3%2Ccret@host_1:7000,10.0.0.1/0?clientName=a,b";

    @Test
    void inAClusterEachPartitionHasItsOwnEndpointWhichAllCachesOfANamespaceShare() {
        RedisEndpoint all = endpoint(CLUSTER);
        List<RedisEndpoint> partitions = all.partitions("n{", 4);
        assertEquals(4, Set.copyOf(partitions).size());
        assertEquals(partitions, endpoint(CLUSTER).partitions("n{", 4));
        RedisEndpoint one = partitions.get(3);
        assertTrue(String.valueOf(one.hashTag()).startsWith("n%7B:"), one.hashTag());
        assertNotEquals(one, all.partitions("other", 4).get(3));
        assertEquals(all, one.withoutHashTag());
        assertEquals("RedisEndpoint[host_1:7000,10.0.0.1 (cluster)]", one.toString());
    }

    @Test
    void withoutAClusterAllCachesHaveOneEndpoint() {
        RedisEndpoint endpoint = endpoint("redis://host:6379/3");
        assertEquals(List.of(endpoint), endpoint.partitions("n", 64));
        assertNull(endpoint.hashTag());
        assertFalse(endpoint.address().isCluster());
    }

    @Test
    void endpointsOfDifferentNamesHaveConnectionsOfTheirOwn() {
        RedisEndpoint one = endpoint(CLUSTER).named("one");
        assertNotEquals(one, endpoint(CLUSTER).named("other"));
        assertEquals(
                "one", one.withHashTag("n:c").withoutHashTag().withoutPassword().clientName());
    }

    private static RedisEndpoint endpoint(String uri) {
        return new RedisEndpoint(uri, TlsFiles.NONE, null);
    }
}
