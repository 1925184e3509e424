package io.github.tieredjcache.testkit;

import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A Redis Cluster: masters that share the slots evenly, and replicas of the first. All are processes of ours, as of {@link
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
    private static final int SLOTS = 16_384;
    private static final int KEYS_AT_ONCE = 100;

    private final List<RedisServer> masters = new ArrayList<>();
    private final List<RedisServer> replicas = new ArrayList<>();

    private RedisCluster(int masterCount, int replicaCount, List<String> arguments) {
        try {
            for (int i = 0; i < masterCount + replicaCount; i++) {
                RedisServer started = RedisServer.startLocal(withDefaults(arguments, replicaCount > 0));
                (i < masterCount ? masters : replicas).add(started);
                // Of their own, or they take time to agree on it.
                started.command("CLUSTER", "SET-CONFIG-EPOCH", Integer.toString(i + 1));
            }
            for (int i = 0; i < masterCount; i++) {
                addSlots(masters.get(i), SLOTS * i / masterCount, SLOTS * (i + 1) / masterCount);
            }
            for (RedisServer each : servers()) {
                masters.get(0).command("CLUSTER", "MEET", "127.0.0.1", Integer.toString(each.port()));
            }
            await(() -> servers().stream().allMatch(this::isComplete), "a cluster of nodes that know each other");
            for (RedisServer each : replicas) {
                each.command("CLUSTER", "REPLICATE", id(masters.get(0)));
            }
            await(
                    () -> replicas.stream()
                            .allMatch(each -> RedisInfo.of(each, "replication").contains("master_link_status:up")),
                    "replicas with their master's data");
            await(() -> servers().stream().allMatch(this::knowsReplicas), "a cluster that knows its replicas");
        } catch (RuntimeException | Error e) {
            close();
            throw e;
        }
    }

    /**
     * Starts a cluster, and returns when all nodes know each other and all slots are served.
     *
     * @param masters how many masters; positive
     * @param replicas how many replicas of the first master
     * @param arguments as of {@link RedisServer#startLocal}, for all servers
     * @throws IllegalStateException if they do not come up
     */
    public static RedisCluster start(int masters, int replicas, String... arguments) {
        if (masters < 1) {
            throw new IllegalArgumentException("there must be a master, were " + masters);
        }
        return new RedisCluster(masters, replicas, List.of(arguments));
    }

    /** Each by itself: Redis 6.2 knows no ADDSLOTSRANGE. */
    private static void addSlots(RedisServer server, int from, int to) {
        Stream<String> slots = IntStream.range(from, to).mapToObj(Integer::toString);
        server.command(Stream.concat(Stream.of("CLUSTER", "ADDSLOTS"), slots).toArray(String[]::new));
    }

    private static String[] withDefaults(List<String> arguments, boolean failsOver) {
        List<String> all = new ArrayList<>(List.of(
                "--cluster-enabled",
                "yes",
                "--cluster-node-timeout",
                // Where nobody is to take over, a busy machine must not bring the cluster down.
                failsOver ? "1000" : "15000",
                "--cluster-require-full-coverage",
                "no",
                // What a replica has is never too old to take over.
                "--cluster-replica-validity-factor",
                "0",
                "--repl-diskless-sync-delay",
                "0"));
        all.addAll(arguments);
        int password = arguments.lastIndexOf("--requirepass");
        if (password >= 0) {
            all.addAll(List.of("--masterauth", arguments.get(password + 1)));
        }
        return all.toArray(String[]::new);
    }

    private List<RedisServer> servers() {
        List<RedisServer> all = new ArrayList<>(masters);
        all.addAll(replicas);
        return all;
    }

    private boolean isComplete(RedisServer server) {
        String info = String.valueOf(server.command("CLUSTER", "INFO"));
        return info.contains("cluster_state:ok")
                && info.contains("cluster_slots_ok:" + SLOTS)
                && info.contains("cluster_known_nodes:" + servers().size());
    }

    private boolean knowsReplicas(RedisServer server) {
        return lines(server).filter(line -> line.contains("slave")).count() == replicas.size();
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

    /** The servers that were masters when this was started. */
    public List<RedisServer> masters() {
        return List.copyOf(masters);
    }

    /** The servers that were replicas of the first master when this was started. */
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

    /** Another of the servers that are masters from the beginning. */
    public RedisServer other(RedisServer server) {
        return masters.stream()
                .filter(each -> each != server)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("there is no other"));
    }

    /** Whether a server says that it serves a slot, as a master; false if it does not answer. */
    public boolean serves(RedisServer server, int slot) {
        try {
            return lines(server)
                    .filter(line -> line.contains("myself,master"))
                    .flatMap(line -> Arrays.stream(line.split(" ", -1)).skip(8))
                    .anyMatch(range -> isIn(slot, range));
        } catch (UncheckedIOException e) {
            return false;
        }
    }

    private static boolean isIn(int slot, String range) {
        if (range.startsWith("[")) {
            return false;
        }
        String[] ends = range.split("-", 2);
        return Integer.parseInt(ends[0]) <= slot && slot <= Integer.parseInt(ends[ends.length - 1]);
    }

    private static Stream<String> lines(RedisServer server) {
        return String.valueOf(server.command("CLUSTER", "NODES")).lines();
    }

    /** Moves a slot and all its keys, as an operator does; returns when all know who serves it. */
    public void move(int slot, RedisServer to) {
        RedisServer from = owner(slot);
        beginMove(slot, to);
        moveKeys(slot, from, to);
        endMove(slot, to);
    }

    /** Says on both sides that a slot is on its way. */
    public void beginMove(int slot, RedisServer to) {
        RedisServer from = owner(slot);
        String number = Integer.toString(slot);
        to.command("CLUSTER", "SETSLOT", number, "IMPORTING", id(from));
        from.command("CLUSTER", "SETSLOT", number, "MIGRATING", id(to));
    }

    /** Moves all keys of a slot that is on its way. */
    public void moveKeys(int slot, RedisServer from, RedisServer to) {
        String number = Integer.toString(slot);
        while (true) {
            List<@Nullable String> keys = from.list("CLUSTER", "GETKEYSINSLOT", number, Integer.toString(KEYS_AT_ONCE));
            if (keys.isEmpty()) {
                return;
            }
            moveKeys(from, to, keys.stream().map(String::valueOf).toList());
        }
    }

    /** Moves keys of a slot that is on its way. */
    public void moveKeys(RedisServer from, RedisServer to, List<String> keys) {
        List<String> words =
                new ArrayList<>(List.of("MIGRATE", "127.0.0.1", Integer.toString(to.port()), "", "0", "10000"));
        String password = to.address().password();
        if (password != null) {
            words.addAll(List.of("AUTH", password));
        }
        words.add("KEYS");
        words.addAll(keys);
        from.command(words.toArray(String[]::new));
    }

    /** Says on both sides that a slot of which no key has moved stays where it is. */
    public void callOff(int slot) {
        masters.forEach(each -> each.command("CLUSTER", "SETSLOT", Integer.toString(slot), "STABLE"));
    }

    /** Says to all masters, the new owner first, that a slot has arrived; returns when all servers that answer know it. */
    public void endMove(int slot, RedisServer to) {
        List<RedisServer> told = new ArrayList<>(List.of(to));
        masters.stream().filter(each -> each != to).forEach(told::add);
        told.forEach(each -> each.command("CLUSTER", "SETSLOT", Integer.toString(slot), "NODE", id(to)));
        awaitOwner(slot, to);
    }

    /**
     * Gives a slot to another server and leaves its keys where they are, as no operator should: the old owner sends no invalidation. Returns
     * when all know who serves it.
     */
    public void takeAway(int slot, RedisServer to) {
        String number = Integer.toString(slot);
        owner(slot).command("CLUSTER", "DELSLOTS", number);
        to.command("CLUSTER", "DELSLOTS", number);
        to.command("CLUSTER", "BUMPEPOCH");
        to.command("CLUSTER", "ADDSLOTS", number);
        awaitOwner(slot, to);
    }

    private void awaitOwner(int slot, RedisServer to) {
        String id = id(to);
        await(
                () -> servers().stream()
                        .allMatch(each -> lines(each)
                                .filter(line -> line.startsWith(id))
                                .flatMap(line ->
                                        Arrays.stream(line.split(" ", -1)).skip(8))
                                .anyMatch(range -> isIn(slot, range))),
                "a cluster that knows the owner of slot " + slot);
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
     * Waits until a replica has all that its master has acknowledged by now.
     *
     * @throws IllegalStateException if it does not come to that
     */
    public void awaitReplicated(RedisServer replica) {
        RedisInfo.awaitReplicated(masters.get(0), replica, this);
    }

    private static String id(RedisServer server) {
        return String.valueOf(server.command("CLUSTER", "MYID"));
    }

    private void await(BooleanSupplier condition, String what) {
        RedisInfo.await(condition, what, this);
    }

    /** Ends all servers, and deletes their files. Repeated calls change nothing. */
    @Override
    public void close() {
        servers().forEach(RedisServer::close);
    }

    /** Which processes these are and where, without their password. */
    @Override
    public String toString() {
        return "a cluster of " + masters + " with the replicas " + replicas;
    }
}
