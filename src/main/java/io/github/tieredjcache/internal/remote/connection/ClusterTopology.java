package io.github.tieredjcache.internal.remote.connection;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The view that one node of a Redis Cluster has of all nodes.
 *
 * @param owner the master that serves the hash slot; null if the node knows of none
 * @param nodes the addresses of the nodes, the replying one and those that it cannot reach included
 */
record ClusterTopology(@Nullable Master owner, List<Node> nodes) {
    private static final int FIELDS_MIN = 8;
    private static final int ADDRESS = 1;
    private static final int FLAGS = 2;
    private static final int EPOCH = 6;

    /**
     * Parses the reply to CLUSTER NODES: a line for each node, <code>id host:port@bus,name flags master pings pongs
     * epoch link slots…</code>.
     *
     * @param slot the hash slot whose owner is wanted
     * @param queried the address of the replying node: a node that is alone does not know its own address
     * @param byName whether to use the host name of a node that has one, as its certificate does
     */
    static ClusterTopology read(String reply, int slot, Node queried, boolean byName) {
        Master owner = null;
        List<Node> nodes = new ArrayList<>();
        for (String line : reply.split("\r?\n", -1)) {
            String[] fields = line.split(" ", -1);
            if (fields.length < FIELDS_MIN || fields[FLAGS].contains("noaddr")) {
                continue;
            }
            Node node = node(fields[ADDRESS], queried, byName);
            if (node == null) {
                continue;
            }
            nodes.add(node);
            if (fields[FLAGS].contains("master") && serves(fields, slot)) {
                owner = new Master(node.host(), node.port(), Long.parseLong(fields[EPOCH]));
            }
        }
        return new ClusterTopology(owner, nodes);
    }

    private static @Nullable Node node(String address, Node queried, boolean byName) {
        String[] names = address.split(",", -1);
        String ofClients = names[0].replaceFirst("@.*$", "");
        int colon = ofClients.lastIndexOf(':');
        if (colon < 0) {
            return null;
        }
        String name = names.length > 1 ? names[1] : "";
        String host = byName && !name.isEmpty() ? name : ofClients.substring(0, colon);
        int port = Integer.parseInt(ofClients.substring(colon + 1));
        return port == 0 ? null : new Node(host.isEmpty() ? queried.host() : host, port);
    }

    private static boolean serves(String[] fields, int slot) {
        for (int i = FIELDS_MIN; i < fields.length; i++) {
            // A slot in brackets is being migrated.
            if (!fields[i].startsWith("[") && !fields[i].isEmpty()) {
                String[] range = fields[i].split("-", 2);
                int first = Integer.parseInt(range[0]);
                int last = Integer.parseInt(range[range.length - 1]);
                if (first <= slot && slot <= last) {
                    return true;
                }
            }
        }
        return false;
    }

    /** The address of a node. */
    record Node(String host, int port) {}
}
