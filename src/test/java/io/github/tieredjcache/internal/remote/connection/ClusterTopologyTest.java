package io.github.tieredjcache.internal.remote.connection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.github.tieredjcache.internal.remote.connection.ClusterTopology.Node;
import java.util.List;
import org.junit.jupiter.api.Test;

class ClusterTopologyTest {
    private static final Node QUERIED = new Node("queried", 6379);
    // In the format of 6.2 and 7.0, with the lines of joining and leaving nodes.
    private static final String REPLY = """
            a1 10.0.0.1:6379@16379,one.example myself,master - 0 0 3 connected 0-99 200 [300-<-b2]
            b2 10.0.0.2:6380@16380 master - 0 1426238316232 7 connected 100-199 300-16383
            c3 10.0.0.3:6381@16381,,shard-id=1 slave a1 0 1426238316232 3 connected
            d4 :0@0 master,noaddr - 0 0 0 disconnected
            e5 10.0.0.5:0@16379 master - 0 0 0 connected
            f6 ::1:6382@16382 handshake - 0 0 0 disconnected
            """;

    @Test
    void theOwnerOfASlotIsTheMasterWithItsRange() {
        assertEquals(new Master("10.0.0.1", 6379, 3), read(false).master(0));
        assertEquals(new Master("10.0.0.1", 6379, 3), read(false).master(200));
        assertEquals(new Master("10.0.0.2", 6380, 7), read(false).master(199));
        assertEquals(new Master("10.0.0.2", 6380, 7), read(false).master(300));
        assertNull(read(false).master(201));
    }

    @Test
    void aNodeIsIdentifiedByItsHostNameIfThatIsPreferredAndPresent() {
        assertEquals(new Master("one.example", 6379, 3), read(true).master(0));
        assertEquals(new Master("10.0.0.2", 6380, 7), read(true).master(199));
    }

    @Test
    void allNodesWithAnAddressAreReturned() {
        assertEquals(
                List.of(
                        new Node("10.0.0.1", 6379),
                        new Node("10.0.0.2", 6380),
                        new Node("10.0.0.3", 6381),
                        new Node("::1", 6382)),
                read(false).nodes());
    }

    @Test
    void aSingleNodeHasTheAddressOfTheQuery() {
        ClusterTopology topology =
                ClusterTopology.read("a1 :6379@16379 myself,master - 0 0 0 connected 0-16383\n", QUERIED, false);
        assertEquals(new Master("queried", 6379, 0), topology.master(7));
    }

    private static ClusterTopology read(boolean byName) {
        return ClusterTopology.read(REPLY, QUERIED, byName);
    }
}
