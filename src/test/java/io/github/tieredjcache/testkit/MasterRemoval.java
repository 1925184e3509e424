package io.github.tieredjcache.testkit;

import java.util.List;

/** The steps by which an operator takes a master that serves no slot any more out of a Redis Cluster. */
final class MasterRemoval {
    private MasterRemoval() {}

    /**
     * Has the replicas of the master follow another one, and all others forget it; returns when the others are a complete cluster.
     *
     * @param whose are the servers, for the message
     * @throws IllegalStateException if it does not come to that
     */
    static void remove(RedisServer leaver, List<RedisServer> others, Object whose) {
        String id = ClusterNode.id(leaver);
        RedisServer next =
                others.stream().filter(ClusterNode::isMaster).findFirst().orElseThrow();
        String nextId = ClusterNode.id(next);
        // Since Redis 7.0 they follow by themselves who got the last slot, and so does the master.
        others.stream()
                .filter(each -> ClusterNode.isReplicaOf(id, each))
                .forEach(each -> each.command("CLUSTER", "REPLICATE", nextId));
        RedisInfo.await(
                () -> others.stream().allMatch(MasterRemoval::isMasterOrFollowsOne),
                "replicas that follow others",
                whose);
        others.forEach(each -> forget(each, id));
        leaver.command("CLUSTER", "RESET", "HARD");
        RedisInfo.await(
                () -> others.stream().allMatch(each -> ClusterNode.isComplete(each, others.size())),
                "a cluster without the master that left",
                whose);
    }

    private static boolean isMasterOrFollowsOne(RedisServer server) {
        return ClusterNode.isMaster(server)
                || RedisInfo.of(server, "replication").contains("master_link_status:up");
    }

    private static void forget(RedisServer server, String id) {
        // Since Redis 7.0 each tells the others.
        var unused = RedisInfo.isAccepted(() -> server.command("CLUSTER", "FORGET", id), "Unknown node");
    }
}
