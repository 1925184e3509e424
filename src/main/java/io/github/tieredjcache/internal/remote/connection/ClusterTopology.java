package io.github.tieredjcache.internal.remote.connection;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The view that one node of a Redis Cluster has of all nodes.
 *
 * @param served the ranges of hash slots with their masters
 * @param nodes the addresses of the nodes, the replying one and those that it cannot reach included
 */
record ClusterTopology(List<Served> served, List<Node> nodes) {
    private static final int FIELDS_MIN = 8;
    private static final int ADDRESS = 1;
    private static final int FLAGS = 2;
    private static final int EPOCH = 6;

    /**
     * Parses the reply to CLUSTER NODES: a line for each node, <code>id host:port@bus,name flags master pings pongs
     * epoch link slots…</code>.
     *
     * @param queried the address of the replying node: a node that is alone does not know its own address
     * @param byName whether to use the host name of a node that has one, as its certificate does
     */
    static ClusterTopology read(String reply, Node queried, boolean byName) {
        List<Served> served = new ArrayList<>();
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
            if (fields[FLAGS].contains("master")) {
                served.addAll(served(fields, new Master(node.host(), node.port(), Long.parseLong(fields[EPOCH]))));
            }
        }
        return new ClusterTopology(served, nodes);
    }

    /** Returns the master that serves a hash slot; null if the node knows of none. */
    @Nullable
    Master master(int slot) {
        return served.stream()
                .filter(each -> each.first <= slot && slot <= each.last)
                .map(Served::master)
                .findAny()
                .orElse(null);
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

    private static List<Served> served(String[] fields, Master master) {
        List<Served> served = new ArrayList<>();
        for (int i = FIELDS_MIN; i < fields.length; i++) {
            // A slot in brackets is being migrated.
            if (!fields[i].startsWith("[") && !fields[i].isEmpty()) {
                String[] range = fields[i].split("-", 2);
                served.add(new Served(Integer.parseInt(range[0]), Integer.parseInt(range[range.length - 1]), master));
            }
        }
        return served;
    }

    /**
     * A range of hash slots.
     *
     * @param first the first slot
     * @param last the last slot, which is in the range
     */
    record Served(int first, int last, Master master) {}

    /** The address of a node. */
    record Node(String host, int port) {}
}
