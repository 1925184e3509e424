package io.github.tieredjcache.testkit;

import io.github.tieredjcache.testkit.ClusterNode.SlotRanges;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * A Redis Cluster: masters that share the slots evenly, and their replicas. All are processes of ours, as of {@link
 * RedisServer#startLocal}.
 *
 * <pre>{@code
 * try (RedisCluster redis = RedisCluster.start(2, 0)) {
 *     connectTo(redis.uri());
 *     int slot = redis.slot("{user}:7");
 *     redis.move(slot, redis.other(redis.owner(slot)));
 * }
 * }</pre>
 *
 * <p>A replica takes the place of a killed master only where there are three masters or more, since most of them must agree; it does
 * so within two to four seconds. Instances may be used by several threads; one slot is moved by one of them at a time.
 */
public final class RedisCluster implements AutoCloseable {

    private final List<RedisServer> masters = new CopyOnWriteArrayList<>();
    private final List<RedisServer> replicas = new CopyOnWriteArrayList<>();
    private final List<RedisServer> removed = new CopyOnWriteArrayList<>();
    private final String[] arguments;

    private RedisCluster(int masterCount, int replicaCount, List<String> given) {
        arguments = ClusterNode.arguments(given, replicaCount > 0);
        try {
            for (int i = 0; i < masterCount + replicaCount; i++) {
                RedisServer started = RedisServer.startLocal(arguments);
                (i < masterCount ? masters : replicas).add(started);
                // Of their own, or they take time to agree on it.
                started.command("CLUSTER", "SET-CONFIG-EPOCH", Integer.toString(i + 1));
            }
            for (int i = 0; i < masterCount; i++) {
                ClusterNode.addSlots(
                        masters.get(i), ClusterNode.SLOTS * i / masterCount, ClusterNode.SLOTS * (i + 1) / masterCount);
            }
            for (RedisServer each : servers()) {
                masters.get(0).command("CLUSTER", "MEET", "127.0.0.1", Integer.toString(each.port()));
            }
            awaitComplete();
            for (int i = 0; i < replicaCount; i++) {
                replicas.get(i).command("CLUSTER", "REPLICATE", ClusterNode.id(masters.get(i % masterCount)));
            }
            await(
                    () -> replicas.stream()
                            .allMatch(each -> RedisInfo.of(each, "replication").contains("master_link_status:up")),
                    "replicas with their master's data");
            await(
                    () -> servers().stream().allMatch(each -> ClusterNode.replicasKnownBy(each) == replicas.size()),
                    "a cluster that knows its replicas");
        } catch (RuntimeException | Error e) {
            close();
            throw e;
        }
    }

    /**
     * Starts a cluster, and returns when all nodes know each other and all slots are served.
     *
     * @param masters how many masters; positive
     * @param replicas how many replicas; the first is one of the first master, the second one of the second, and so on in turn
     * @param arguments as of {@link RedisServer#startLocal}, for all servers
     * @throws IllegalStateException if they do not come up
     */
    public static RedisCluster start(int masters, int replicas, String... arguments) {
        if (masters < 1) {
            throw new IllegalArgumentException("there must be a master, were " + masters);
        }
        return new RedisCluster(masters, replicas, List.of(arguments));
    }

    private void awaitComplete() {
        List<RedisServer> all = servers();
        await(() -> all.stream().allMatch(each -> ClusterNode.isComplete(each, all.size())), "servers that know all");
    }

    /**
     * Starts a cluster of masters with a replica each, of which none takes the place of its master before {@link #letFailOver}: a master
     * that is frozen for a while, or that a busy machine lets wait, is not replaced, and nothing is lost.
     *
     * @param masters how many masters; positive
     * @param arguments as of {@link RedisServer#startLocal}, for all servers
     * @throws IllegalStateException if they do not come up
     */
    public static RedisCluster startReplicated(int masters, String... arguments) {
        List<String> all = new ArrayList<>(List.of("--cluster-replica-no-failover", "yes"));
        all.addAll(List.of(arguments));
        return new RedisCluster(masters, masters, all);
    }

    /** Allows the replica of a master to take its place as soon as most masters believe that it is dead. */
    public void letFailOver(RedisServer master) {
        replicaOf(master).command("CONFIG", "SET", "cluster-replica-no-failover", "no");
    }

    /**
     * Starts a further master, which serves no slot yet; returns when all servers know each other. All must be running.
     *
     * @throws IllegalStateException if it does not come up
     */
    public RedisServer addMaster() {
        RedisServer added = RedisServer.startLocal(arguments);
        masters.add(added);
        servers().forEach(each -> each.command("CLUSTER", "MEET", "127.0.0.1", Integer.toString(added.port())));
        awaitComplete();
        return added;
    }

    /**
     * Takes a master out, as an operator does: the others get its slots, each an equal share, its replicas follow others, and all others
     * forget it. It goes on running by itself, empty and without a slot; returns when all others are a complete cluster.
     *
     * @throws IllegalStateException if it does not come to that
     */
    public void removeMaster(RedisServer leaver) {
        List<RedisServer> receivers = new ArrayList<>(currentMasters());
        receivers.remove(leaver);
        List<Integer> slots = ClusterNode.slots(leaver).all();
        for (int i = 0; i < receivers.size(); i++) {
            int from = slots.size() * i / receivers.size();
            moveAll(slots.subList(from, slots.size() * (i + 1) / receivers.size()), receivers.get(i));
        }
        masters.remove(leaver);
        removed.add(leaver);
        MasterRemoval.remove(leaver, servers(), this);
    }

    private List<RedisServer> servers() {
        List<RedisServer> all = new ArrayList<>(masters);
        all.addAll(replicas);
        return all;
    }

    /**
     * The URI for a client, such as {@code redis-cluster://127.0.0.1:24680,127.0.0.1:24681}, which names all nodes; holds the password
     * if there is one.
     */
    public String uri() {
        String password = masters.get(0).address().password();
        return "redis-cluster://" + (password == null ? "" : ":" + password + "@")
                + servers().stream().map(each -> "127.0.0.1:" + each.port()).collect(Collectors.joining(","));
    }

    /** The servers that were masters when they were started, those left out that were removed. */
    public List<RedisServer> masters() {
        return List.copyOf(masters);
    }

    /** The servers that were replicas when this was started. */
    public List<RedisServer> replicas() {
        return List.copyOf(replicas);
    }

    /** The slot of a key. */
    public int slot(String key) {
        return (int) masters.get(0).number("CLUSTER", "KEYSLOT", key);
    }

    /**
     * The server that says that it serves a slot.
     *
     * @throws IllegalStateException if none says so
     */
    public RedisServer owner(int slot) {
        return servers().stream()
                .filter(each -> serves(each, slot))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("nobody serves slot " + slot + " of " + this));
    }

    /**
     * The servers that say that they serve some slots, asked once each; a slot that none serves is left out. Servers that are not
     * running are not asked; one that is frozen is waited for.
     */
    public Map<Integer, RedisServer> owners(Collection<Integer> slots) {
        Map<Integer, RedisServer> owners = new HashMap<>();
        for (RedisServer each : servers()) {
            SlotRanges served = ClusterNode.slots(each);
            slots.stream().filter(served::contains).forEach(slot -> owners.put(slot, each));
        }
        return owners;
    }

    /** The keys that match a pattern, each with its slot, at the servers that serve these slots; none of a slot that is on its way. */
    public Map<String, Integer> keys(String pattern) {
        Map<String, Integer> keys = new HashMap<>();
        servers().forEach(each -> keys.putAll(ClusterNode.servedKeys(each, pattern)));
        return keys;
    }

    /** Another of the servers that are masters from the beginning. */
    public RedisServer other(RedisServer server) {
        return masters.stream()
                .filter(each -> each != server)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("there is no other"));
    }

    /** Whether a server says that it serves a slot, as a master; false without an answer. */
    public boolean serves(RedisServer server, int slot) {
        return ClusterNode.slots(server).contains(slot);
    }

    /** Moves a slot and all its keys, as an operator does; returns when all know who serves it. */
    public void move(int slot, RedisServer to) {
        migrate(migration -> migration.move(slot, owner(slot), to));
        awaitOwner(List.of(slot), to);
    }

    /**
     * Moves slots one after another, as {@link #move} does, those left out that are there already; returns when all servers that answer
     * know who serves them.
     *
     * @return how many moved
     */
    public int moveAll(Collection<Integer> slots, RedisServer to) {
        Map<Integer, RedisServer> moving = owners(slots);
        moving.values().removeIf(owner -> owner == to);
        migrate(migration -> moving.forEach((slot, owner) -> migration.move(slot, owner, to)));
        awaitOwner(moving.keySet(), to);
        return moving.size();
    }

    private void migrate(Consumer<SlotMigration> steps) {
        try (SlotMigration migration = new SlotMigration(currentMasters())) {
            steps.accept(migration);
        }
    }

    /** Says on both sides that a slot is on its way. */
    public void beginMove(int slot, RedisServer to) {
        migrate(migration -> migration.begin(slot, owner(slot), to));
    }

    /** Moves all keys of a slot that is on its way. */
    public void moveKeys(int slot, RedisServer from, RedisServer to) {
        migrate(migration -> migration.moveKeys(slot, from, to));
    }

    /** Moves keys of a slot that is on its way. */
    public void moveKeys(RedisServer from, RedisServer to, List<String> keys) {
        migrate(migration -> migration.moveKeys(from, to, keys));
    }

    /** Says on both sides that a slot of which no key has moved stays where it is. */
    public void callOff(int slot) {
        currentMasters().forEach(each -> each.command("CLUSTER", "SETSLOT", Integer.toString(slot), "STABLE"));
    }

    /** Says to all masters, the new owner first, that a slot has arrived; returns when all servers that answer know it. */
    public void endMove(int slot, RedisServer to) {
        migrate(migration -> migration.end(slot, to));
        awaitOwner(List.of(slot), to);
    }

    /**
     * Gives a slot to another server and leaves its keys where they are, as no operator should: the old owner sends no invalidation. Returns
     * when all know who serves it.
     */
    public void takeAway(int slot, RedisServer to) {
        String number = Integer.toString(slot);
        owner(slot).command("CLUSTER", "DELSLOTS", number);
        to.command("CLUSTER", "BUMPEPOCH");
        await(() -> ClusterNode.takes(to, number), "a server that takes the slot " + slot);
        awaitOwner(List.of(slot), to);
    }

    private List<RedisServer> currentMasters() {
        return servers().stream().filter(ClusterNode::isMaster).toList();
    }

    private void awaitOwner(Collection<Integer> slots, RedisServer to) {
        String id = ClusterNode.id(to);
        await(
                () -> ClusterNode.agree(
                        servers().stream().filter(ClusterNode::answers).toList(), slots, id),
                "a cluster that knows the owner of the slots " + slots);
    }

    /**
     * Waits until another server serves a slot than one that was killed.
     *
     * @return the new owner
     * @throws IllegalStateException if it does not come to that
     */
    public RedisServer awaitFailover(int slot) {
        await(() -> servers().stream().anyMatch(each -> serves(each, slot)), "a failover");
        return owner(slot);
    }

    /**
     * Lets the replica of a master take its place without loss, as an operator does; returns when it has, and the other follows it.
     *
     * @return the new master
     * @throws IllegalStateException if it does not come to that
     */
    public RedisServer failOver(RedisServer master) {
        RedisServer next = replicaOf(master);
        // Who does not know it yet would not vote for it.
        await(() -> servers().stream().allMatch(each -> ClusterNode.knows(each, next, master)), "a known replica");
        FailoverRequest request = new FailoverRequest(next);
        await(() -> request.isFulfilled() && ClusterNode.follows(master, next), "a failover to " + next);
        return next;
    }

    /**
     * A server that is a replica of another one now.
     *
     * @throws IllegalStateException if there is none
     */
    public RedisServer replicaOf(RedisServer master) {
        return servers().stream()
                .filter(each -> each != master && ClusterNode.follows(each, master))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException(master + " has no replica"));
    }

    /**
     * Waits until a replica has all that its master has acknowledged by now.
     *
     * @throws IllegalStateException if it does not come to that
     */
    public void awaitReplicated(RedisServer replica) {
        RedisServer master = servers().stream()
                .filter(each -> each != replica && ClusterNode.follows(replica, each))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException(replica + " is no replica of a running master"));
        RedisInfo.awaitReplicated(master, replica, this);
    }

    private void await(BooleanSupplier condition, String what) {
        RedisInfo.await(condition, what, this);
    }

    /** Ends all servers, and deletes their files. Repeated calls change nothing. */
    @Override
    public void close() {
        servers().forEach(RedisServer::close);
        removed.forEach(RedisServer::close);
    }

    /** Which processes these are and where, without their password. */
    @Override
    public String toString() {
        return "a cluster of " + masters + " with the replicas " + replicas;
    }
}
